import PostalMime from "postal-mime";
import { MedimailError } from "../errors.js";
import { gatherLines } from "./gathered-lines.js";

/** A file of a mail that came within a mail. */
export interface NestedFile {
  name: string;
  mimeType: string;
  content: Uint8Array;
}

const MAX_DEPTH = 60;
const MAX_HEADERS = 1024 * 1024;
const MAX_FILES = 500;
/** Each is a step of the reader: 64 MB of base64 has a million. */
const MAX_LINES = 2_000_000;

/**
 * The files of a forwarded mail (message/rfc822), a mail within it being one of them.
 *
 * @throws mail_invalid for lines without number, and what the parser throws at its limits
 */
export async function nestedFiles(raw: Uint8Array): Promise<{ files: NestedFile[]; cut: boolean }> {
  if (linesOf(raw) > MAX_LINES) throw new MedimailError("mail_invalid", "a mail within the mail has too many lines");
  gatherLines();
  const { attachments } = await PostalMime.parse(raw, {
    forceRfc822Attachments: true,
    maxNestingDepth: MAX_DEPTH,
    maxHeadersSize: MAX_HEADERS,
    attachmentEncoding: "arraybuffer",
  });
  return {
    files: attachments.slice(0, MAX_FILES).map(({ filename, mimeType, content }) => ({
      name: filename ?? "",
      mimeType: mimeType || "application/octet-stream",
      content: typeof content === "string" ? Buffer.from(content, "latin1") : new Uint8Array(content),
    })),
    cut: attachments.length > MAX_FILES,
  };
}

function linesOf(raw: Uint8Array): number {
  let lines = 0;
  for (let at = raw.indexOf(10); at >= 0 && lines <= MAX_LINES; at = raw.indexOf(10, at + 1)) lines += 1;
  return lines;
}
