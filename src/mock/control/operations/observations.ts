import { z } from "zod";
import { defined } from "../../../defined.js";
import type { Observation } from "../../../seams/observations.js";
import { matches } from "../../waits.js";
import { operation } from "../operation.js";
import * as schemas from "../schemas.js";

const tag = "observations";
const kind = z.string().max(200).optional().describe("Only of these kinds, separated by commas: `line,auth`");

const wanted = (kinds: string | undefined): ((observation: Observation) => boolean) => {
  const names = kinds?.split(",");
  return (observation) => names === undefined || names.includes(observation.kind);
};

export const observations = [
  operation({
    id: "listObservations",
    method: "GET",
    path: "/observations",
    tag,
    summary: "What the servers saw, the oldest first; `next` is the `since` to go on with",
    query: z.strictObject({
      since: z.coerce.number().int().min(0).default(0).describe("Only those of a higher rank"),
      limit: z.coerce.number().int().min(1).max(10_000).default(1000),
      kind,
    }),
    answer: {
      status: 200,
      schema: z.strictObject({ observations: z.array(schemas.rankedObservation), next: z.int() }),
      what: "The observations",
    },
    run({ mock }, { query }) {
      const fits = wanted(query.kind);
      const { entries, next } = mock.observationsSince(query.since, query.limit);
      const found = entries.filter(({ entry }) => fits(entry));
      return { observations: found.map(({ rank, entry }) => ({ rank, observation: { ...entry } })), next };
    },
  }),
  operation({
    id: "streamObservations",
    method: "GET",
    path: "/observations/stream",
    tag,
    summary:
      "The same as they happen: a JSON object a line, or server-sent events where `Accept` asks for them; ends with the connection",
    query: z.strictObject({ since: z.coerce.number().int().min(0).optional().describe("Default: from now on"), kind }),
    answer: { status: 200, lines: schemas.rankedObservation, what: "One observation a line" },
    run({ mock }, { query }) {
      const fits = wanted(query.kind);
      return (write, signal) => {
        const tell = (observation: Observation, rank: number) => {
          if (fits(observation)) write({ rank, observation }, rank);
        };
        if (query.since !== undefined)
          for (const { rank, entry } of mock.observationsSince(query.since).entries) tell(entry, rank);
        signal.addEventListener("abort", mock.onObservation(tell), { once: true });
      };
    },
  }),
  operation({
    id: "waitForObservation",
    method: "POST",
    path: "/observations/wait",
    tag,
    summary: "The first observation, past or to come, that has these members; 408 when the time is over",
    body: z.strictObject({
      match: z.record(z.string(), z.unknown()).describe('`{"kind":"auth","ok":false}`'),
      since: z.int().min(0).default(0).describe("Only those of a higher rank"),
      timeoutMs: z.int().min(1).max(600_000).default(5000),
    }),
    answer: { status: 200, schema: schemas.observation, what: "The observation" },
    async run({ mock }, { body, signal }) {
      const before = mock.observationsSince(0).entries.filter(({ rank }) => rank <= body.since);
      const old = new Set(before.map(({ entry }) => entry));
      const fits = (seen: Observation) => !old.has(seen) && matches(seen, body.match);
      return { ...(await mock.waitFor(fits, { timeoutMs: body.timeoutMs, signal })) };
    },
  }),
  operation({
    id: "observeClient",
    method: "POST",
    path: "/client",
    tag,
    summary: "The client under test was started or has ended: what a restart is judged by",
    body: z.strictObject({ what: z.enum(["start", "end"]), code: z.int().optional().describe("Exit code") }),
    answer: { status: 204, what: "It is among the observations" },
    run: ({ mock }, { body }) => mock.observe({ connection: "client", kind: "client", ...defined(body) }),
  }),
];
