import type { Writable } from "node:stream";
import type { ImapFlow } from "imapflow";
import { MedimailError } from "../../errors.js";
import { MONTHS } from "../../months.js";
import { contentPieces, contentSize, type MailContent } from "../../seams/mail-content.js";
import { folderArgument } from "./command.js";
import { type Answer, type Argument, atom, exec, tokenText } from "./raw.js";

export interface Appended {
  path: string;
  content: MailContent;
  flags: readonly string[];
  date?: Date;
}

/** Of imapflow, what its types leave out. */
interface Engine {
  writeSocket: Writable;
}

/**
 * APPEND (RFC 9051 §6.3.12) whose literal is read and sent piece by piece: imapflow's own wants it in one. Gives the UID where the server says it.
 *
 * @throws what imapflow throws of a command; where the content cannot be read, the error of that, and the session is ended.
 */
export async function appendInPieces(
  client: ImapFlow,
  { path, content, flags, date }: Appended,
): Promise<number | undefined> {
  const size = contentSize(content);
  const announced: Argument = { type: "TEXT", value: `{${size}}` };
  let failure: unknown;
  let asked = false;
  const pour = async (): Promise<void> => {
    // A server that asks twice gets nothing more.
    if (asked) return;
    asked = true;
    try {
      await poured((client as unknown as Engine).writeSocket, content, size);
    } catch (error) {
      failure = error;
      client.close();
    }
  };
  try {
    const { response, next } = await exec(
      client,
      "APPEND",
      [folderArgument(path), flags.map(atom), ...(date ? [dateTime(date)] : []), announced],
      { untagged: {}, onPlusTag: pour },
    );
    next();
    return uidOf(response);
  } catch (error) {
    throw failure ?? error;
  }
}

async function poured(socket: Writable, content: MailContent, size: number): Promise<void> {
  let left = size;
  for await (const piece of contentPieces(content)) {
    left -= piece.byteLength;
    if (left < 0) throw differs();
    if (!socket.write(piece)) await drained(socket);
    // The session ended: its command says so.
    if (socket.destroyed) return;
  }
  if (left !== 0) throw differs();
  socket.write("\r\n");
}

function drained(socket: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.removeListener("drain", done);
      socket.removeListener("close", done);
      resolve();
    };
    socket.once("drain", done);
    socket.once("close", done);
    if (socket.destroyed) done();
  });
}

/** `28-Nov-2026 09:05:00 +0000` (RFC 9051 §9, date-time). */
function dateTime(date: Date): Argument {
  const day = String(date.getUTCDate()).padStart(2, " ");
  const value = `${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000`;
  return { type: "STRING", value };
}

/** Of `OK [APPENDUID 38505 3955]` (RFC 4315) the last number. */
function uidOf({ attributes }: Answer): number | undefined {
  const [first] = attributes ?? [];
  const [code, , uid] = (first && !Array.isArray(first) && first.section) || [];
  const text = tokenText(uid);
  return tokenText(code)?.toUpperCase() === "APPENDUID" && text !== undefined && /^[1-9]\d{0,9}$/.test(text)
    ? Number(text)
    : undefined;
}

function differs(): MedimailError {
  return new MedimailError("storage_corrupt", "a mail's content is not of the size that it was stored with");
}
