/**
 * Transfer decodings (RFC 2045 §6.7, §6.8) of a stream, tolerant: what is not of the alphabet is left out, a cut end gives what
 * there is.
 */
export async function* decoded(pieces: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  if (encoding === "base64") yield* fromBase64(sliced(pieces));
  else if (encoding === "quoted-printable") yield* fromQuotedPrintable(sliced(pieces));
  else yield* pieces;
}

/** Characters that stand as text at a time: a string of this length is given back soon, a long one only when the whole heap is swept. */
const SLICE = 64 * 1024;

async function* sliced(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += SLICE) yield piece.subarray(at, at + SLICE);
}

async function* fromBase64(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = "";
  for await (const piece of pieces) {
    const text = rest + piece.toString("latin1").replace(/[^A-Za-z0-9+/]+/g, "");
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    if (whole > 0) yield Buffer.from(text.slice(0, whole), "base64");
  }
  if (rest.length > 1) yield Buffer.from(rest, "base64");
}

async function* fromQuotedPrintable(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = "";
  for await (const piece of pieces) {
    const text = rest + piece.toString("latin1");
    const lineEnd = text.lastIndexOf("\n") + 1;
    // A line without end is not kept for ever; an escape may stand across the cut.
    const cut = lineEnd > 0 ? lineEnd : text.length > MAX_LINE ? lastEscape(text) : 0;
    rest = text.slice(cut);
    if (cut > 0) yield unquoted(text.slice(0, cut));
  }
  if (rest !== "") yield unquoted(rest);
}

const MAX_LINE = 64 * 1024;

/** Where the text may be cut: before an escape within its last two characters. */
function lastEscape(text: string): number {
  const at = text.indexOf("=", text.length - 2);
  return at < 0 ? text.length : at;
}

/** Line by line, without a pattern that could walk a line of blanks again and again. */
function unquoted(text: string): Buffer {
  const lines = text.split("\n");
  const joined: string[] = [];
  for (const [index, line] of lines.entries()) {
    const last = index === lines.length - 1;
    let end = line.length;
    const ending = last ? "" : line.endsWith("\r") ? "\r\n" : "\n";
    // Blanks before an end of line were added on the way (RFC 2045 §6.7, rule 3).
    if (!last) while (end > 0 && " \t\r".includes(line[end - 1] as string)) end -= 1;
    if (line[end - 1] === "=") joined.push(line.slice(0, end - 1));
    else joined.push(line.slice(0, end), ending);
  }
  return Buffer.from(
    joined.join("").replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}
