import type { Problem } from "../errors.js";
import type { ImapMailbox, ImapPart, ImapSummary } from "../transport/imap/index.js";
import { type BodySegment, bodyParts } from "./body-parts.js";
import { charsetOfHtml, decodeCharset } from "./charset.js";
import { PARTS_CUT } from "./collect.js";
import { unflowed } from "./flowed.js";
import { type BlockedContent, safePieces } from "./html.js";
import { htmlOfText, textOfHtml } from "./html-text.js";
import { partBytes } from "./part-bytes.js";
import { attachmentsOf } from "./summary.js";
import type { MailAttachment } from "./types.js";

/** What a person reads of a mail. */
export interface MailBody {
  /** Always: made of the HTML where the mail has no text of its own. Line breaks are `\n`. */
  text: string;
  /** Sanitised: no program, no form, nothing asked of a server; images of the mail itself stay as `cid:`. Absent without HTML. */
  html?: string;
  /** What of the HTML is not given. */
  blocked: BlockedContent[];
  /** The images that the HTML refers to by `cid:`; their bytes come from `attachment(ref, part)`. */
  inline: (MailAttachment & { cid: string })[];
  /** The body was longer than `maxBytes`: its beginning is given. */
  truncated: boolean;
  problems: Problem[];
}

export interface BodyOptions {
  /** Bytes of the body that are read, text and HTML each. Default 1 MB; at most 8 MB. */
  maxBytes?: number;
  signal?: AbortSignal;
}

const DEFAULT_BYTES = 1024 * 1024;
const MAX_BYTES = 8 * DEFAULT_BYTES;

interface Reading {
  imap: Pick<ImapMailbox, "part">;
  mail: ImapSummary;
  signal: AbortSignal | undefined;
  /** Bytes left, of each kind. */
  left: { plain: number; html: number };
  truncated: boolean;
  problems: Map<string, Problem>;
}

export async function bodyOf(
  imap: Pick<ImapMailbox, "part">,
  mail: ImapSummary,
  { maxBytes = DEFAULT_BYTES, signal }: BodyOptions = {},
): Promise<MailBody> {
  const most = Math.max(1, Math.min(maxBytes, MAX_BYTES));
  const reading: Reading = {
    imap,
    mail,
    signal,
    left: { plain: most, html: most },
    truncated: false,
    problems: new Map(),
  };
  const segments = bodyParts(mail.parts);
  const read: { plain?: string; html?: string }[] = [];
  for (const segment of segments) read.push(await readSegment(reading, segment));
  if (mail.partsCut) note(reading, PARTS_CUT);
  // The text beside an HTML form may be empty: some software writes it for form's sake.
  const own = read.every(({ plain, html }) => plain !== undefined && (plain.trim() !== "" || html === undefined));
  const safe = read.some(({ html }) => html !== undefined)
    ? await safePieces(read.map(({ plain, html }) => html ?? htmlOfText(plain ?? "")))
    : undefined;
  if (mail.parts.some(({ mimeType }) => /^application\/(?:x-)?pkcs7-mime$/.test(mimeType)) && segments.length === 0)
    note(reading, {
      severity: "warning",
      code: "mail_encrypted",
      message: "The body is encrypted or sealed (S/MIME).",
    });
  return {
    text: own || !safe ? read.map(({ plain }) => plain ?? "").join("\n") : textOf(read, safe.pieces),
    ...(safe ? { html: safe.pieces.join("\n") } : {}),
    blocked: safe?.blocked ?? [],
    inline: inlineOf(mail, safe?.cids ?? []),
    truncated: reading.truncated || (safe?.truncated ?? false),
    problems: [...reading.problems.values()],
  };
}

function textOf(read: readonly { plain?: string; html?: string }[], safe: readonly string[]): string {
  const texts = read.map(({ plain, html }, index) =>
    html === undefined || plain?.trim() ? (plain ?? "") : textOfHtml(safe[index] ?? ""),
  );
  return texts.join("\n\n");
}

async function readSegment(reading: Reading, { plain, html }: BodySegment): Promise<{ plain?: string; html?: string }> {
  return {
    ...(plain ? { plain: await readText(reading, plain, "plain") } : {}),
    ...(html ? { html: await readText(reading, html, "html") } : {}),
  };
}

async function readText(reading: Reading, part: ImapPart, kind: "plain" | "html"): Promise<string> {
  const { imap, mail, signal, left } = reading;
  if (left[kind] <= 0) {
    reading.truncated = true;
    return "";
  }
  const { bytes, truncated } = await partBytes(imap, mail, part, left[kind], signal);
  left[kind] -= bytes.length;
  reading.truncated ||= truncated;
  const charset = part.charset ?? (kind === "html" ? charsetOfHtml(bytes) : undefined);
  const { text, problem } = decodeCharset(bytes, charset);
  if (problem) note(reading, { ...problem, path: `part ${part.part}` });
  const clean = text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}/gu, "");
  return part.flowed && kind === "plain" ? unflowed(clean, part.delSp) : clean;
}

function note({ problems }: Reading, problem: Problem): void {
  problems.set(problem.code, problem);
}

function inlineOf(mail: ImapSummary, cids: readonly string[]): MailBody["inline"] {
  if (cids.length === 0) return [];
  const attachments = new Map(attachmentsOf(mail).map((attachment) => [attachment.part, attachment]));
  return cids.flatMap((cid) => {
    const leaf = mail.parts.find(({ contentId }) => contentId === cid);
    const attachment = leaf && attachments.get(leaf.part);
    return attachment ? [{ ...attachment, cid }] : [];
  });
}
