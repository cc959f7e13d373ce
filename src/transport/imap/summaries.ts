import type { FetchMessageObject, ImapFlow, MessageStructureObject, SearchObject } from "imapflow";
import { refusalCode } from "./command.js";
import type { FolderRole } from "./folders.js";
import { inFolder } from "./folders.js";
import type { ImapLink } from "./link.js";
import { folderPath } from "./special.js";
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
const FIELDS = ["references", "auto-submitted", "x-mss-ins"];
/** A mail of more parts shows the first ones only. */
const MAX_PARTS = 1_000;
const MAX_DEPTH = 30;
/** Mails of one FETCH of a list that is read on and on: some MB of an answer. */
const MOST_AT_ONCE = 2_000;

export interface SummaryPagesOptions {
  folder: FolderRole;
  /** Mails of a page. Default 50. */
  pageSize: number;
  signal?: AbortSignal;
}

/**
 * The mails of a folder, newest first, by pages. The first page is one FETCH with its EXAMINE: two round trips, and never a body. Who
 * reads on gets more with each FETCH, up to {@link MOST_AT_ONCE}: a whole folder over a slow line is not a round trip a page. Between two
 * pages the session is free. A mail that is deleted meanwhile moves the others to lower numbers only, so none is left out, and none comes
 * twice.
 */
export async function* summaryPages(link: ImapLink, options: SummaryPagesOptions): AsyncGenerator<ImapSummary[]> {
  const { pageSize, signal } = options;
  const path = await link.run("finding a folder", signal, (client) => folderPath(client, options.folder));
  let uidValidity: string | undefined;
  /** Sequence number above which all is seen, and the lowest UID seen. */
  let top: number | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (let size = pageSize; top !== 0; size = Math.max(pageSize, Math.min(size * 2, MOST_AT_ONCE))) {
    const page = await link.run("listing mails", signal, (client) =>
      inFolder(
        client,
        path,
        async ({ exists, validity }) => {
          if (uidValidity !== undefined && uidValidity !== validity)
            throw failed("the folder was made anew while it was listed", { hint: "List it again." });
          const read = async (there: number) => {
            const last = Math.min(top ?? there, there);
            const first = Math.max(1, last - size + 1);
            return { first, messages: last === 0 ? [] : await fetchAll(client, `${first}:${last}`) };
          };
          const { first, messages } = await read(exists).catch(async (error: unknown) => {
            // Somebody deleted some of these, and the server wants to tell which before it gives the others (RFC 5530).
            if (refusalCode(error) !== "EXPUNGEISSUED") throw error;
            await client.noop();
            return read(client.mailbox ? client.mailbox.exists : 0);
          });
          return { validity, first, mails: messages.map((message) => summaryOf(message, path, validity)) };
        },
        top === undefined,
      ),
    );
    uidValidity = page.validity;
    top = Math.max(0, page.first - 1);
    const mails = page.mails.filter(({ uid }) => uid < lowest).sort((a, b) => b.uid - a.uid);
    lowest = mails.at(-1)?.uid ?? lowest;
    for (let at = 0; at < mails.length; at += pageSize) yield mails.slice(at, at + pageSize);
  }
}

/**
 * What is searched for, on the server; every part given must hold. Texts are found as the server finds them: parts of words in any
 * case, as a rule.
 */
export interface ImapSearch {
  /** Anywhere in the mail, its text parts included; attachments are not opened by servers. */
  text?: string;
  subject?: string;
  from?: string;
  to?: string;
  messageId?: string;
  /** Mails that have one of these ids, or name one in References or In-Reply-To. */
  related?: readonly string[];
  /** Received on this day or later (RFC 9051 §6.4.4: the server looks at its own day). */
  since?: Date;
  /** Received before this day. */
  before?: Date;
  seen?: boolean;
  flagged?: boolean;
  answered?: boolean;
  /** In bytes. */
  largerThan?: number;
  smallerThan?: number;
}

/** The mails of a folder that the server finds, newest first, by pages: one SEARCH, then one FETCH a page. */
export async function* searchPages(
  link: ImapLink,
  { folder, pageSize, signal }: SummaryPagesOptions,
  query: ImapSearch,
): AsyncGenerator<ImapSummary[]> {
  const path = await link.run("finding a folder", signal, (client) => folderPath(client, folder));
  const found = await link.run("searching", signal, (client) =>
    inFolder(client, path, async ({ validity }) => {
      const uids = await client.search(queryOf(query), { uid: true });
      if (!Array.isArray(uids)) throw failed("the server refuses the search");
      return { validity, uids: [...uids].sort((a, b) => b - a) };
    }),
  );
  for (let at = 0; at < found.uids.length; at += pageSize) {
    const wanted = found.uids.slice(at, at + pageSize);
    const page = await link.run("listing what was found", signal, (client) =>
      inFolder(
        client,
        path,
        async ({ validity }) => {
          if (validity !== found.validity)
            throw failed("the folder was made anew while it was searched", { hint: "Search again." });
          return (await fetchAll(client, wanted.join(","), true)).map((message) => summaryOf(message, path, validity));
        },
        false,
      ),
    );
    const mails = page.filter(({ uid }) => wanted.includes(uid)).sort((a, b) => b.uid - a.uid);
    if (mails.length > 0) yield mails;
  }
}

function queryOf({ messageId, related, largerThan, smallerThan, ...query }: ImapSearch): SearchObject {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  return {
    ...given,
    ...(messageId === undefined ? {} : { header: { "message-id": messageId } }),
    ...(related === undefined
      ? {}
      : {
          or: related.flatMap((id) =>
            ["message-id", "references", "in-reply-to"].map(
              (name): SearchObject => ({ header: { [name]: `<${id}>` } }),
            ),
          ),
        }),
    ...(largerThan === undefined ? {} : { larger: largerThan }),
    ...(smallerThan === undefined ? {} : { smaller: smallerThan }),
    // A search for nothing finds all.
    ...(Object.keys(given).length === 0 ? { all: true } : {}),
  };
}

/** One mail, or undefined where the folder has none of this UID. */
export async function oneSummary(
  link: ImapLink,
  folder: FolderRole,
  uid: number,
  signal?: AbortSignal,
): Promise<ImapSummary | undefined> {
  return link.run("reading a mail's envelope", signal, async (client) => {
    const path = await folderPath(client, folder);
    return inFolder(client, path, async ({ validity }) => {
      const [message] = await fetchAll(client, String(uid), true);
      return message?.uid === uid ? summaryOf(message, path, validity) : undefined;
    });
  });
}

/** All at once: a command inside a loop over imapflow's fetch would wait for ever. */
export async function fetchAll(client: ImapFlow, range: string, byUid = false): Promise<FetchMessageObject[]> {
  return client.fetchAll(
    range,
    { uid: true, flags: true, size: true, internalDate: true, envelope: true, bodyStructure: true, headers: FIELDS },
    { uid: byUid },
  );
}

export function summaryOf(message: FetchMessageObject, path: string, uidValidity: string): ImapSummary {
  const { uid, flags, size, internalDate, envelope, bodyStructure, headers } = message;
  const received = dateOf(internalDate);
  const date = dateOf(envelope?.date);
  return {
    uid,
    path,
    uidValidity,
    flags: [...(flags ?? [])],
    size: size ?? 0,
    ...(received ? { received } : {}),
    ...(date ? { date } : {}),
    ...(envelope?.messageId ? { messageId: envelope.messageId } : {}),
    ...(envelope?.inReplyTo ? { inReplyTo: envelope.inReplyTo } : {}),
    subject: envelope?.subject ?? "",
    from: envelope?.from ?? [],
    to: envelope?.to ?? [],
    cc: envelope?.cc ?? [],
    mimeType: bodyStructure?.type?.toLowerCase() ?? "text/plain",
    ...(bodyStructure ? leavesOf(bodyStructure) : { parts: [] }),
    // NIL where somebody has just deleted the mail.
    header: Buffer.isBuffer(headers) ? headers : Buffer.alloc(0),
  };
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
