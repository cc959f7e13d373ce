import type { TraceEntry } from "../seams/index.js";
import { localTime } from "./local-time.js";
import { maskTraceText } from "./mask.js";

/** The hand-over of a mail, as the request of a trace. */
export interface MailRequest {
  /** Envelope sender; empty for the null path of a receipt. */
  from: string;
  recipients: readonly { address: string; kind: "professional" | "patient" }[];
  /** Without angle brackets; what joins the trace to the operator's transcript. */
  messageId: string;
}

export interface TraceInput {
  at: Date | number;
  tenant: string;
  mailbox: string;
  /** ECO.4.1.2: the authenticated author that the caller names; the software for an APP mailbox. */
  actor: string;
  action: string;
  request: string | MailRequest;
  /** The server's answer; on failure, the error's code where there was none. */
  answer: string;
  ok: boolean;
}

/**
 * A trace as ECO.4.1.2 wants it, masked: addresses of patients stand as `<patient>`, those of professionals in clear.
 *
 * @example
 * traceOf({ …, request: { from: "labo@chu.mssante.fr", recipients: [patient], messageId: "9f…@chu.mssante.fr" } }).request
 * // MAIL FROM:<labo@chu.mssante.fr> RCPT TO:<patient> Message-ID:<9f…@chu.mssante.fr>
 */
export function traceOf(input: TraceInput, timeZone?: string): TraceEntry {
  const { tenant, mailbox, ok } = input;
  return {
    at: localTime(typeof input.at === "number" ? new Date(input.at) : input.at, timeZone),
    tenant,
    mailbox,
    actor: maskTraceText(input.actor),
    action: maskTraceText(input.action),
    request: typeof input.request === "string" ? maskTraceText(input.request) : mailRequest(input.request),
    answer: maskTraceText(input.answer),
    ok,
  };
}

// The Message-ID is written after the cut, so that a long list of recipients cannot push it out; its local part is ours and
// opaque, and is not searched for what looks like an INS.
function mailRequest({ from, recipients, messageId }: MailRequest): string {
  const to = recipients.map(({ address, kind }) => `RCPT TO:${kind === "patient" ? "<patient>" : `<${address}>`}`);
  return `${maskTraceText([`MAIL FROM:<${from}>`, ...to].join(" "))} Message-ID:<${messageId.replace(/[^\x21-\x7e]/g, "")}>`;
}
