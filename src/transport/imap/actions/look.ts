import type { ImapFlow } from "imapflow";
import { MedimailError } from "../../../errors.js";
import { field, headerFields } from "../../../message/index.js";
import { uidSets } from "../command-sets.js";

/** A mail as it is before and after an act: enough to know it again in another folder. */
export interface Seen {
  uid: number;
  flags: string[];
  size: number;
  received: number;
  messageId?: string;
}

/** Those of the mails that are there, by UID. */
export async function look(client: ImapFlow, uids: readonly number[]): Promise<Map<number, Seen>> {
  const wanted = new Set(uids);
  const seen = new Map<number, Seen>();
  for (const { set } of uidSets(uids)) {
    for (const mail of await fetchSeen(client, set)) if (wanted.has(mail.uid)) seen.set(mail.uid, mail);
  }
  return seen;
}

/** Of a folder that mails were brought to, those that are new there. `*` also names the last old one. */
export async function lookFrom(client: ImapFlow, uidNext: number): Promise<Seen[]> {
  const seen = await fetchSeen(client, `${uidNext}:*`);
  return seen.filter(({ uid }) => uid >= uidNext);
}

async function fetchSeen(client: ImapFlow, set: string): Promise<Seen[]> {
  const query = { uid: true, flags: true, size: true, internalDate: true, headers: ["message-id"] };
  const ask = () => client.fetchAll(set, query, { uid: true });
  const messages = await ask().catch(async (error: unknown) => {
    // Removed by another session in this very moment: a server may refuse what it was about to read (Dovecot does), until it has told.
    if (!client.usable || (error as { responseStatus?: unknown }).responseStatus !== "NO") throw error;
    await client.noop();
    return await ask();
  });
  return messages.map(({ uid, flags, size, internalDate, headers }) => {
    const messageId = /<[^<>\s]{1,900}>/.exec(
      field(headerFields(Buffer.isBuffer(headers) ? headers : Buffer.alloc(0)), "message-id") ?? "",
    )?.[0];
    return {
      uid,
      flags: [...(flags ?? [])],
      size: size ?? 0,
      received: internalDate ? new Date(internalDate).getTime() : 0,
      ...(messageId ? { messageId: messageId.slice(1, -1) } : {}),
    };
  });
}

/** The same mail: servers keep size and Message-ID of a copy; the day received they should keep. */
export function sameMail(a: Seen, b: Seen): boolean {
  if (a.size !== b.size) return false;
  return a.messageId === undefined
    ? b.messageId === undefined && a.received === b.received
    : a.messageId === b.messageId;
}

/** UIDs mean something only within the UIDVALIDITY that they were read under. */
export function checkValidity(validity: string, expected: string | undefined): void {
  if (expected === undefined || expected === validity) return;
  throw new MedimailError("mail_not_found", "the folder was made anew: its UIDs are other mails' now", {
    hint: "List the folder again.",
  });
}
