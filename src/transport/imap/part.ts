import { MedimailError } from "../../errors.js";
import type { FolderRole } from "./folders.js";
import { inFolder } from "./folders.js";
import type { ImapLink } from "./link.js";
import { folderPath } from "./special.js";
import { failed } from "./wire.js";

/** Bytes asked for at a time: what a part costs of memory, whatever its size. */
const CHUNK = 1024 * 1024;

export interface PartOptions {
  folder: FolderRole;
  uid: number;
  /** Of {@link ImapPart.part}; absent: the whole mail, as it was received. */
  part?: string;
  /** Of the summary: where the folder was made anew since, the UID is another mail's. */
  uidValidity?: string;
  /** Encoded bytes. A longer part ends with `mail_invalid`. */
  maxBytes: number;
  signal?: AbortSignal;
}

/**
 * One part of a mail, as the mail carries it (still in its transfer encoding), in pieces. Each piece is a command of its own
 * (BODY.PEEK with an offset), so that the session is free between two, and a lost one is replaced without beginning again.
 *
 * @throws `imap_failed` where the mail is gone, `mail_invalid` past `maxBytes`
 */
export async function* partPieces(link: ImapLink, options: PartOptions): AsyncGenerator<Buffer> {
  const { folder, uid, part, maxBytes, signal } = options;
  const path = await link.run("finding a folder", signal, (client) => folderPath(client, folder));
  for (let start = 0; ; ) {
    const piece = await link.run("reading a part of a mail", signal, (client) =>
      inFolder(
        client,
        path,
        async ({ validity }) => {
          if (options.uidValidity !== undefined && validity !== options.uidValidity)
            throw new MedimailError("mail_not_found", "the folder was made anew: the mail is to be listed again");
          const message = await client.fetchOne(
            String(uid),
            {
              uid: true,
              ...(part === undefined
                ? { source: { start, maxLength: CHUNK } }
                : { bodyParts: [{ key: part, start, maxLength: CHUNK }] }),
            },
            { uid: true },
          );
          if (!message || message.uid !== uid)
            throw new MedimailError("mail_not_found", "the mail is not in the folder any more");
          const piece: unknown = part === undefined ? message.source : message.bodyParts?.get(part);
          // Of NIL imapflow makes `false`, whatever its types say.
          return Buffer.isBuffer(piece) ? piece : Buffer.alloc(0);
        },
        false,
      ),
    );
    if (piece.length > CHUNK) throw failed("the server sent more of a part than was asked for");
    start += piece.length;
    if (start > maxBytes)
      throw new MedimailError("mail_invalid", `the part is larger than the limit of ${maxBytes} bytes`, {
        hint: "Raise maxBytes where such attachments are expected.",
      });
    if (piece.length > 0) yield piece;
    if (piece.length < CHUNK) return;
  }
}
