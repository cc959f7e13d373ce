/** Changes of a composed mail as bytes. Each throws where it finds nothing to change: a mutant that mutates nothing would be counted as missed. */

const SEPARATOR = "\r\n\r\n";

/** A field with its folded lines. */
const fieldOf = (name: string) => new RegExp(`(^|\\r\\n)${name}:[^\\r\\n]*(?:\\r\\n[ \\t][^\\r\\n]*)*`, "i");

function parts(mail: Buffer): { head: string; body: string } {
  const text = mail.toString("latin1");
  const end = text.indexOf(SEPARATOR);
  return { head: text.slice(0, end), body: text.slice(end) };
}

const joined = (head: string, body: string) => Buffer.from(head + body, "latin1");

function changed(before: string, after: string, what: string): string {
  if (before === after) throw new Error(`nothing to change: ${what}`);
  return after;
}

/** Takes a field of the head away. */
export function without(mail: Buffer, name: string): Buffer {
  const { head, body } = parts(mail);
  const after = changed(head, head.replace(fieldOf(name), ""), name);
  return joined(after.replace(/^\r\n/, ""), body);
}

/** Gives a field another value, byte for byte (`latin1`); adds it where it is not there. */
export function withField(mail: Buffer, name: string, value: string): Buffer {
  const { head, body } = parts(mail);
  const bytes = Buffer.from(value, "utf8").toString("latin1");
  if (!fieldOf(name).test(head)) return joined(`${head}\r\n${name}: ${bytes}`, body);
  return joined(changed(head, head.replace(fieldOf(name), `$1${name}: ${bytes.replaceAll("$", "$$$$")}`), name), body);
}

/** One more field of the name. */
export function also(mail: Buffer, name: string, value: string): Buffer {
  const { head, body } = parts(mail);
  return joined(`${head}\r\n${name}: ${value}`, body);
}

export function editHead(mail: Buffer, from: RegExp, to: string): Buffer {
  const { head, body } = parts(mail);
  return joined(changed(head, head.replace(from, to), String(from)), body);
}

/** Of everything below the head, part headers included. */
export function editBody(mail: Buffer, from: RegExp, to: string | ((...found: string[]) => string)): Buffer {
  const { head, body } = parts(mail);
  return joined(head, changed(body, body.replace(from, to as string), String(from)));
}

/** The subject as a person reads it, changed and written again in encoded words where it needs them. */
export function editSubject(mail: Buffer, change: (subject: string) => string): Buffer {
  const { head } = parts(mail);
  const field = fieldOf("Subject").exec(head)?.[0] ?? "";
  const value = field
    .replace(/^\r\n/, "")
    .slice("Subject:".length)
    .replace(/\r\n[ \t]/g, " ")
    .trim();
  const decoded = value
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === "b" ? Buffer.from(text, "base64").toString("utf8") : decodeQ(text),
    );
  return withField(mail, "Subject", encoded(changed(decoded, change(decoded), "Subject")));
}

const decodeQ = (text: string) =>
  Buffer.from(
    text
      .replaceAll("_", " ")
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");

/** Encoded words of 40 bytes at most: none passes the line that RFC 2047 allows. */
export function encoded(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 40) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((each) => `=?UTF-8?B?${Buffer.from(each, "utf8").toString("base64")}?=`).join("\r\n ");
}

/** One part of the mixed mail, found by what its header says. */
export function editPart(
  mail: Buffer,
  header: RegExp,
  change: (part: { head: string; content: string }) => string | undefined,
): Buffer {
  const { head, body } = parts(mail);
  const boundary = /boundary="([^"]+)"/i.exec(head)?.[1];
  if (boundary === undefined) throw new Error("the mail has no parts");
  const delimiter = `--${boundary}`;
  const [preamble = "", ...pieces] = body.split(delimiter);
  const closing = pieces.pop() ?? "";
  let found = false;
  const kept = pieces.flatMap((piece) => {
    const end = piece.indexOf(SEPARATOR);
    const partHead = piece.slice(2, end);
    if (found || !header.test(partHead)) return [piece];
    found = true;
    const after = change({ head: partHead, content: piece.slice(end + SEPARATOR.length) });
    return after === undefined ? [] : [`\r\n${after}`];
  });
  if (!found) throw new Error(`no part with ${header}`);
  return joined(head, [preamble, ...kept, closing].join(delimiter));
}

/** Base64 in lines of 76. */
export function base64(bytes: Uint8Array): string {
  return `${Buffer.from(bytes).toString("base64").replace(/.{76}/g, "$&\r\n")}\r\n`;
}
