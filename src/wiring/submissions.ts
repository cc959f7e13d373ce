import type { Connector } from "../connector-types.js";
import { MedimailError, type Problem } from "../errors.js";
import type { SubmissionRow } from "../seams/index.js";
import {
  checkSubmission,
  contentHash,
  type DocumentSubmission,
  documentBytes,
  heldTail,
  IntakeGate,
  prepare,
  type Submission,
  SubmissionHandle,
  submitInPieces,
} from "../sending/index.js";
import { type Core, type Frame, senderProfile } from "./core.js";
import type { Preparation, PreparedSubmission } from "./preparation.js";
import type { Recipients } from "./recipients.js";
import { copiesDocuments } from "./sent-copies.js";
import { checkTrustSpace } from "./trust-space.js";
import type { Waiters } from "./waiters.js";

export interface SubmissionParts {
  open: () => Promise<Core>;
  recipients: Recipients;
  preparation: Preparation;
  waiters: Waiters;
  cancel: Connector["outbox"]["cancel"];
}

interface Enqueuing {
  tx?: unknown;
  waitMs?: number;
  signal?: AbortSignal;
  /** Told when it can no longer be given up. */
  storing?: () => void;
}

export type Enqueue = (core: Core, prepared: PreparedSubmission, enqueuing?: Enqueuing) => Promise<Submission>;

/** From what a software submits to what is in the outbox. `enqueue`: the last step, for mails of every kind. */
export function submissionsOf(
  frame: Frame,
  { open, recipients, preparation, waiters, cancel }: SubmissionParts,
): Connector["documents"] & { enqueue: Enqueue } {
  const { options, tenant, mailbox, trustSpace } = frame;
  const intake = new IntakeGate();

  function handle({ store, reader, operator }: Core, row: SubmissionRow, created: boolean, problems: Problem[]) {
    return new SubmissionHandle(row, created, problems, {
      store,
      reader,
      unknownIsFinal: options.unknownPolicy !== "resend" && !operator.filesSent,
      cancel: (id) => cancel(id),
      eager: (by) => waiters.add(by),
    });
  }

  const enqueue: Enqueue = async (core, prepared, { tx, waitMs = 0, signal, storing } = {}) => {
    // Here pass documents, mails, answers and receipts: none is stored for an address outside the trust space.
    if (trustSpace) prepared.problems.push(...(await checkTrustSpace(trustSpace, prepared.submission.mails, signal)));
    if (signal?.aborted) throw givenUp(signal);
    storing?.();
    const stored = prepared.tail
      ? await submitInPieces(core.store, prepared.submission, prepared.tail)
      : await core.store.submit(prepared.submission, tx === undefined ? { waitMs } : { tx });
    core.worker.wake();
    core.reader.notify();
    return handle(core, stored.submission, stored.created, prepared.problems);
  };

  async function submit(submission: DocumentSubmission, enqueuing: Enqueuing): Promise<Submission> {
    const { signal, tx } = enqueuing;
    const core = await open();
    checkSubmission(submission);
    const bytes = documentBytes(submission);
    await intake.enter(bytes);
    let ready = false;
    try {
      if (signal?.aborted) throw givenUp(signal);
      if (submission.idempotencyKey !== undefined) {
        const first = await core.store.findByKey(tenant, mailbox, submission.idempotencyKey);
        if (first && first.contentHash === contentHash(submission)) return handle(core, first, false, []);
      }
      const profile = senderProfile(frame, core);
      const known = await recipients.address(submission, profile, signal);
      const prepared = await preparation.prepare(known.submission, profile);
      prepared.problems.push(...known.problems);
      // The key stands for what the caller gave: what a directory says of it may change.
      if (known.submission.to !== submission.to) prepared.submission.contentHash = contentHash(submission);
      ready = tx === undefined;
      const waitMs = ready ? intake.ready() : 0;
      if (copiesDocuments(frame, core)) prepared.submission.info.sentCopy = true;
      return await enqueue(core, prepared, { ...enqueuing, waitMs });
    } finally {
      intake.leave(bytes, ready);
    }
  }

  return {
    enqueue,
    submit: (submission, { signal, tx } = {}) =>
      signal
        ? untilStored(signal, (storing) => submit(submission, { tx, signal, storing }))
        : submit(submission, { tx }),
    async compose(submission) {
      const core = await open();
      checkSubmission(submission);
      const profile = senderProfile(frame, core);
      const known = await recipients.address(submission, profile);
      const { submission: made, composed, problems } = await prepare(known.submission, profile);
      problems.push(...known.problems);
      if (trustSpace) problems.push(...(await checkTrustSpace(trustSpace, made.mails)));
      return {
        subject: composed.subject,
        problems,
        mails: composed.mails.map((mail) => ({
          messageId: mail.messageId,
          recipients: mail.recipients.map((recipient) => recipient.address),
          content: [mail.head, composed.bodies[mail.body] as Uint8Array, ...(heldTail(composed) ?? [])],
          size: mail.size,
        })),
      };
    },
  };
}

/** Who gives up before it is stored is told at once, wherever it waits (its turn, a thread that is busy); what is being stored is waited for. */
function untilStored<T>(signal: AbortSignal, begin: (storing: () => void) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(givenUp(signal));
    const release = () => signal.removeEventListener("abort", onAbort);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    begin(release).then(resolve, reject).finally(release);
  });
}

const givenUp = (signal: AbortSignal): MedimailError =>
  new MedimailError("aborted", "The submission was aborted before it was stored.", { cause: signal.reason });
