import { shortText, statusIn } from "./delivery-status.js";
import { bareId, fieldsOf } from "./original.js";
import type { ReceiptParts } from "./receipts.js";
import type { Receipt } from "./types.js";

type Dsn = Extract<Receipt, { kind: "dsn" }>;
type DsnRecipient = Dsn["recipients"][number];

const ADDRESS = /^[^\s<>@,;"]{1,128}@[^\s<>@,;"]{1,190}$/;
/** The first words of a bounce of QSBMF, by which it is known. */
const QSBMF = /^\s{0,20}Hi\. This is the /;
/** A line that may say that the copy of the mail begins, and what it says. */
const RULE = /^---[^\n]{0,200}/gm;
const COPY = /\bcopy of (?:the|your) message\b/i;
/** Characters of the copy whose header is looked at. */
const COPY_HEADER = 64 * 1024;
const MAX_DETAIL = 20;

/**
 * A bounce of a server that writes no RFC 3464, where its form is fixed all the same: qmail's QSBMF (cr.yp.to/proto/qsbmf.txt), and Exim's before
 * 4.83, whose field `X-Failed-Recipients` names them. Of any other plain text nobody can say what failed: it stays a mail that a person reads.
 */
export function plainBounce(parts: ReceiptParts): Dsn | undefined {
  const text = (parts.email.text ?? "").replace(/\r\n?/g, "\n");
  const copy = [...text.matchAll(RULE)].find(([line]) => COPY.test(line));
  const told = copy ? text.slice(0, copy.index) : text;
  const recipients = (QSBMF.test(told) ? qsbmf(told) : failedRecipients(parts, told)).slice(
    0,
    parts.limits.maxRecipients,
  );
  if (recipients.length === 0) return undefined;
  const original = (copy && copiedId(text.slice(copy.index + copy[0].length))) ?? parts.original;
  return {
    kind: "dsn",
    ...parts.common,
    ...(original === undefined ? {} : { originalMessageId: original }),
    recipients,
  };
}

/** Message-ID of the mail that is copied into the text of the bounce. */
function copiedId(copy: string): string | undefined {
  const header =
    copy
      .slice(0, COPY_HEADER)
      .trimStart()
      .split(/\n[ \t]*\n/, 1)[0] ?? "";
  return bareId(fieldsOf(header).find(([name]) => name === "message-id")?.[1]);
}

/** A paragraph for each recipient: `<address>:`, then why. */
function qsbmf(told: string): DsnRecipient[] {
  return told.split(/\n[ \t]*\n/).flatMap((paragraph) => {
    const [first = "", ...why] = paragraph.trim().split("\n");
    const address = /^<([^<>]{1,320})>:$/.exec(first.trim())?.[1];
    return address !== undefined && ADDRESS.test(address) ? [failed(address, why)] : [];
  });
}

/** The recipients of the field, each with the lines that are set in below its address. */
function failedRecipients({ email }: ReceiptParts, told: string): DsnRecipient[] {
  const named = email.headers
    .filter(({ key }) => key === "x-failed-recipients")
    .flatMap(({ value }) => value.split(","));
  const lines = named.length > 0 ? told.split("\n") : [];
  const places = new Map(lines.map((line, index) => [line.trim(), index]));
  return named.flatMap((name) => {
    const address = name.trim();
    if (!ADDRESS.test(address)) return [];
    const at = places.get(address);
    const below = at === undefined ? [] : lines.slice(at + 1, at + 1 + MAX_DETAIL);
    const end = below.findIndex((line) => !/^ {3}/.test(line));
    return [failed(address, end < 0 ? below : below.slice(0, end))];
  });
}

function failed(address: string, why: readonly string[]): DsnRecipient {
  const diagnostic = shortText(why.slice(0, MAX_DETAIL).join(" "));
  const status = statusIn(diagnostic, "5");
  return {
    address,
    action: "failed",
    ...(status === undefined ? {} : { status }),
    ...(diagnostic === "" ? {} : { diagnostic }),
  };
}
