import type { MimePart } from "../mime/tree.js";
import { partAt } from "../mime/tree.js";
import type { MockMessage } from "../store/message.js";
import { SyntaxProblem } from "./syntax.js";

/** `BODY[…]<a.b>` of a FETCH. */
export interface SectionItem {
  peek: boolean;
  path: number[];
  what: "" | "HEADER" | "TEXT" | "MIME" | "HEADER.FIELDS" | "HEADER.FIELDS.NOT";
  names: string[];
  partial: { from: number; length: number } | undefined;
  /** As answered: `BODY[1.MIME]<0>`. */
  label: string;
}

const PATTERN =
  /^BODY(\.PEEK)?\[(?:((?:\d{1,4}\.)*\d{1,4})(?:\.|(?=\])))?(?:(HEADER\.FIELDS(?:\.NOT)?) ?\(([^)]*)\)|(HEADER|TEXT|MIME))?\](?:<(\d{1,10})\.(\d{1,10})>)?$/i;

export function parseSection(text: string): SectionItem | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, peek, numbers, fields, list, single, from, length] = match;
  const what = (fields ?? single ?? "").toUpperCase() as SectionItem["what"];
  const path = numbers ? numbers.split(".").map(Number) : [];
  if (path.includes(0) || (what === "MIME" && path.length === 0)) throw new SyntaxProblem("No such section");
  if (path.length > 0 && what === "" && /\.\]/.test(text)) throw new SyntaxProblem("A section is not complete");
  const names = (list ?? "")
    .split(/\s+/)
    .map((name) => name.replace(/^"(.*)"$/, "$1"))
    .filter((name) => name !== "");
  if (fields && names.length === 0) throw new SyntaxProblem("Names of fields are expected");
  const inner = `${numbers ?? ""}${numbers && what ? "." : ""}${what}${fields ? ` (${names.join(" ")})` : ""}`;
  return {
    peek: peek !== undefined,
    path,
    what,
    names: names.map((name) => name.toLowerCase()),
    partial: from === undefined ? undefined : { from: Number(from), length: Number(length) },
    label: `BODY[${inner}]${from === undefined ? "" : `<${Number(from)}>`}`,
  };
}

/** The bytes of a section; undefined (NIL) where the mail has no such part. */
export function readSection(message: MockMessage, item: SectionItem): Buffer | undefined {
  const whole = sectionBytes(message, item);
  if (!whole || !item.partial) return whole;
  return whole.subarray(item.partial.from, item.partial.from + item.partial.length);
}

function sectionBytes(message: MockMessage, item: SectionItem): Buffer | undefined {
  const { raw } = message;
  if (item.path.length === 0 && item.what === "") return raw;
  const part = partAt(message.mime, item.path);
  if (!part) return undefined;
  const slice = ([from, to]: [number, number]) => raw.subarray(from, to);
  if (item.what === "") return slice(part.body);
  if (item.what === "MIME") return slice(part.header);
  // HEADER and TEXT of a number are those of the mail inside a message/rfc822.
  const holder = item.path.length === 0 ? part : part.message;
  if (!holder) return undefined;
  if (item.what === "TEXT") return slice(holder.body);
  if (item.what === "HEADER") return slice(holder.header);
  return chosenFields(raw, holder, item);
}

function chosenFields(raw: Buffer, part: MimePart, item: SectionItem): Buffer {
  const wanted = new Set(item.names);
  const keep = item.what === "HEADER.FIELDS";
  const block = raw.toString("latin1", part.header[0], part.header[1]);
  // A field with its folded lines.
  const fields = block.match(/[^\r\n][^\n]*\n(?:[ \t][^\n]*\n)*/g) ?? [];
  const chosen = fields.filter(
    (field) =>
      wanted.has(
        field
          .slice(0, Math.max(field.indexOf(":"), 0))
          .trim()
          .toLowerCase(),
      ) === keep,
  );
  return Buffer.from(`${chosen.join("")}\r\n`, "latin1");
}
