import type { ImapFlow, MessageStructureObject } from "imapflow";
import { parseBodystructure, parseEnvelope } from "imapflow/lib/tools.js";
import { type Argument, atom, type RawCommand, rawCommand, sequence, type Token, tokenText } from "./raw.js";
import { type FetchRow, unencodedText } from "./rows.js";
import { failed } from "./wire.js";

export interface ImapAddress {
  name?: string | undefined;
  address?: string | undefined;
}

/** A leaf of the mail's structure. */
export interface ImapPart {
  /** Its number for FETCH: `1`, `2.1`. */
  part: string;
  /** Lower case: `application/zip`. */
  mimeType: string;
  name?: string;
  /** Bytes as the mail carries them, so in base64 a third more than the content. */
  encodedSize: number;
  encoding: string;
  disposition?: string;
  /** As written: `iso-8859-1`. */
  charset?: string;
  /** RFC 3676 `format=flowed` and its `delsp=yes`. */
  flowed?: boolean;
  delSp?: boolean;
  /** Without angle brackets: what HTML calls `cid:`. */
  contentId?: string;
  /** The multiparts that it is in, outermost first: `mixed:`, `alternative:1` (subtype and number). Absent for a mail of one part. */
  within?: readonly string[];
}

/** What a list needs of a mail, without its body. */
export interface ImapSummary {
  uid: number;
  path: string;
  uidValidity: string;
  flags: string[];
  size: number;
  /** When the server received it. */
  received?: Date;
  date?: Date;
  messageId?: string;
  inReplyTo?: string;
  subject: string;
  from: ImapAddress[];
  to: ImapAddress[];
  cc: ImapAddress[];
  /** Type of the whole: `multipart/report`. */
  mimeType: string;
  parts: ImapPart[];
  /** It has parts that are not listed: too many, too deep, or broken. */
  partsCut?: boolean;
  /** The fields asked for, as the mail has them: `Name: value` lines. */
  header: Buffer;
}

/** Of the header, beside what the envelope has. */
const FIELDS = ["references", "auto-submitted", "x-mss-ins", "x-mss-mes"];
/** A mail of more parts shows the first ones only. */
const MAX_PARTS = 1_000;
const MAX_DEPTH = 30;
/** A server that sends more rows than that for one command loses it: nobody asks for so many at a time. */
const MAX_ROWS = 100_000;
/** The same of what is held of the rows of one command: thirty times what a page of the longest has. */
const MAX_WEIGHT = 64 * 1024 * 1024;
/** Of the fields asked for; whoever reads them looks at no more. */
const MAX_HEADER = 128 * 1024;

const ITEMS = ["UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE"];

/** A summary as one FETCH answered it. */
export interface FetchedSummary {
  mail: ImapSummary;
  /** Decimal (RFC 7162). */
  modseq?: string;
}

export interface FetchedSummaries {
  mails: FetchedSummary[];
  /** Sequence numbers of mails whose flags changed meanwhile, told beside the answer. */
  flagged: number[];
}

export interface SummariesAsked {
  range: string;
  byUid?: boolean;
  path: string;
  uidValidity: string;
}

/** One FETCH of summaries, and where its rows go. */
export function summariesCommand(
  client: ImapFlow,
  { range, byUid = false, path, uidValidity }: SummariesAsked,
): { command: RawCommand; found: FetchedSummaries } {
  const found: FetchedSummaries = { mails: [], flagged: [] };
  let weight = 0;
  const items: Argument[] = ITEMS.map(atom);
  if (client.enabled.has("CONDSTORE")) items.push(atom("MODSEQ"));
  items.push({ type: "ATOM", value: "BODY.PEEK", section: [atom("HEADER.FIELDS"), FIELDS.map(atom)] });
  return {
    found,
    command: {
      name: byUid ? "UID FETCH" : "FETCH",
      attributes: [sequence(range), items],
      onRow(row) {
        weight += row.weight;
        if (found.mails.length >= MAX_ROWS || weight > MAX_WEIGHT)
          throw failed("the server sends more mails than it was asked for");
        const mail = summaryOf(row, path, uidValidity);
        const modseq = modseqOf(row.items.get("MODSEQ"));
        if (mail) found.mails.push({ mail, ...(modseq === undefined ? {} : { modseq }) });
        else if (row.items.has("FLAGS") && found.flagged.length < MAX_ROWS) found.flagged.push(row.seq);
      },
    },
  };
}

/** Mails of the open folder without their bodies, in one round trip. */
export async function fetchSummaries(client: ImapFlow, asked: SummariesAsked): Promise<FetchedSummaries> {
  const { command, found } = summariesCommand(client, asked);
  await rawCommand(client, command);
  return found;
}

/** Undefined for what a server tells of a mail beside its answer. */
function summaryOf({ items }: FetchRow, path: string, uidValidity: string): ImapSummary | undefined {
  const uid = tokenText(items.get("UID"));
  const asked = items.has("ENVELOPE") || items.has("RFC822.SIZE");
  if (!asked || uid === undefined || !/^[1-9]\d{0,9}$/.test(uid)) return undefined;
  const said = items.get("ENVELOPE");
  const envelope = Array.isArray(said) ? parseEnvelope(inText(shownOf(said)) as EnvelopeTokens) : undefined;
  const structure = items.get("BODYSTRUCTURE");
  const root = Array.isArray(structure) ? parseBodystructure(inText(structure) as StructureTokens) : undefined;
  const received = dateOf(tokenText(items.get("INTERNALDATE")));
  const date = dateOf(envelope?.date);
  return {
    uid: Number(uid),
    path,
    uidValidity,
    flags: flagsOf(items.get("FLAGS")),
    size: sizeOf(items.get("RFC822.SIZE")),
    ...(received ? { received } : {}),
    ...(date ? { date } : {}),
    ...(envelope?.messageId ? { messageId: envelope.messageId } : {}),
    ...(envelope?.inReplyTo ? { inReplyTo: envelope.inReplyTo } : {}),
    subject: envelope?.subject ?? "",
    from: envelope?.from ?? [],
    to: envelope?.to ?? [],
    cc: envelope?.cc ?? [],
    mimeType: root?.type?.toLowerCase() ?? "text/plain",
    ...(root ? leavesOf(root) : { parts: [] }),
    header: headerOf(items.get("HEADER")),
  };
}

type EnvelopeTokens = Parameters<typeof parseEnvelope>[0];
type StructureTokens = Parameters<typeof parseBodystructure>[0];

/** Without sender, reply-to and bcc, which no list shows and each of which costs as much as the others. */
const shownOf = (envelope: Token[]): Token[] =>
  envelope.map((token, index) => (index === 3 || index === 4 || index === 7 ? null : token));

/** Literals become text here: imapflow would take each for UTF-8. */
function inText(tokens: Token[]): Token[] {
  for (const token of tokens) {
    if (Array.isArray(token)) inText(token);
    else if (token && Buffer.isBuffer(token.value)) token.value = unencodedText(token.value);
  }
  return tokens;
}

function flagsOf(token: Token | undefined): string[] {
  return Array.isArray(token) ? [...new Set(token.flatMap((flag) => tokenText(flag) ?? []))] : [];
}

function sizeOf(token: Token | undefined): number {
  const text = tokenText(token) ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

function modseqOf(token: Token | undefined): string | undefined {
  const text = Array.isArray(token) ? tokenText(token[0]) : undefined;
  return text !== undefined && /^\d{1,20}$/.test(text) ? text : undefined;
}

/** NIL where somebody has just deleted the mail. */
function headerOf(token: Token | undefined): Buffer {
  const value = token && !Array.isArray(token) ? token.value : undefined;
  // Its own memory: a piece of what was received would hold all of it.
  if (Buffer.isBuffer(value)) return Buffer.from(value.subarray(0, MAX_HEADER));
  return Buffer.from(typeof value === "string" ? value.slice(0, MAX_HEADER) : "");
}

function dateOf(value: Date | string | undefined): Date | undefined {
  const date = value === undefined ? undefined : new Date(value);
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

function leavesOf(root: MessageStructureObject): Pick<ImapSummary, "parts" | "partsCut"> {
  const leaves: ImapPart[] = [];
  let cut = false;
  const walk = (node: MessageStructureObject, depth: number, within: readonly string[]): void => {
    if (leaves.length >= MAX_PARTS || depth > MAX_DEPTH) {
      cut = true;
      return;
    }
    const type = node.type?.toLowerCase() ?? "application/octet-stream";
    // A forwarded mail is one attachment, not its parts.
    if (node.childNodes && node.childNodes.length > 0 && type !== "message/rfc822") {
      const inside = [...within, `${type.replace(/^multipart\//, "")}:${node.part ?? ""}`];
      for (const child of node.childNodes) walk(child, depth + 1, inside);
      return;
    }
    // The server found none of its parts: broken, or deeper than it reads.
    if (type.startsWith("multipart/")) {
      cut = true;
      return;
    }
    const name = node.dispositionParameters?.["filename"] ?? node.parameters?.["name"];
    leaves.push({
      part: node.part ?? "1",
      mimeType: type,
      encodedSize: node.size ?? 0,
      encoding: node.encoding?.toLowerCase() ?? "7bit",
      ...(name === undefined ? {} : { name }),
      ...(node.disposition ? { disposition: node.disposition.toLowerCase() } : {}),
      ...(within.length === 0 ? {} : { within }),
      ...ofText(type, node.parameters ?? {}),
      ...(node.id ? { contentId: node.id.trim().replace(/^<|>$/g, "").slice(0, 250) } : {}),
    });
  };
  walk(root, 0, []);
  return { parts: leaves, ...(cut ? { partsCut: true } : {}) };
}

function ofText(type: string, parameters: Readonly<Record<string, string>>): Partial<ImapPart> {
  if (!type.startsWith("text/")) return {};
  const { charset, format, delsp } = parameters;
  return {
    ...(charset ? { charset: charset.slice(0, 60) } : {}),
    ...(format?.toLowerCase() === "flowed" ? { flowed: true } : {}),
    ...(delsp?.toLowerCase() === "yes" ? { delSp: true } : {}),
  };
}
