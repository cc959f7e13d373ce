import type { Scenario } from "../types.js";
import type { Masking } from "./mask.js";
import type { Of } from "./session.js";

/** What is kept of a mail that was sent. */
export interface SentSummary {
  messageId: string | undefined;
  sha256: string;
  name: string;
  kind: "mdn" | "dsn" | "message";
  /** Of the envelope. */
  from: string;
  /** Address of the From field. */
  headerFrom: string | undefined;
  to: readonly string[];
  subject: string;
  inReplyTo: string | undefined;
  references: readonly string[];
  /** Of a receipt: which mail it speaks of. */
  originalMessageId: string | undefined;
  hasArchive: boolean;
  /** A document of its archive has the action D. */
  deletes: boolean;
  /** Address of Disposition-Notification-To. */
  receiptTo: string | undefined;
  /** Of a receipt: `displayed`, `processed`; with the modifier where it says an error. */
  disposition: string | undefined;
  connection: string;
  at: string;
  scenario: string | undefined;
  nil: string | undefined;
}

/** What is kept of a mail that the server put into a mailbox of the client. */
export interface DeliveredMail {
  messageId: string;
  mailbox: string;
  what: string | undefined;
  subject: string;
  from: string;
  replyTo: string | undefined;
  references: readonly string[];
  /** Address of Disposition-Notification-To. */
  receiptTo: string | undefined;
  returnPath: string | undefined;
  kind: "mdn" | "dsn" | "message";
  hasArchive: boolean;
  /** Of its archive: a mail that takes it back brings nothing of its own. */
  archiveSha256: string | undefined;
  /** Names of its attachments. */
  files: readonly string[];
  sha256: string;
  at: string;
  scenario: string | undefined;
}

/** What is kept of a connection that has ended. */
export interface PastSession {
  id: string;
  protocol: "smtp" | "imap";
  openedAt: string;
  closedAt: string;
  scenario: string | undefined;
  profile: string;
  faults: readonly string[];
  /** A handshake was begun. */
  tls: boolean;
  established: boolean;
  tlsVersion: string | undefined;
  authenticated: string | undefined;
  /** A credential was shown: by AUTH, or by a client certificate and a MAIL after it. */
  spoke: boolean;
  mails: number;
  saidGoodbye: boolean;
  /** Commands of the client after TLS, their times: the last hundred. */
  lastCommands: readonly { at: string; verb: string }[];
  mechanism: string | undefined;
  ended: { at: string; line: string } | undefined;
}

/** The whole run as far as it has come; bounded, whatever the run. */
export interface RunRecord {
  startedAt: string | undefined;
  endedAt: string | undefined;
  observations: number;
  /** Types of the mailboxes, by address in lower case. */
  mailboxes: ReadonlyMap<string, string>;
  scenarios: ReadonlyMap<string, Scenario>;
  /** The scenario that is under way. */
  current: string | undefined;
  timeline: readonly (Of<"scenario"> | Of<"client">)[];
  sent: readonly SentSummary[];
  /** The same by Message-ID, at most five of one: ten thousand mails must not be looked through for each. */
  sentById: ReadonlyMap<string, SentSummary[]>;
  delivered: readonly DeliveredMail[];
  sessions: readonly PastSession[];
  http: readonly Of<"http">[];
  dns: readonly Of<"dns">[];
  appended: readonly Of<"appended">[];
  /** Every authentication, in order. */
  logins: readonly { auth: Of<"auth">; at: string; connection: string }[];
  /** A sender and recipient that were tried again after a refusal. */
  retries: readonly Retry[];
  traces: readonly TraceLine[] | undefined;
  /** Product number the publisher says is his. */
  nil: string | undefined;
  now: Date;
  mask: Masking;
}

export interface Retry {
  first: { code: string; at: string };
  again: { session: string; n: number; at: string };
}

/** One line of the client's own functional traces, as `traces export` prints it. */
export interface TraceLine {
  at: string;
  mailbox?: string;
  actor?: string;
  action?: string;
  request?: string;
  answer?: string;
  ok?: boolean;
}
