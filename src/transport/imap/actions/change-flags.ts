import type { ImapFlow } from "imapflow";
import { MedimailError } from "../../../errors.js";
import { answerText, command, type ImapAnswer } from "../command.js";
import { uidSets } from "../command-sets.js";
import { inFolder } from "../folders.js";
import type { ImapLink } from "../link.js";
import { placeOf } from "../special.js";
import { checkValidity, look, type Seen } from "./look.js";
import { afterwards, type Begun, noneDone, notDone, unanswered } from "./outcome.js";
import type { ActReport } from "./report.js";

export interface MailsOfFolder {
  /** A role (`inbox`, `trash`) or a path. */
  folder: string;
  uids: readonly number[];
  uidValidity?: string;
  signal?: AbortSignal;
}

export interface FlagChange extends MailsOfFolder {
  add: readonly string[];
  remove: readonly string[];
}

/**
 * Adds and takes away flags (UID STORE). After a session lost in the middle the flags are looked at: the report says what is so, and
 * nothing is repeated, since somebody else may have changed them again.
 *
 * @throws where nothing was begun: `folder_not_found`, `mail_not_found`, `invalid_argument` for a flag that the folder does not take.
 */
export async function changeFlags(link: ImapLink, change: FlagChange): Promise<ActReport> {
  const { add, remove, signal } = change;
  let begun: Begun | undefined;
  try {
    const { place, validity, seen, answer } = await link.act("changing flags", signal, async (client, begin) => {
      const place = await placeOf(client, change.folder);
      return inFolder(
        client,
        place.path,
        async ({ validity }) => {
          checkValidity(validity, change.uidValidity);
          checkWritable(client, add);
          const seen = await look(client, change.uids);
          if (seen.size === 0) return { place, validity, seen, answer: undefined };
          begun = { place, validity, seen };
          begin();
          return { place, validity, seen, answer: await store(client, [...seen.keys()], add, remove) };
        },
        true,
        true,
      );
    });
    if (!answer) return noneDone(change.uids, { place, validity, seen });
    if (answer.status === "OK")
      return reportOf(change.uids, { place, validity, seen }, () => "done", answerText(answer));
    return await checked(link, change, { place, validity, seen }, answerText(answer), notDone(answer));
  } catch (error) {
    if (!begun) throw error;
    return await checked(link, change, begun, ...unanswered(error));
  }
}

async function store(
  client: ImapFlow,
  uids: readonly number[],
  add: readonly string[],
  remove: readonly string[],
): Promise<ImapAnswer> {
  let answer: ImapAnswer = { status: "OK", text: "" };
  for (const { set } of uidSets(uids)) {
    for (const [item, flags] of [
      ["+FLAGS.SILENT", add],
      ["-FLAGS.SILENT", remove],
    ] as const) {
      if (flags.length === 0) continue;
      answer = await command(client, "UID STORE", [{ type: "SEQUENCE", value: set }, atom(item), flags.map(atom)]);
      if (answer.status !== "OK") return answer;
    }
  }
  return answer;
}

/** Looks at what is so now. */
async function checked(
  link: ImapLink,
  { add, remove, uids }: FlagChange,
  begun: Begun,
  answer: string,
  error: MedimailError,
): Promise<ActReport> {
  const now = await afterwards(link, begun, (client) => look(client, [...begun.seen.keys()]));
  const report = reportOf(
    uids,
    begun,
    (mail) => {
      if (!now) return "unknown";
      const flags = now.get(mail.uid)?.flags;
      if (!flags) return "missing";
      return add.every((flag) => has(flags, flag)) && !remove.some((flag) => has(flags, flag)) ? "done" : "not_done";
    },
    answer,
  );
  return report.mails.every(({ outcome }) => outcome === "done" || outcome === "missing")
    ? report
    : { ...report, error };
}

function reportOf(
  uids: readonly number[],
  { place, validity, seen }: Begun,
  outcomeOf: (mail: Seen) => ActReport["mails"][number]["outcome"],
  answer: string,
): ActReport {
  return {
    folder: { ...place, uidValidity: validity },
    mails: uids.map((uid) => {
      const mail = seen.get(uid);
      if (!mail) return { uid, outcome: "missing", flags: [] };
      const { flags, messageId } = mail;
      return { uid, outcome: outcomeOf(mail), flags, ...(messageId === undefined ? {} : { messageId }) };
    }),
    answer,
  };
}

/** System flags are written in any case, and so are keywords. */
export const has = (flags: readonly string[], flag: string): boolean =>
  flags.some((known) => known.toLowerCase() === flag.toLowerCase());

export const atom = (value: string): { type: "ATOM"; value: string } => ({ type: "ATOM", value });

/** @throws `action_not_done` in a folder that is read-only, `invalid_argument` for a flag that it does not keep. */
export function checkWritable(client: ImapFlow, add: readonly string[]): void {
  const mailbox = client.mailbox || undefined;
  if (mailbox?.readOnly)
    throw new MedimailError("action_not_done", "the folder is read-only for this account: nothing was changed", {
      path: "folder",
    });
  const kept = mailbox?.permanentFlags;
  // Without PERMANENTFLAGS all are (RFC 9051 §7.1).
  if (!kept || kept.size === 0) return;
  for (const flag of add) {
    if (has([...kept], flag) || (kept.has("\\*") && !flag.startsWith("\\"))) continue;
    throw new MedimailError("invalid_argument", "the folder does not keep this flag: nothing was changed", {
      path: "flags",
    });
  }
}
