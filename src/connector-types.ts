import type { ProSanteConnectSession } from "./auth/index.js";
import type { FindOptions, MergedAnswer, RecipientIdentity, Resolution, ResolveOptions } from "./directory/index.js";
import type { ProfileLives } from "./discovery/index.js";
import type { MedimailError, Problem } from "./errors.js";
import type { Logger, LogLevel } from "./log.js";
import type { Inbox, MailboxActions, MailboxOpener, MailboxReader, MailboxWriter } from "./mailbox/index.js";
import type { ActivityIndicators, IndicatorQuery } from "./onboarding/index.js";
import type { Runtime } from "./runtime.js";
import type {
  Clock,
  DirectoryQuery,
  OutboxStats,
  Random,
  ReceiptRow,
  RecipientState,
  SubmissionRow,
  TraceEntry,
} from "./seams/index.js";
import type {
  DeliverySettings,
  DocumentSubmission,
  PollResult,
  Submission,
  SubmissionEvent,
  UnknownPolicy,
} from "./sending/index.js";
import type { Health, HealthLimits } from "./supervision/index.js";
import type { MllpClientOptions, MllpServerOptions } from "./transport/mllp/index.js";

/** What `delivery.run` is to do. */
export interface DeliveryRun {
  signal: AbortSignal;
  /** Delivers this one only. Default: whatever is due. */
  submission?: string;
  /** Also looks for receipts. Default true. */
  receipts?: boolean;
  /**
   * Called where the outbox cannot be written (`storage_failed`: a full disk, a lock held too long), and with undefined once it can again. Nothing is
   * lost meanwhile: the worker goes on trying. It must not throw.
   */
  onStoreFault?: (fault: MedimailError | undefined) => void;
}

/** What a program may set beyond the configuration file. All times are in ms. */
export interface ConnectorOptions {
  logger?: Logger;
  logLevel?: LogLevel;
  /**
   * `auto` (default): delivers and reads receipts from the creation on, until `close()`; a store that cannot be opened yet, or a file that is not
   * there, is tried again after 1 s, doubled to a minute (`delivery.waits` in the log; `ready()` says why). `manual`: only when told, by
   * `delivery.run` and `receipts.poll`, here or in another process (`medimail outbox run`).
   */
  delivery?: "auto" | "manual";
  settings?: Partial<DeliverySettings>;
  /**
   * Threads that read, pack and compose submissions beside the caller's; 0: always in the caller's thread. Default: in the
   * caller's thread as long as submissions come one by one; one thread, where there is a second core, while many come at once.
   * A thread keeps long documents from holding up the software; costs about 40 MB. Ignored with a `clock` or `random` of the
   * caller's, and where a bundler left `dist/prepare-thread.js` behind.
   */
  preparationThreads?: number;
  /** What to do with a mail that the operator may have taken. Default `hold`. */
  unknownPolicy?: UnknownPolicy;
  /** With `filesSent`: how long an accepted mail may take to appear in Sent. Default 15 s. */
  sentGraceMs?: number;
  /**
   * What we file in Sent after its acceptance, where the operator does not (`filesSent`): the mails written in the mailbox (`mails`, default),
   * the sendings of documents too (`all`), or nothing.
   */
  sentCopies?: "mails" | "all" | "none";
  /** Between two looks for receipts. Default 30 s. */
  receiptPollMs?: number;
  /** How soon events of other processes are seen. Default 500 ms. */
  eventPollMs?: number;
  /**
   * AES-256-GCM key (32 bytes) for health content at rest; or a list, to change keys: the first seals, all open. A key may leave the list once the
   * retention has erased what it sealed. Instead of `outbox.encryptionKey` of the configuration, which the command reads too.
   */
  encryptionKey?: Uint8Array | readonly Uint8Array[];
  /** Content is erased so long after the last state change of a submission that has ended. Default 7 days; `never` keeps it. */
  contentRetentionMs?: number | "never";
  /** Default 183 days. */
  traceRetentionDays?: number;
  /** Separates the customers of one process that share an outbox. Default `default`. */
  tenant?: string;
  /** INS of the test and demonstration authorities. Default: allowed where the operator is this machine or a training platform. */
  allowTestIdentities?: boolean;
  /**
   * The professional who is logged in, where `auth.method` is `pro-sante-connect`: see `createProSanteConnect`. It stays the caller's: `close()` of
   * the connector does not end it, other connectors may share it.
   */
  session?: Pick<ProSanteConnectSession, "credentials">;
  /** Text under every body. */
  footer?: string;
  /** Signature banner. */
  banner?: { html: string; text: string };
  /** How long what discovery found is believed. Default 24 h, 15 min where something is missing, 10 s where nobody answered. */
  discoveryLives?: Partial<ProfileLives>;
  runtime?: Runtime;
  clock?: Clock;
  random?: Random;
}

export interface HealthOptions {
  /** What is left out has its default. */
  limits?: Partial<HealthLimits>;
  signal?: AbortSignal;
}

/** What `hl7.serve` did. No content of a message. */
export type Hl7Seen =
  | {
      event: "message";
      /** MSH-10. */
      controlId: string;
      /** How it was answered. */
      code: "AA" | "AE" | "AR";
      /** Absent where nobody was to be written to. */
      submission?: string;
      problems: Problem[];
      error?: MedimailError;
    }
  | {
      /** A message of business (ZAM) was answered. */
      event: "receipt";
      submission: string;
      recipient: string;
      state: SubmissionEvent["event"];
      code: "AA" | "AE";
    };

/** See `Connector.hl7`. */
export interface Hl7ServeOptions {
  signal: AbortSignal;
  /** Where orders come in. Default: a free port of this machine. */
  listen?: Omit<MllpServerOptions, "onMessage" | "logger">;
  /** Where messages of business (ZAM) go. Absent: none is sent. */
  receipts?: MllpClientOptions;
  /** An order that is for the DMP as well: refused (default), or taken for what is MSSanté's, where another software feeds the DMP. */
  dmp?: "refuse" | "ignore";
  /** See `readHl7Order`. */
  strictMatrix?: boolean;
  onListening?: (at: { host: string; port: number }) => void;
  /** Must not throw. */
  onSeen?: (seen: Hl7Seen) => void;
}

export interface OutboxQuery {
  state?: RecipientState;
  limit?: number;
  after?: string;
}

/** See `createConnector`. */
export interface Connector {
  /**
   * Opens the store, as every other method does first, and reads what every session needs: the authorities, and the client certificate with its key
   * and passphrase. Nothing is asked of the network. `sessions: false`: the store alone, in a process that stores and leaves the delivery to another.
   *
   * Throws what is wrong with any of them: `config_invalid`, `file_not_found`, `storage_failed`…; `secret_unavailable` where the file or the passphrase
   * of the certificate is not to be had, or does not open it; `certificate_invalid` where it has expired, is not valid yet, or has another's key.
   */
  ready(options?: { sessions?: boolean }): Promise<void>;
  readonly documents: {
    /**
     * Reads, checks, packs, composes and stores. Resolves once the submission is durable: from then on it is not lost. `tx`: the caller's own open
     * transaction on the outbox's own database, which makes it durable (docs/sending.md): a better-sqlite3 or libsql `Database` of the same SQLite
     * file; of PostgreSQL a `Client` or `PoolClient` of `pg`.
     *
     * Throws whatever forbids the sending, before anything is stored (`docs/errors.md`).
     */
    submit(submission: DocumentSubmission, options?: { signal?: AbortSignal; tx?: unknown }): Promise<Submission>;
    /** The mails that `submit` would send, without storing or sending them. */
    compose(submission: DocumentSubmission): Promise<{
      subject: string;
      mails: { messageId: string; recipients: string[]; content: Uint8Array[]; size: number }[];
      problems: Problem[];
    }>;
  };
  /** The directories of the configuration (`directory`), as one. */
  readonly recipients: {
    /**
     * From what is known of a recipient (RPPS, name and town, FINESS, a patient's qualified INS) to his address, the white list checked. What may be several
     * is given back as such; `submit` does the same for recipients that are given so.
     *
     * Throws `invalid_argument`, `identity_invalid`, `mss_address_invalid`, `ins_key_invalid`, `aborted`.
     */
    resolve(identity: RecipientIdentity, options?: ResolveOptions): Promise<Resolution>;
    /** Whom a document is meant for: one for each `intendedRecipient`; undefined where it says too little of him. */
    resolveCda(cda: Uint8Array, options?: ResolveOptions): Promise<(Resolution | undefined)[]>;
    /** A search, as a person types (SC.MSS/UX.41): entries with the age of each source, and the sources that failed. */
    find(query: DirectoryQuery, options?: FindOptions): Promise<MergedAnswer>;
  };
  /** The embedded mailbox (mode 2): reading, acting and writing. */
  readonly mailbox: MailboxReader & MailboxOpener & MailboxActions & MailboxWriter;
  /** Documents that come in, handed to the software unattended. */
  readonly inbox: Inbox;
  readonly outbox: {
    /** Newest first. One whose sealed part no key opens is there too, and says so (`unreadable`). */
    list(query?: OutboxQuery): Promise<SubmissionRow[]>;
    /** @throws `submission_not_found`; `storage_key_wrong`, `storage_corrupt` where its sealed part cannot be opened */
    get(id: string): Promise<SubmissionRow>;
    stats(): Promise<OutboxStats>;
    /**
     * Numbers of what was sent, delivered, read, integrated and refused, by type and period, without health data. With `mailbox`, the mails of the
     * inbox are counted on the server too.
     *
     * @throws `invalid_argument`; with `mailbox`, whatever keeps from reading it
     */
    indicators(query: IndicatorQuery & { mailbox?: boolean; signal?: AbortSignal }): Promise<ActivityIndicators>;
    /** Queues failed recipients again; `unknown` ones only with `resend`, by a person who accepts that the mail may arrive twice. */
    retry(id: string, options?: { resend?: boolean; actor?: string }): Promise<SubmissionRow>;
    /** Withdraws what has not left. */
    cancel(id: string, options?: { actor?: string }): Promise<SubmissionRow>;
    /** A person says what became of an `unknown`. */
    resolve(id: string, outcome: "accepted" | "failed", options?: { actor?: string }): Promise<SubmissionRow>;
    /**
     * To be called once where the outbox is an older copy that was put back, before anything delivers from it (`delivery: "manual"`): what was queued
     * when the copy was made may have left since, so it becomes `unknown`, of every mailbox in the file. Receipts, the Sent folder (`filesSent`) or a
     * person then settle it. Gives back how many recipients that are.
     *
     * @throws `submission_state` where a process delivers from the outbox
     */
    restored(options?: { actor?: string }): Promise<number>;
    pause(id: string): Promise<void>;
    resume(id: string): Promise<void>;
    receipts(query?: { unmatchedOnly?: boolean; limit?: number }): Promise<ReceiptRow[]>;
  };
  readonly delivery: {
    /** The worker: until the signal, then it finishes the mail in hand. */
    run(options: DeliveryRun): Promise<void>;
    /** Holds all deliveries of this connector; submissions go on being stored. */
    pause(): void;
    resume(): void;
  };
  /**
   * How the service of this mailbox goes, in one process or another, for a supervision that asks each minute: whether the outbox can be used, somebody
   * delivers, what is due leaves, the operator answers, something waits for a person, our certificate ends (docs/supervision.md). Nothing is asked of the
   * network. What cannot be read is a finding, not an error.
   *
   * @throws `invalid_argument`, `aborted`, `closed`
   *
   * @example
   * const { status, checks } = await connector.health();
   * if (status === "critical") call(checks.filter((check) => check.status !== "ok").map(({ message }) => message));
   */
  health(options?: HealthOptions): Promise<Health>;
  /** HL7 v2 over MLLP, as an integration engine speaks it (docs/hl7.md). */
  readonly hl7: {
    /**
     * Takes orders (ORU, MDM) and answers each once it is durable, and sends a message of business (ZAM) for each event that its sender asked for, in
     * order and at least once, with the same number (MSH-10) each time; until the signal. What happens while nobody serves is told by the next who
     * does. One process serves a mailbox. The delivery is another matter: `delivery: "auto"`, or `delivery.run`.
     *
     * @throws what keeps from listening (`connection_refused`, `certificate_invalid`, `invalid_argument`), or from opening the outbox
     */
    serve(options: Hl7ServeOptions): Promise<void>;
  };
  readonly receipts: { poll(options?: { signal?: AbortSignal }): Promise<PollResult> };
  readonly traces: {
    list(query?: { since?: string; until?: string; limit?: number }): AsyncIterable<TraceEntry & { seq: number }>;
  };
  /** Events after the cursor (default: from now on), until the signal or `close()`. */
  events(query?: { after?: number; submission?: string; signal?: AbortSignal }): AsyncIterable<SubmissionEvent>;
  /** Calls the listener for each event from now on; an exception of it is logged and goes no further. Returns the function that ends it. */
  on(event: SubmissionEvent["event"] | "*", listener: (event: SubmissionEvent) => void): () => void;
  /**
   * Finishes the mail in hand, closes sessions and store. A mail whose content has not begun to leave after two seconds stays in
   * the outbox; one after its final dot is waited for (120 s at most), since it would be `unknown` else. Nothing keeps the process
   * alive afterwards.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
