import type { Activity, ActivityQuery } from "./activity.js";
import type { MailContent, TailWriter } from "./mail-content.js";
import type { SmtpStage } from "./mail-transport.js";
import type {
  NewSubmission,
  ReceiptInput,
  ReceiptRow,
  RecipientRow,
  RecipientState,
  StoredError,
  SubmissionEventName,
  SubmissionInfo,
  SubmissionRow,
} from "./outbox-records.js";

/** A mail that this worker holds: nobody else may hand it over until it is settled, released or the worker is dead. */
export interface ClaimedMail {
  mailId: number;
  submission: string;
  tenant: string;
  mailbox: string;
  messageId: string;
  attempts: number;
  createdAt: number;
  content: MailContent;
  size: number;
  info: SubmissionInfo;
  action: string;
  /** Those still queued. */
  recipients: { id: number; address: string; kind: "professional" | "patient" }[];
  /** Of a mail that is recovered: what the server said when it took it for all recipients, noted by the worker before it died. */
  answer?: string;
}

/** The server took a mail for all of its recipients, and said this (as it may be kept: no address, no header of the mail). */
export interface HandoverAnswer {
  mailId: number;
  answer: string;
}

/** An accepted mail whose copy is not in Sent yet; in the caller's hands until `until`. */
export interface SentCopy {
  mailId: number;
  submission: string;
  messageId: string;
  acceptedAt: number;
  actor?: string;
  /** Absent where the retention has erased it. */
  content?: MailContent;
}

export interface NewEvent {
  submission: string;
  event: SubmissionEventName;
  at: number;
  recipientId?: number;
  messageId?: string;
  error?: StoredError;
}

export interface EventRow extends NewEvent {
  /** Grows; a cursor. */
  seq: number;
  /** Absent where it is erased or cannot be opened, as is `reference`. */
  recipient?: string;
  reference?: string;
}

/** One line of the functional journal (ECO.4.1.1, ECO.4.1.2). Never content, never health data. */
export interface TraceEntry {
  /** ISO 8601 local time with offset. */
  at: string;
  tenant: string;
  mailbox: string;
  /** The authenticated author that the caller names, or the software. */
  actor: string;
  /** `send`, `delete-document`, `receipt`, `resend`, `cancel` … */
  action: string;
  request: string;
  /** The server's answer, even on failure. */
  answer: string;
  ok: boolean;
}

export interface RecipientChange {
  id: number;
  /** Absent: the state stays (a retry). */
  state?: RecipientState;
  error?: StoredError | null;
}

export interface MailSettlement {
  mailId: number;
  worker: string;
  at: number;
  stage: SmtpStage;
  recipients: RecipientChange[];
  /** `done`: nothing is queued any more. `retry`: due again. `doubt`: waits for a receipt, a policy or a person. `release`: as if never claimed. */
  next: { kind: "done" } | { kind: "retry"; dueAt: number } | { kind: "doubt" } | { kind: "release" };
  /** Counts as an attempt. */
  attempted: boolean;
  events: NewEvent[];
  traces: TraceEntry[];
}

export interface ClaimQuery {
  worker: string;
  now: number;
  limit: number;
  tenant?: string;
  mailbox?: string;
  /** Only this submission's mails (the command `send`). */
  submission?: string;
  /** They are handed over at once: as `prepareHandover`, in the same commit. */
  prepare?: boolean;
  /** How long the claim may wait for other writes to share its commit with, ms. */
  waitMs?: number;
}

export interface WorkerIdentity {
  id: string;
  host: string;
  /** Changes at each boot of the machine. */
  boot: string;
  pid: number;
  /** Start time of the process, so that a reused pid is not taken for it. */
  pidStart: string;
}

/** A worker's last sign of life. */
export interface WorkerBeat {
  /** By the clock on the wall, ms since 1970. */
  heartbeatAt: number;
  /** By the clock that nobody sets (`Clock.elapsed`), ms. */
  elapsedAt?: number;
  /** For how long it has said nothing, ms, where the store has a clock of its own that all its workers are heard by. */
  silentMs?: number;
}

export interface ReceiptDecision {
  recipientId: number;
  change?: RecipientChange;
  events: NewEvent[];
}

export interface OutboxStats {
  submissions: number;
  byState: Record<RecipientState, number>;
  /** Mails due now, and the age of the oldest in ms. */
  due: number;
  oldestDueMs: number;
  unmatchedReceipts: number;
}

export interface RestoredQuery {
  now: number;
  isDead: (worker: WorkerIdentity & WorkerBeat) => boolean;
  /** For each mailbox of which something came into doubt: `count` recipients. */
  trace: (box: { tenant: string; mailbox: string; count: number }) => TraceEntry;
}

/**
 * The durable queue. Every method that writes resolves once the write is durable; concurrent writes may share one commit.
 * Implementations pass `test/storage/outbox-contract.ts`.
 */
export interface OutboxStore {
  /**
   * `created: false` gives back the first submission of the same key and content. `tx`: the caller's own open transaction (for
   * SQLite: a better-sqlite3 or libsql `Database` of the same file, inside BEGIN); then it is durable when the caller commits.
   * `waitMs`: how long it may wait for others to share its commit with. Throws `idempotency_conflict`, `already_sent`.
   */
  submit(
    input: NewSubmission,
    options?: { tx?: unknown; waitMs?: number },
  ): Promise<{ submission: SubmissionRow; created: boolean }>;
  /** Begins the tail of a submission that is still to come (see {@link StagedTail}). */
  stage(submission: string): Promise<TailWriter>;
  /** Erases a tail that no submission has taken up. */
  discard(submission: string): Promise<void>;
  /** Highest priority first, then due time. A mail is claimed by one worker, and by the same again once it has settled it (see `recover`). */
  claim(query: ClaimQuery): Promise<ClaimedMail[]>;
  /**
   * The final dots of these are to be written next: durable before it resolves, one commit for many. After a power cut any of them is in
   * doubt; after the death of the process only those that were marked as well. All or none; throws `lease_lost`.
   */
  prepareHandover(worker: string, mailIds: number[]): Promise<void>;
  /**
   * The final dot is about to be written: survives the process before it resolves, and the machine where the mail was prepared (else it is
   * made durable here). `answers` to earlier dots, whose settlements are still to come, are noted with it. All or none; throws
   * `lease_lost`: then do not write the dot.
   */
  markHandover(worker: string, mailIds: number[], answers?: readonly HandoverAnswer[]): Promise<void>;
  settle(settlements: MailSettlement[], options?: { waitMs?: number }): Promise<void>;
  /** Registers the worker and says that it lives. */
  heartbeat(worker: WorkerIdentity, now: number): Promise<void>;
  removeWorker(id: string): Promise<void>;
  /**
   * Mails held by workers that are dead (`isDead`): those before the hand-over mark are due again; those in doubt are returned (without content), still held
   * by the caller (`worker`), to be settled. Such a worker may live: it can mark none of them any more.
   */
  recover(query: {
    worker: string;
    now: number;
    isDead: (worker: WorkerIdentity & WorkerBeat) => boolean;
  }): Promise<ClaimedMail[]>;
  /** The clock was set back: mails that wait for a try until later than `beyond`, and that nobody scheduled, are due now. How many. */
  hasten(query: { tenant: string; mailbox: string; now: number; beyond: number }): Promise<number>;
  /** Time at which the next mail is due, for the worker's sleep. */
  nextDue(query: { tenant?: string; mailbox?: string; submission?: string }): Promise<number | undefined>;

  recordReceipt(
    input: ReceiptInput,
    /** Pure; runs inside the transaction, on the recipients of the mail that the receipt names (none: unmatched). */
    decide: (recipients: RecipientRow[], info: SubmissionInfo | undefined) => ReceiptDecision[],
    trace?: TraceEntry,
  ): Promise<"matched" | "unmatched" | "duplicate">;
  receipts(query: {
    tenant?: string;
    mailbox?: string;
    unmatchedOnly?: boolean;
    limit?: number;
  }): Promise<ReceiptRow[]>;

  /**
   * Throws `storage_key_wrong`, `storage_corrupt` where its sealed part cannot be opened; not where `unopened` is asked: then, as in `list` and
   * `findByKey`, it comes with what can be known of it (see {@link SubmissionRow}'s `unreadable`).
   */
  get(id: string, options?: { unopened?: boolean }): Promise<SubmissionRow | undefined>;
  findByKey(tenant: string, mailbox: string, key: string): Promise<SubmissionRow | undefined>;
  /** Newest first; `after` is the id of the last one of the page before. */
  list(query: {
    tenant?: string;
    mailbox?: string;
    state?: RecipientState;
    limit?: number;
    after?: string;
  }): Promise<SubmissionRow[]>;
  stats(query: { tenant?: string; mailbox?: string; now: number }): Promise<OutboxStats>;
  /** Counts of what was submitted and of the receipts that came, within a time. Survives the erasure of content. */
  activity(query: ActivityQuery): Promise<Activity>;
  /** Recipients in one of `states` become queued and due at once; where `messageId` is given, those of that mail alone. */
  requeue(
    id: string,
    states: RecipientState[],
    at: number,
    traces: TraceEntry[],
    messageId?: string,
  ): Promise<SubmissionRow>;
  /** A person or a policy settles `unknown` recipients. */
  resolve(id: string, changes: RecipientChange[], events: NewEvent[], traces: TraceEntry[]): Promise<SubmissionRow>;
  /** Queued recipients whose mail is not in a worker's hands become cancelled; where there is none, nothing is noted, the traces neither. */
  cancel(id: string, at: number, traces: TraceEntry[]): Promise<SubmissionRow>;
  setPaused(id: string, paused: boolean): Promise<void>;
  /**
   * The file is an older copy that was put back: what is queued in it may have left since. Every queued recipient of every mailbox becomes `unknown`; gives
   * back how many. Throws `submission_state` where a worker lives.
   */
  restored(query: RestoredQuery): Promise<number>;

  events(query: {
    after?: number;
    /** Looks no further, this one included. */
    upTo?: number;
    submission?: string;
    tenant?: string;
    mailbox?: string;
    limit?: number;
  }): Promise<EventRow[]>;
  lastEventSeq(): Promise<number>;

  appendTraces(entries: TraceEntry[]): Promise<void>;
  traces(query: {
    tenant?: string;
    mailbox?: string;
    since?: string;
    until?: string;
    after?: number;
    limit?: number;
  }): Promise<(TraceEntry & { seq: number })[]>;
  /** Traces older than the retention are erased; nothing else ever is. */
  eraseTraces(before: string): Promise<number>;

  /**
   * Content (heads, bodies, tails, info, addresses of patients) of submissions settled before `settledBefore` is erased; the rows stay. So are
   * tails that were begun and left, and files of marks that nobody will read: their process died.
   */
  eraseContent(settledBefore: number, now: number): Promise<number>;
  /** The next copy to file, held by the caller until `until`: two processes never file the same at once. */
  takeSentCopy(query: { tenant: string; mailbox: string; now: number; until: number }): Promise<SentCopy | undefined>;
  /** Filed, or given up: nothing is due any more; with `dueAt`, tried again then. */
  endSentCopy(mailId: number, traces: TraceEntry[], dueAt?: number): Promise<void>;
  cursor(tenant: string, mailbox: string, name: string): Promise<string | undefined>;
  setCursor(tenant: string, mailbox: string, name: string, value: string): Promise<void>;
  close(): Promise<void>;
}
