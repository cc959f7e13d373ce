import { defined } from "../defined.js";
import { isMedimailError } from "../errors.js";
import type { ImapMailbox, ImapPart, ImapSummary } from "../transport/imap/index.js";
import { decoded } from "./decode.js";

/** A part decoded, up to so many bytes; what is beyond is not read. */
export async function partBytes(
  imap: Pick<ImapMailbox, "part">,
  mail: ImapSummary,
  leaf: Pick<ImapPart, "part" | "encoding">,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<{ bytes: Buffer; truncated: boolean }> {
  const pieces: Buffer[] = [];
  let total = 0;
  let endless = false;
  try {
    for await (const piece of decoded(encodedPart(imap, mail, leaf.part, maxBytes, signal), leaf.encoding)) {
      pieces.push(piece);
      total += piece.length;
      if (total > maxBytes) break;
    }
  } catch (error) {
    // Encoded text without end that decodes to little: signs that are of no alphabet.
    if (!isMedimailError(error) || error.code !== "mail_invalid") throw error;
    endless = true;
  }
  const bytes = Buffer.concat(pieces);
  return { bytes: bytes.subarray(0, maxBytes), truncated: endless || bytes.length > maxBytes };
}

/** A part as the mail carries it: at most what so many bytes can take, which quoted-printable makes three times as many. */
export function encodedPart(
  imap: Pick<ImapMailbox, "part">,
  mail: ImapSummary,
  part: string,
  maxBytes: number,
  signal?: AbortSignal,
): AsyncIterable<Buffer> {
  return receivedPieces(imap, mail, part, maxBytes * 3 + 2 * 1024 * 1024, signal);
}

/** A part, or without a number the whole mail, as it was received; past `maxBytes` of that: `mail_invalid`. */
export function receivedPieces(
  imap: Pick<ImapMailbox, "part">,
  { path, uid, uidValidity }: ImapSummary,
  part: string | undefined,
  maxBytes: number,
  signal?: AbortSignal,
): AsyncIterable<Buffer> {
  return imap.part({ folder: path, uid, uidValidity, maxBytes, ...defined({ part, signal }) });
}

/** All of it, in memory. */
export async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
