import type { MailContent } from "./mail-content.js";

/** How far an SMTP dialogue had come when it ended. Only after `content` may the server have taken the mail without our knowing. */
export type SmtpStage =
  | "connect"
  | "greeting"
  | "starttls"
  | "tls"
  | "auth"
  | "mail"
  | "rcpt"
  | "data"
  | "content"
  | "final-dot"
  | "done";

/** Envelope options of RFC 3461, sent only where the server announces DSN. */
export interface DsnRequest {
  /** ENVID: an opaque id of ours, printable ASCII without health data. */
  envid: string;
  ret: "HDRS" | "FULL";
  notify: ("SUCCESS" | "FAILURE" | "DELAY")[];
}

export interface OutgoingMail {
  /** Envelope sender; the empty string is the null path of a receipt. */
  from: string;
  to: readonly string[];
  /** Whole mail, not yet dot-stuffed. What is in memory may be shared with other mails: never written to. */
  content: MailContent;
  /** Bytes of `content`. */
  size: number;
  dsn?: DsnRequest;
  /** True where an address or a header needs SMTPUTF8 (ours never do). */
  utf8?: boolean;
}

export interface RecipientReply {
  address: string;
  accepted: boolean;
  /** SMTP reply code. */
  reply: number;
  /** Enhanced status code (RFC 3463), e.g. `5.1.1`. */
  status?: string;
  /** True where the refusal is not final (4xx). */
  temporary: boolean;
}

export interface TransportResult {
  /** One entry for each address of `to`, in order. */
  recipients: RecipientReply[];
  reply: number;
  status?: string;
  /** The server's last line, for the traces (ECO.4.1.2): masked of addresses. */
  answer: string;
}

/**
 * Hands one mail over to the operator. The one step that cannot be repeated: it resolves when the server has answered the
 * final dot (or refused every recipient), and throws a `MedimailError` with a {@link TransportFailure} otherwise.
 */
export interface SendOptions {
  signal?: AbortSignal;
  /** Time limit of the whole hand-over, in ms. */
  timeoutMs?: number;
  /**
   * Awaited when the content is written and its final dot is not: the caller notes durably that the mail is about to be
   * handed over. Where it rejects, the connection is dropped without the dot (nothing was taken) and its error is thrown.
   */
  beforeFinalDot?: () => Promise<void>;
}

export interface MailTransport {
  send(mail: OutgoingMail, options?: SendOptions): Promise<TransportResult>;
  /** Largest mail the operator announced (EHLO SIZE), 0 or undefined where unknown. */
  maxSize(): number | undefined;
  /**
   * Gives up every mail whose content has not begun to leave (`aborted`): nothing of it was taken, it is tried again later. Those
   * further on go on to their answer. For a software that stops.
   */
  giveUp(): void;
  close(): Promise<void>;
}

/** What delivery needs to know of a failed hand-over; found by {@link transportFailure}. */
export interface TransportFailure {
  stage: SmtpStage;
  /**
   * `temporary`: nothing was taken, try again. `permanent`: nothing was taken, do not. `unknown`: the connection was lost after the
   * final dot was written: the server may have taken it.
   */
  verdict: "temporary" | "permanent" | "unknown";
  reply?: number;
  status?: string;
  answer?: string;
  /** The fault is of the operator or the session, not of this mail (it counts for the circuit). */
  systemic: boolean;
  /** Recipients' answers got before the failure, where there were. */
  recipients?: RecipientReply[];
}

const FAILURE = Symbol.for("medimail-connector.transport-failure");

/** Puts the failure on the error, outside of what is printed or logged. */
export function withTransportFailure<E extends Error>(error: E, failure: TransportFailure): E {
  Object.defineProperty(error, FAILURE, { value: failure, enumerable: false });
  return error;
}

export function transportFailure(error: unknown): TransportFailure | undefined {
  return typeof error === "object" && error !== null
    ? (error as Record<symbol, TransportFailure | undefined>)[FAILURE]
    : undefined;
}
