import { fileSentCopies } from "../sending/index.js";
import type { Core, Frame } from "./core.js";

/** Whether we file in Sent what is written in the mailbox; never where the operator does. */
export function copiesMails({ options }: Frame, { operator }: Core): boolean {
  return !operator.filesSent && options.sentCopies !== "none";
}

export function copiesDocuments({ options }: Frame, { operator }: Core): boolean {
  return !operator.filesSent && options.sentCopies === "all";
}

export function fileCopies(
  { clock, log, tenant, mailbox, trace }: Frame,
  { store, operator }: Core,
  signal: AbortSignal,
): Promise<number> {
  return fileSentCopies(
    {
      store,
      clock,
      log,
      tenant,
      mailbox,
      trace,
      async file({ content, messageId, acceptedAt }) {
        const { imap } = operator;
        const date = new Date(acceptedAt);
        const report = await imap.append({ folder: "sent", content, messageId, flags: ["\\Seen"], date, signal });
        if (report.error) throw report.error;
        return report;
      },
    },
    signal,
  );
}
