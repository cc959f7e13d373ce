import type { ImapFlow } from "imapflow";
import { isMedimailError, MedimailError } from "../../../errors.js";
import type { ImapAnswer } from "../command.js";
import { imapError } from "../errors.js";
import { inFolder } from "../folders.js";
import type { ImapLink } from "../link.js";
import type { Place } from "../special.js";
import type { Seen } from "./look.js";
import type { ActedMail, ActReport } from "./report.js";

/** What was known when the first command that changes something went out. */
export interface Begun {
  place: Place;
  validity: string;
  seen: ReadonlyMap<number, Seen>;
}

/** Refusals that another try does not change. */
const FINAL: ReadonlySet<string> = new Set(["NOPERM", "CANNOT", "OVERQUOTA", "NONEXISTENT", "TRYCREATE", "LIMIT"]);

/** The server refused. Its text may quote a folder or a subject: only its code is told. */
export function notDone({ code }: ImapAnswer): MedimailError {
  return new MedimailError("action_not_done", `the server refused${code === undefined ? "" : ` (${code})`}`, {
    retryable: code === undefined || !FINAL.has(code),
    ...(code === "OVERQUOTA" ? { hint: "The mailbox is full: mails must be deleted first." } : {}),
  });
}

/** There was no answer: what a trace has in its place, and the error where nobody could look. */
export function unanswered(error: unknown): [answer: string, error: MedimailError] {
  const known = isMedimailError(error) ? error : imapError(error, "changing the mailbox");
  return [
    known.code,
    new MedimailError("action_unknown", "the session was lost in the middle: it may have been done or not", {
      hint: "List the folder again and look.",
      cause: known,
    }),
  ];
}

/**
 * A look at the folder after an act that had no answer, on a session of its own. Undefined where that is not possible either: the
 * outcome is unknown then. Not given up with the caller's signal, which may be why there was no answer; the link's time limit holds.
 */
export async function afterwards<T>(
  link: ImapLink,
  { place, validity }: { place: Place; validity?: string | undefined },
  work: (client: ImapFlow) => Promise<T>,
): Promise<T | undefined> {
  try {
    // The server may be at it still, and would be done with it after the look.
    await link.parted();
    return await link.run("looking at what was done", undefined, (client) =>
      inFolder(client, place.path, async (folder) =>
        validity === undefined || folder.validity === validity ? await work(client) : undefined,
      ),
    );
  } catch {
    return undefined;
  }
}

/** What became of each mail asked for; one that was not there when the act began is `missing`. */
export function reportOf(
  uids: readonly number[],
  { place, validity, seen }: Begun,
  becameOf: (mail: Seen) => Pick<ActedMail, "outcome" | "newUid">,
  answer: string,
): ActReport {
  return {
    folder: { ...place, uidValidity: validity },
    mails: uids.map((uid) => {
      const mail = seen.get(uid);
      if (!mail) return { uid, outcome: "missing", flags: [] };
      const { flags, messageId } = mail;
      return { uid, ...becameOf(mail), flags, ...(messageId === undefined ? {} : { messageId }) };
    }),
    answer,
  };
}

/** Every mail that was still there is as asked. */
export const isDone = ({ mails }: ActReport): boolean =>
  mails.every(({ outcome }) => outcome === "done" || outcome === "missing");

/** None of the mails was there any more: nothing was asked of the server. */
export function noneDone(uids: readonly number[], { place, validity }: Begun): ActReport {
  const none: Begun = { place, validity, seen: new Map() };
  const answer = "not asked: none of the mails is in the folder";
  return { ...reportOf(uids, none, () => ({ outcome: "missing" }), answer), error: mailsGone() };
}

export function mailsGone(): MedimailError {
  return new MedimailError("mail_not_found", "the mails are not in the folder any more", {
    hint: "They were moved or deleted elsewhere: list the folder again.",
  });
}
