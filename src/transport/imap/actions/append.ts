import type { ImapFlow } from "imapflow";
import { isMedimailError, MedimailError } from "../../../errors.js";
import { contentSize, type MailContent } from "../../../seams/mail-content.js";
import { refusalCode } from "../command.js";
import { inFolder } from "../folders.js";
import type { ImapLink } from "../link.js";
import { appendInPieces } from "../literal.js";
import { type Place, placeOf, statusOf } from "../special.js";
import { afterwards, notDone, unanswered } from "./outcome.js";

export interface AppendOptions {
  /** A role (`sent`, `drafts`) or a path. */
  folder: string;
  /** Read in pieces, and not kept. */
  content: MailContent;
  /** Of the mail, without angle brackets: by it the mail is known again. */
  messageId: string;
  flags: readonly string[];
  /** When it was received or sent: what other clients sort by. */
  date?: Date;
  signal?: AbortSignal;
}

export interface AppendReport {
  folder: Place & { uidValidity?: string };
  outcome: "done" | "not_done" | "unknown";
  /** It was there already: nothing was appended. */
  already: boolean;
  uid?: number;
  answer: string;
  error?: MedimailError;
}

/**
 * APPEND (RFC 9051 §6.3.12), once: a folder that has a mail of this Message-ID is left as it is.
 *
 * @throws where nothing was begun: `folder_not_found`, `mail_too_large` past the server's APPENDLIMIT (RFC 7889); where the content
 * could not be read to its end: `storage_corrupt`, `storage_failed`, `storage_key_wrong`.
 */
export async function appendMail(link: ImapLink, mail: AppendOptions): Promise<AppendReport> {
  const { messageId, content } = mail;
  let begun: { place: Place; validity: string } | undefined;
  let failure: [string, MedimailError] | undefined;
  try {
    const done = await link.act(
      "filing a mail",
      mail.signal,
      async (client, begin): Promise<AppendReport> => {
        const place = await placeOf(client, mail.folder);
        const { uidValidity } = await statusOf(client, place.path, { uidValidity: true });
        const folder = { ...place, ...(uidValidity === undefined ? {} : { uidValidity: String(uidValidity) }) };
        const known = await uidOf(client, place.path, messageId);
        if (known !== undefined)
          return { folder, outcome: "done", already: true, uid: known, answer: "not asked: the mail is there" };
        checkLimit(client, contentSize(content));
        begun = { place, validity: String(uidValidity ?? "") };
        begin();
        let appended: number | undefined;
        try {
          appended = await appendInPieces(client, { ...mail, path: place.path });
        } catch (error) {
          failure = refusal(error);
          if (!failure) throw error;
          return { folder, outcome: "not_done", already: false, answer: failure[0], error: failure[1] };
        }
        // Without UIDPLUS the server does not say which UID the mail has.
        const uid = appended ?? (await uidOf(client, place.path, messageId));
        return { folder, outcome: "done", already: false, answer: "OK", ...(uid === undefined ? {} : { uid }) };
      },
      contentSize(content),
    );
    if (done.outcome === "done") return done;
  } catch (error) {
    if (!begun || isUnreadable(error)) throw error;
    failure = unanswered(error);
  }
  const { place, validity } = begun as { place: Place; validity: string };
  const folder = { ...place, ...(validity === "" ? {} : { uidValidity: validity }) };
  const [answer, error] = failure ?? unanswered(undefined);
  const found = await afterwards(link, { place }, async (client) => ({ uid: await searched(client, messageId) }));
  if (found?.uid !== undefined) return { folder, outcome: "done", already: false, uid: found.uid, answer };
  return { folder, outcome: found ? "not_done" : "unknown", already: false, answer, error };
}

/** Of a literal that was not sent to its end the server has kept nothing. */
function isUnreadable(error: unknown): boolean {
  return isMedimailError(error) && error.code.startsWith("storage_");
}

/** Undefined where there was no answer. */
function refusal(error: unknown): [string, MedimailError] | undefined {
  const { responseStatus: status } = (error ?? {}) as { responseStatus?: unknown };
  if (status !== "NO" && status !== "BAD") return undefined;
  const code = refusalCode(error);
  return [
    code === undefined ? status : `${status} [${code}]`,
    notDone({ status, text: "", ...(code === undefined ? {} : { code }) }),
  ];
}

async function uidOf(client: ImapFlow, path: string, messageId: string): Promise<number | undefined> {
  return await inFolder(client, path, () => searched(client, messageId));
}

async function searched(client: ImapFlow, messageId: string): Promise<number | undefined> {
  const found = await client.search({ header: { "message-id": `<${messageId}>` } }, { uid: true });
  // In rising order, as the library gives them.
  return Array.isArray(found) ? found.at(-1) : undefined;
}

function checkLimit(client: ImapFlow, size: number): void {
  const limit = Number(client.capabilities.get("APPENDLIMIT"));
  if (!(limit > 0) || size <= limit) return;
  throw new MedimailError("mail_too_large", `the mail has ${size} bytes where the server files ${limit}`, {
    path: "content",
  });
}
