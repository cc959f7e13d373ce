import type { Connector } from "../connector-types.js";
import type { ErrorCode, MedimailErrorDetails } from "../errors.js";
import { ERROR_CODES, isMedimailError, MedimailError } from "../errors.js";
import type { StoredError } from "../seams/index.js";
import type { DocumentSubmission, Submission } from "../sending/index.js";
import { untilAborted } from "../until-aborted.js";
import { EXIT } from "./command.js";
import type { Context } from "./context.js";
import { eventLine, eventText } from "./views/events.js";
import { type Wait, Waiting } from "./wait.js";

/** How long a mail in hand may take to be answered once the command should end; another process takes over what is left. */
const GRACE_MS = 10_000;

/** Submits, delivers this submission alone, prints its events, and waits as CLI.md says of `send`. */
export async function deliverAndWait(
  context: Context,
  connector: Connector,
  document: DocumentSubmission | (() => Promise<Submission>),
  wait: Wait,
): Promise<number> {
  const since = Date.now();
  const submission =
    typeof document === "function"
      ? await document()
      : await connector.documents.submit(document, { signal: context.signal });
  await context.warnProblems(submission.problems);
  const rows = (await submission.status()).recipients;
  const waiting = new Waiting(
    rows.map((row) => row.address),
    wait === "no" ? "accepted" : wait,
    since,
  );
  const follow = new Follower(context, connector, submission, waiting);
  if (wait === "no") {
    await follow.catchUp();
    return EXIT.done;
  }
  const stop = new AbortController();
  const store = new StoreWatch();
  const run = connector.delivery.run({
    signal: stop.signal,
    submission: submission.id,
    receipts: wait !== "accepted",
    onStoreFault: (fault) => store.heard(fault),
  });
  const polls = pollWhileUnknown(connector, waiting, stop.signal, wait);
  try {
    // A worker that ends by itself has failed: its error is the answer.
    await Promise.race([follow.decided, untilAborted(context.signal), run, store.closed]);
    // Only now: what the end of the command itself cuts short is no answer.
    store.stop();
  } finally {
    stop.abort();
    await within(GRACE_MS, Promise.allSettled([run, polls]));
    await follow.catchUp();
  }
  return outcome(context, waiting, submission, store.fault);
}

/** Whether the outbox can be written, while the command waits. */
class StoreWatch {
  fault: MedimailError | undefined;
  /** Resolves where waiting does not mend it. */
  readonly closed: Promise<void>;
  #close: () => void = () => {};
  #stopped = false;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  heard(fault: MedimailError | undefined): void {
    if (this.#stopped && fault !== undefined) return;
    this.fault = fault;
    if (fault?.retryable === false) this.#close();
  }

  stop(): void {
    this.#stopped = true;
  }
}

function outcome(context: Context, waiting: Waiting, submission: Submission, fault: MedimailError | undefined): number {
  const verdict = waiting.verdict();
  if (verdict?.ok) return EXIT.done;
  if (verdict?.error) throw fromStored(verdict.error);
  const reason: unknown = context.signal.reason;
  const interrupted = isMedimailError(reason) && reason.code !== "timeout";
  if (fault && !interrupted) throw withSubmission(fault, submission.id);
  if (isMedimailError(reason) && reason.code === "timeout") {
    throw new MedimailError(
      "timeout",
      `not every recipient has reached the state asked within ${context.timeoutSeconds} s`,
      {
        hint: kept(waiting, submission.id),
      },
    );
  }
  if (isMedimailError(reason))
    throw new MedimailError("aborted", "interrupted", { hint: kept(waiting, submission.id) });
  throw new MedimailError("delivery_failed", "the submission cannot reach the state asked", {
    hint: `medimail outbox show ${submission.id}`,
  });
}

function stays(id: string): string {
  return `the submission ${id} stays in the outbox: medimail outbox run delivers it`;
}

/** That nothing is lost, and what does the rest: the worker hands over what is queued, and never what is in doubt. */
function kept({ left }: Waiting, id: string): string {
  if (left === "delivery") return stays(id);
  if (left === "receipts") return `the operator has the submission ${id}: medimail outbox run reads the receipts`;
  return `the operator may have the submission ${id}: unless a receipt tells (medimail outbox run), only medimail outbox retry ${id} --resend sends it again`;
}

/** What keeps the outbox from being written, and that nothing is lost by it. */
function withSubmission({ code, message, retryable, hint }: MedimailError, id: string): MedimailError {
  return new MedimailError(code, `${message}\n${stays(id)}`, { retryable, ...(hint === undefined ? {} : { hint }) });
}

/** An error that the outbox kept, as an error of this command. */
function fromStored(stored: StoredError): MedimailError {
  const known = Object.hasOwn(ERROR_CODES, stored.code);
  const details: MedimailErrorDetails = { retryable: stored.retryable };
  return new MedimailError(known ? (stored.code as ErrorCode) : "delivery_failed", stored.message, details);
}

/** Prints the events of a submission in order, and judges after each. */
class Follower {
  readonly decided: Promise<void>;
  #decide: () => void = () => {};
  readonly #reading = new AbortController();
  readonly #done: Promise<void>;

  constructor(
    private readonly context: Context,
    private readonly connector: Connector,
    private readonly submission: Submission,
    private readonly waiting: Waiting,
  ) {
    const reached = new Promise<void>((resolve) => {
      this.#decide = resolve;
    });
    this.#done = this.#read();
    // Reading ends before the decision only by a fault of the outbox, which is then the answer.
    this.decided = Promise.race([reached, this.#done]);
    this.decided.catch(() => {});
  }

  async #read(): Promise<void> {
    for await (const event of this.connector.events({
      submission: this.submission.id,
      after: 0,
      signal: this.#reading.signal,
    })) {
      await this.context.event(eventLine(event), (style) => eventText(event, this.context.text, style));
      this.waiting.apply(event);
      if (this.waiting.verdict()) this.#decide();
    }
  }

  /** What is durable by now is printed before the command ends. */
  async catchUp(): Promise<void> {
    for (let looks = 0; looks < 20; looks += 1) {
      const { recipients } = await this.submission.status();
      if (this.waiting.matches(recipients) && looks > 0) break;
      await within(100, this.#done);
    }
    this.#reading.abort();
    await this.#done;
  }
}

/** An `unknown` may be settled by a delivery report, which nobody looks for where the wait is for `accepted` only. */
async function pollWhileUnknown(
  connector: Connector,
  waiting: Waiting,
  signal: AbortSignal,
  wait: Wait,
): Promise<void> {
  if (wait !== "accepted") return;
  while (!signal.aborted) {
    await within(2_000, untilAborted(signal));
    if (signal.aborted || !waiting.unknown) continue;
    await connector.receipts.poll({ signal }).catch(() => {});
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
