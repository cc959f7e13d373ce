import { z } from "zod";
import { operation } from "../operation.js";
import * as schemas from "../schemas.js";
import type { ControlState } from "../state.js";

const answer = { status: 200, schema: schemas.clock, what: "The clock" } as const;
const viewOf = ({ mock: { clock } }: ControlState): z.input<typeof schemas.clock> => ({
  now: clock.now().toISOString(),
  frozen: clock.frozen,
  pending: clock.pending,
});

export const time = [
  operation({
    id: "getClock",
    method: "GET",
    path: "/clock",
    tag: "clock",
    summary:
      "The mock's time: of its dates, the life of its tokens, receipts that come later. Certificates are of the real time",
    answer,
    run: viewOf,
  }),
  operation({
    id: "changeClock",
    method: "PATCH",
    path: "/clock",
    tag: "clock",
    summary:
      "Sets it, moves it forward, stops it or lets it run; what falls due on the way has happened when this answers",
    body: z
      .strictObject({
        now: schemas.instant.optional(),
        advanceMs: schemas.milliseconds.optional().describe("After `now`, where both are given"),
        frozen: z.boolean().optional(),
      })
      .refine((given) => Object.values(given).some((value) => value !== undefined), "nothing to change"),
    answer,
    run(state, { body }) {
      const { clock } = state.mock;
      // Stopped first: no time passes between two changes.
      if (body.frozen) clock.freeze();
      if (body.now !== undefined) clock.set(new Date(body.now));
      if (body.advanceMs !== undefined) clock.advance(body.advanceMs);
      if (body.frozen === false) clock.resume();
      return viewOf(state);
    },
  }),
  operation({
    id: "listSnapshots",
    method: "GET",
    path: "/snapshots",
    tag: "snapshots",
    summary: "Snapshots that can be restored",
    answer: { status: 200, schema: z.array(schemas.snapshot), what: "The snapshots" },
    run: (state) => state.snapshots,
  }),
  operation({
    id: "createSnapshot",
    method: "POST",
    path: "/snapshots",
    tag: "snapshots",
    summary: "Keeps what the mock holds now: mailboxes, mails, tokens, faults, clock, deliveries that wait",
    answer: { status: 201, schema: schemas.snapshot, what: "The snapshot" },
    run: (state) => state.saveSnapshot(),
  }),
  operation({
    id: "restoreSnapshot",
    method: "POST",
    path: "/snapshots/{id}/restore",
    tag: "snapshots",
    summary: "Makes everything as it was, as often as you like; folders that have changed get another UIDVALIDITY",
    params: z.strictObject({ id: z.string().max(60) }),
    answer: { status: 204, what: "It is as it was" },
    run: (state, { params }) => state.mock.restore(state.snapshot(params.id)),
  }),
  operation({
    id: "deleteSnapshot",
    method: "DELETE",
    path: "/snapshots/{id}",
    tag: "snapshots",
    summary: "Forgets a snapshot",
    params: z.strictObject({ id: z.string().max(60) }),
    answer: { status: 204, what: "It is gone" },
    run: (state, { params }) => state.deleteSnapshot(params.id),
  }),
  operation({
    id: "reset",
    method: "POST",
    path: "/reset",
    tag: "snapshots",
    summary: "Makes everything as it was at the start of the mock",
    answer: { status: 204, what: "It is as it was" },
    run: ({ mock }) => mock.reset(),
  }),
];
