import type { Fault, SmtpFaultPoint } from "../faults.js";

export interface Reply {
  code: number;
  /** Enhanced status code; not before EHLO. */
  status?: string;
  text: string;
}

export const reply = (code: number, status: string, text: string): Reply => ({ code, status, text });

const REFUSALS: Record<SmtpFaultPoint, Reply> = {
  greeting: { code: 554, text: "No service for this client" },
  ehlo: { code: 550, text: "Not for this client" },
  starttls: reply(502, "5.5.1", "TLS is not available"),
  auth: reply(535, "5.7.8", "Authentication credentials invalid"),
  mail: reply(550, "5.7.1", "Sender refused"),
  rcpt: reply(550, "5.7.1", "Recipient refused"),
  data: reply(554, "5.5.1", "Not now nor later"),
  content: reply(554, "5.6.0", "Content refused"),
  "final-dot": reply(554, "5.6.0", "Content refused"),
  "after-dot": reply(554, "5.6.0", "Content refused"),
};

const DEFERRALS: Record<SmtpFaultPoint, Reply> = {
  greeting: { code: 421, text: "Too busy, try again later" },
  ehlo: { code: 421, text: "Too busy, try again later" },
  starttls: reply(454, "4.7.0", "TLS is not available for the moment"),
  auth: reply(454, "4.7.0", "Temporary authentication failure"),
  mail: reply(451, "4.3.0", "Try again later"),
  rcpt: reply(450, "4.2.1", "Mailbox busy, try again later"),
  data: reply(451, "4.3.0", "Try again later"),
  content: reply(451, "4.3.0", "Try again later"),
  "final-dot": reply(451, "4.3.0", "Try again later"),
  "after-dot": reply(451, "4.3.0", "Try again later"),
};

/** What a fault answers at a moment; undefined for one that does not answer by itself. */
export function faultReply(fault: Fault, at: SmtpFaultPoint): Reply | undefined {
  const { script } = fault;
  const base = named(fault, at);
  if (!base) return undefined;
  const code = script.reply ?? base.code;
  // A status of the other class would contradict the code.
  const fitting = base.status?.startsWith(String(code)[0] ?? "")
    ? base.status
    : base.status && `${String(code)[0]}.${base.status.slice(2)}`;
  const status = script.status ?? fitting;
  return { code, text: script.text ?? base.text, ...(status === undefined ? {} : { status }) };
}

function named(fault: Fault, at: SmtpFaultPoint): Reply | undefined {
  switch (fault.name) {
    case "refuse":
      return REFUSALS[at];
    case "defer":
      return DEFERRALS[at];
    case "reply":
      return (fault.script.reply ?? 451) >= 500 ? REFUSALS[at] : DEFERRALS[at];
    case "token-refused":
      return REFUSALS.auth;
    case "full-mailbox":
      return reply(452, "4.2.2", "Mailbox full");
    case "unknown-recipient":
      return reply(550, "5.1.1", "No such mailbox");
    case "size-limit":
      return reply(552, "5.3.4", "Message too big");
    default:
      return undefined;
  }
}
