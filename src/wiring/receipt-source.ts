import { defined } from "../defined.js";
import type { ReceiptSource } from "../sending/index.js";
import type { ImapMailbox } from "../transport/imap/index.js";

/**
 * A receipt says what it has to say in its first parts; the original that a MDN returns whole (25 MB of documents,
 * perhaps) comes last, and only its header is of use.
 */
const RECEIPT_BYTES = 512 * 1024;
const FOLDER = "inbox";

/** The INBOX of the sender as a source of receipts. The cursor is `uidvalidity:uid`. */
export function receiptSource(imap: ImapMailbox): ReceiptSource {
  return {
    async *mails({ cursor, since, signal }) {
      const [uidValidity, uid] = cursor?.split(":") ?? [];
      const reading = imap.fetchNew(
        defined({
          folder: FOLDER,
          uidValidity,
          lastUid: uid === undefined ? undefined : Number(uid),
          since,
          maxBytes: RECEIPT_BYTES,
          limit: 1_000,
          signal,
        }),
      );
      for await (const mail of reading) {
        const next = `${mail.cursor.uidValidity}:${mail.cursor.lastUid}`;
        yield { raw: mail.raw, cursor: next, source: `INBOX/${next.replace(":", "/")}` };
      }
    },
  };
}
