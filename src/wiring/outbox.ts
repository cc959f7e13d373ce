import type { Connector } from "../connector-types.js";
import { MedimailError } from "../errors.js";
import type { MailboxReader } from "../mailbox/index.js";
import type { RecipientChange, SubmissionRow } from "../seams/index.js";
import { isWorkerDead } from "../storage/index.js";
import { traceOf } from "../traces/index.js";
import type { Core, Frame } from "./core.js";
import { indicatorsOf } from "./indicators.js";

/** What a person or a program may do with what is in the outbox. Each act of a person is traced. */
export function outboxCommands(
  frame: Frame,
  open: () => Promise<Core>,
  reader: () => MailboxReader,
): Connector["outbox"] {
  const { tenant, mailbox, clock, trace } = frame;

  /** What is done with a submission needs none of what is sealed of it; only who looks at it does. */
  async function rowOf(id: string, unopened = true): Promise<SubmissionRow> {
    const row = await (await open()).store.get(id, { unopened });
    if (row?.tenant !== tenant || row.mailbox !== mailbox)
      throw new MedimailError("submission_not_found", "No submission of this id is in the outbox.");
    return row;
  }

  async function changed(
    id: string,
    work: (core: Core, row: SubmissionRow) => Promise<SubmissionRow>,
  ): Promise<SubmissionRow> {
    const row = await rowOf(id);
    const core = await open();
    const after = await work(core, row);
    core.worker.wake();
    core.reader.notify();
    return after;
  }

  return {
    list: async (query = {}) => (await open()).store.list({ tenant, mailbox, ...query }),
    get: (id) => rowOf(id, false),
    stats: async () => (await open()).store.stats({ tenant, mailbox, now: clock.now() }),
    indicators: indicatorsOf(frame, open, reader),
    retry: (id, { resend = false, actor } = {}) =>
      changed(id, async ({ store }, row) => {
        checkRetry(row, resend);
        const entry = {
          action: "resend",
          request: `retry ${id}${resend ? " resend" : ""}`,
          answer: "queued again",
          ok: true,
        };
        return store.requeue(id, resend ? ["failed", "unknown"] : ["failed"], clock.now(), [
          trace(entry, actor ?? row.info.actor, clock.now()),
        ]);
      }),
    cancel: (id, { actor } = {}) =>
      changed(id, ({ store }) => {
        const entry = {
          action: "cancel",
          request: `cancel ${id}`,
          answer: "withdrawn where it had not left",
          ok: true,
        };
        return store.cancel(id, clock.now(), [trace(entry, actor, clock.now())]);
      }),
    resolve: (id, outcome, { actor } = {}) =>
      changed(id, ({ store }, row) => {
        const unknown = row.recipients.filter((recipient) => recipient.state === "unknown");
        if (unknown.length === 0)
          throw new MedimailError("submission_state", "No recipient of this submission is `unknown`.");
        const at = clock.now();
        const changes = unknown.map(
          (recipient): RecipientChange => ({
            id: recipient.id,
            state: outcome,
            ...(outcome === "accepted" ? { error: null } : {}),
          }),
        );
        const events = unknown.map((recipient) => ({
          submission: id,
          recipientId: recipient.id,
          messageId: recipient.messageId,
          event: outcome,
          at,
        }));
        return store.resolve(id, changes, events, [
          trace({ action: "resolve", request: `resolve ${id}`, answer: outcome, ok: true }, actor, at),
        ]);
      }),
    async pause(id) {
      await rowOf(id);
      await (await open()).store.setPaused(id, true);
    },
    async resume(id) {
      await rowOf(id);
      const core = await open();
      await core.store.setPaused(id, false);
      core.worker.wake();
    },
    async restored({ actor } = {}) {
      const { store } = await open();
      const now = clock.now();
      const author = actor ?? `${frame.config.software.name} ${frame.config.software.version}`;
      return store.restored({
        now,
        isDead: (worker) => isWorkerDead(worker, now),
        trace: ({ count, ...box }) =>
          traceOf({
            ...box,
            actor: author,
            action: "restore",
            request: "restored",
            answer: `${count} in doubt`,
            ok: true,
            at: now,
          }),
      });
    },
    receipts: async (query = {}) => (await open()).store.receipts({ tenant, mailbox, ...query }),
  };
}

function checkRetry(row: SubmissionRow, resend: boolean): void {
  const states = new Set(row.recipients.map((recipient) => recipient.state));
  if (states.has("failed") || (resend && states.has("unknown"))) return;
  if (states.has("unknown")) {
    throw new MedimailError(
      "submission_state",
      "The operator may have taken this mail: sending it again may deliver it twice.",
      {
        hint: "Ask the recipient or the operator first; then `retry` with `resend` (`outbox retry ID --resend`).",
      },
    );
  }
  throw new MedimailError(
    "submission_state",
    "No recipient of this submission failed: there is nothing to send again.",
  );
}
