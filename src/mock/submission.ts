import type { WaitOptions } from "./observer.js";
import { bare } from "./store/message.js";

/** What NOTIFY asked for one recipient (RFC 3461). */
export type Notify = "SUCCESS" | "FAILURE" | "DELAY" | "NEVER";

export interface AcceptedRecipient {
  /** As the client wrote it. */
  address: string;
  /** Undefined where the client did not say: failures only. */
  notify?: Notify[];
  /** Decoded, e.g. `rfc822;dr@…`. */
  originalRecipient?: string;
  /** The delivery is late, or has failed by a fault. */
  fate?: { kind: "bounce" | "delay"; status?: string; afterMs?: number };
}

/** A mail that the SMTP server has answered 250 to (or would have, had the fault not cut the connection). */
export interface AcceptedMail {
  /** Rises from 1. */
  id: number;
  at: Date;
  /** Envelope sender; empty for a receipt. */
  from: string;
  recipients: AcceptedRecipient[];
  /** The authenticated mailbox. */
  user: string;
  envid?: string;
  ret?: "HDRS" | "FULL";
  /** Parameters of MAIL, and of RCPT (for a further recipient with `#2`…), as given. */
  parameters: Record<string, string>;
  /** The bytes of DATA, dots unstuffed. */
  raw: Buffer;
  /** Without brackets. */
  messageId?: string;
  /** Where it was written, relative to the mock's folder. */
  file?: string;
}

/** Which mail a test waits for; what is left out may be anything. */
export interface WaitForMail extends WaitOptions {
  /** A recipient of the envelope. */
  to?: string;
  /** The envelope sender; empty for receipts. */
  from?: string;
  /** With or without its brackets. */
  messageId?: string;
}

export function fits(mail: AcceptedMail, { to, from, messageId }: WaitForMail): boolean {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return (
    (to === undefined || mail.recipients.some((recipient) => same(recipient.address, to))) &&
    (from === undefined || same(mail.from, from)) &&
    (messageId === undefined || mail.messageId === bare(messageId))
  );
}
