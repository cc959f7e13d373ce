/** A header block as it is on the wire. Values keep their folding; names keep their case. */
export interface HeaderField {
  name: string;
  /** After the colon, folding kept, without the last line end. Latin1 text: bytes are kept. */
  value: string;
}

const MAX_FIELDS = 2000;

/** Tolerant: a line that is no field is skipped. */
export function parseHeaders(block: string): HeaderField[] {
  const fields: HeaderField[] = [];
  for (const line of block.split(/\r?\n/)) {
    if (line === "") continue;
    const last = fields[fields.length - 1];
    if (/^[ \t]/.test(line) && last) {
      last.value += `\r\n${line}`;
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0 || fields.length >= MAX_FIELDS) continue;
    fields.push({ name: line.slice(0, colon).trimEnd(), value: line.slice(colon + 1) });
  }
  return fields;
}

/** Unfolded and trimmed value of the first field of that name. */
export function headerOf(fields: readonly HeaderField[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  const field = fields.find((f) => f.name.toLowerCase() === wanted);
  return field === undefined ? undefined : unfold(field.value);
}

export function unfold(value: string): string {
  return value.replace(/\r?\n(?=[ \t])/g, "").trim();
}

/** RFC 2047 encoded words and raw UTF-8, as a person reads them. For searching; the ENVELOPE keeps what is written. */
export function decodeWords(value: string): string {
  const joined = value.replace(/(=\?[^?\s]+\?[bq]\?[^?]*\?=)\s+(?==\?[^?\s]+\?[bq]\?)/gi, "$1");
  return Buffer.from(joined, "latin1")
    .toString("utf8")
    .replace(
      /=\?([^?*\s]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi,
      (whole, charset: string, encoding: string, text: string) => {
        try {
          const bytes =
            encoding.toLowerCase() === "b" ? Buffer.from(text, "base64") : quotedPrintable(text.replace(/_/g, " "));
          return new TextDecoder(charset).decode(bytes);
        } catch {
          return whole;
        }
      },
    );
}

export function quotedPrintable(text: string): Buffer {
  const plain = text.split("\n").map(withoutTrailingBlanks).join("\n").replace(/=\n/g, "").replace(/\n/g, "\r\n");
  return Buffer.from(
    plain.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}

/** Without a regular expression: a long run of spaces would cost its square. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && " \t\r".includes(line[end - 1] ?? "x")) end -= 1;
  return line.slice(0, end);
}

/** `type; name=value; …` with quoted strings; names in lower case, RFC 2231 continuations left as they are written. */
export function parseParameters(value: string): { value: string; parameters: [string, string][] } {
  const parts = value.match(/(?:"(?:[^"\\]|\\.)*"|[^;"])+/g) ?? [""];
  const parameters: [string, string][] = [];
  for (const part of parts.slice(1, 65)) {
    const equals = part.indexOf("=");
    if (equals < 0) continue;
    const raw = part.slice(equals + 1).trim();
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(raw)?.[1];
    parameters.push([
      part.slice(0, equals).trim().toLowerCase(),
      quoted === undefined ? raw : quoted.replace(/\\(.)/g, "$1"),
    ]);
  }
  return { value: (parts[0] ?? "").trim(), parameters };
}
