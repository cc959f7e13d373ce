import type { MailSummary } from "../../mailbox/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

const pad = (value: number): string => String(value).padStart(2, "0");

/** A mail that has just arrived: when, who, what kind, what about. */
export function arrivalText(mail: MailSummary, text: Text, style: Style, withFolder: boolean): string {
  const now = new Date();
  const who = printable(mail.from ? mail.from.name || mail.from.address : "");
  const kind = text.mailKinds[mail.kind];
  const mark = { professional: style.green, patient: style.cyan, receipt: style.dim, service: style.dim }[mail.kind];
  return [
    style.dim(`${pad(now.getHours())}:${pad(now.getMinutes())}:${pad(now.getSeconds())}`),
    mark("●"),
    who.slice(0, 28).padEnd(28),
    mark(kind.padEnd(13)),
    style.bold(printable(mail.subject)),
    ...(mail.hasXdm
      ? [style.dim("[XDM]")]
      : mail.attachments.length > 0
        ? [style.dim(`[${mail.attachments.length}]`)]
        : []),
    style.dim(withFolder ? `${printable(mail.folder)} ${mail.uid}` : String(mail.uid)),
  ].join("  ");
}
