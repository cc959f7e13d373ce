import type { ActOutcome, FolderInfo, MailAction, MailSummary } from "../../mailbox/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";

/** The shape of a message (CLI.md). */
export function mailValue({ uidValidity: _validity, date, ...mail }: MailSummary) {
  return { ...mail, date: date?.toISOString() ?? null };
}

export function mailText(mail: MailSummary, style: Style): string {
  const unread = !mail.flags.includes("\\Seen");
  const who = mail.from ? mail.from.name || mail.from.address : "";
  const subject = printable(mail.subject);
  return [
    style.dim(String(mail.uid).padStart(6)),
    unread ? style.green("●") : " ",
    style.dim(mail.date ? mail.date.toISOString().slice(0, 16).replace("T", " ") : " ".repeat(16)),
    printable(who).slice(0, 28).padEnd(28),
    unread ? style.bold(subject) : subject,
    ...(mail.hasXdm
      ? [style.dim("[XDM]")]
      : mail.attachments.length > 0
        ? [style.dim(`[${mail.attachments.length}]`)]
        : []),
  ].join("  ");
}

/** One line a mail: what became of it, and where it is now. */
export function actionText({ mails }: MailAction, style: Style, words: Readonly<Record<ActOutcome, string>>): string {
  return mails
    .map(({ uid, outcome, now }) => {
      const mark = outcome === "done" ? style.green("✓") : style.yellow("!");
      const there = now ? style.dim(` → ${printable(now.folder)} ${now.uid}`) : "";
      return `${mark} ${String(uid).padStart(6)}  ${words[outcome]}${there}`;
    })
    .join("\n");
}

export function folderText({ path, role, messages, unseen, selectable }: FolderInfo, style: Style): string {
  const counts = messages === undefined ? "" : `${messages}${unseen ? ` (${unseen})` : ""}`;
  const shown = selectable ? printable(path) : style.dim(printable(path));
  return [counts.padStart(12), shown, ...(role ? [style.dim(role)] : [])].join("  ");
}
