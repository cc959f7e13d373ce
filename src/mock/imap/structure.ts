import { parseAddresses } from "../mime/addresses.js";
import type { HeaderField } from "../mime/headers.js";
import { headerOf, parseParameters, unfold } from "../mime/headers.js";
import type { MimePart } from "../mime/tree.js";
import type { Segment } from "./syntax.js";
import { nstring } from "./syntax.js";

/** ENVELOPE of RFC 9051 §7.5.2: header values as written, Sender and Reply-To filled from From. */
export function envelope(fields: readonly HeaderField[]): Segment[] {
  const from = addresses(fields, "from");
  const or = (list: Segment[]): Segment[] => (list.length === 1 && list[0] === "NIL" ? from : list);
  return [
    "(",
    ...nstring(headerOf(fields, "date")),
    " ",
    ...nstring(headerOf(fields, "subject")),
    " ",
    ...from,
    " ",
    ...or(addresses(fields, "sender")),
    " ",
    ...or(addresses(fields, "reply-to")),
    " ",
    ...addresses(fields, "to"),
    " ",
    ...addresses(fields, "cc"),
    " ",
    ...addresses(fields, "bcc"),
    " ",
    ...nstring(headerOf(fields, "in-reply-to")),
    " ",
    ...nstring(headerOf(fields, "message-id")),
    ")",
  ];
}

function addresses(fields: readonly HeaderField[], name: string): Segment[] {
  const wanted = name.toLowerCase();
  const value = fields
    .filter((f) => f.name.toLowerCase() === wanted)
    .map((f) => unfold(f.value))
    .join(", ");
  const list = value === "" ? [] : parseAddresses(value);
  if (list.length === 0) return ["NIL"];
  return [
    "(",
    ...list.flatMap((a): Segment[] => [
      "(",
      ...nstring(a.name),
      " NIL ",
      ...nstring(a.mailbox),
      " ",
      ...nstring(a.host),
      ")",
    ]),
    ")",
  ];
}

/** BODYSTRUCTURE, or BODY where not extended. */
export function bodyStructure(raw: Buffer, part: MimePart, extended: boolean): Segment[] {
  if (part.type === "multipart" && part.children.length > 0) {
    return [
      "(",
      ...part.children.flatMap((child) => bodyStructure(raw, child, extended)),
      " ",
      ...nstring(part.subtype),
      ...(extended ? [" ", ...parameters(part.parameters), ...extensions(part)] : []),
      ")",
    ];
  }
  const [from, to] = part.body;
  const out: Segment[] = [
    "(",
    ...nstring(part.type),
    " ",
    ...nstring(part.subtype),
    " ",
    ...parameters(part.parameters),
    " ",
    ...nstring(headerOf(part.fields, "content-id")),
    " ",
    ...nstring(headerOf(part.fields, "content-description")),
    " ",
    ...nstring(part.encoding),
    ` ${to - from}`,
  ];
  if (part.message)
    out.push(
      " ",
      ...envelope(part.message.fields),
      " ",
      ...bodyStructure(raw, part.message, extended),
      ` ${lines(raw, from, to)}`,
    );
  else if (part.type === "text") out.push(` ${lines(raw, from, to)}`);
  if (extended) out.push(" ", ...nstring(headerOf(part.fields, "content-md5")), ...extensions(part));
  out.push(")");
  return out;
}

/** Disposition, language, location. */
function extensions(part: MimePart): Segment[] {
  const written = headerOf(part.fields, "content-disposition");
  const disposition: Segment[] = ["NIL"];
  if (written) {
    const { value, parameters: list } = parseParameters(written);
    disposition.splice(0, 1, "(", ...nstring(value.toLowerCase()), " ", ...parameters(list), ")");
  }
  return [
    " ",
    ...disposition,
    " ",
    ...nstring(headerOf(part.fields, "content-language")),
    " ",
    ...nstring(headerOf(part.fields, "content-location")),
  ];
}

function parameters(list: readonly [string, string][]): Segment[] {
  if (list.length === 0) return ["NIL"];
  const out: Segment[] = ["("];
  for (const [name, value] of list)
    out.push(...(out.length > 1 ? [" "] : []), ...nstring(name), " ", ...nstring(value));
  out.push(")");
  return out;
}

function lines(raw: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = raw.indexOf(0x0a, from); at >= 0 && at < to; at = raw.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
