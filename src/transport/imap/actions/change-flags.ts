import type { ImapFlow } from "imapflow";
import { MedimailError } from "../../../errors.js";
import { answerText, command, type ImapAnswer } from "../command.js";
import { uidSets } from "../command-sets.js";
import { hasFlag } from "../flags.js";
import { inFolder } from "../folders.js";
import type { ImapLink } from "../link.js";
import { atom, sequence } from "../raw.js";
import { placeOf } from "../special.js";
import { checkValidity, look, type Seen } from "./look.js";
import { afterwards, type Begun, isDone, noneDone, notDone, reportOf, unanswered } from "./outcome.js";
import type { ActOutcome, ActReport } from "./report.js";

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
    const answer = await link.act("changing flags", signal, async (client, begin) => {
      const place = await placeOf(client, change.folder);
      return inFolder(
        client,
        place.path,
        async ({ validity }) => {
          checkValidity(validity, change.uidValidity);
          checkWritable(client, add);
          const seen = await look(client, change.uids);
          begun = { place, validity, seen };
          if (seen.size === 0) return undefined;
          begin();
          return await store(client, [...seen.keys()], add, remove);
        },
        true,
        true,
      );
    });
    if (!begun) throw new MedimailError("internal", "a change of flags ended before it began");
    if (!answer) return noneDone(change.uids, begun);
    if (answer.status === "OK") return reportOf(change.uids, begun, () => ({ outcome: "done" }), answerText(answer));
    return await checked(link, change, begun, answerText(answer), notDone(answer));
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
      answer = await command(client, "UID STORE", [sequence(set), atom(item), flags.map(atom)]);
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
  const becameOf = ({ uid }: Seen): { outcome: ActOutcome } => {
    if (!now) return { outcome: "unknown" };
    const flags = now.get(uid)?.flags;
    if (!flags) return { outcome: "missing" };
    const asAsked = add.every((flag) => hasFlag(flags, flag)) && !remove.some((flag) => hasFlag(flags, flag));
    return { outcome: asAsked ? "done" : "not_done" };
  };
  const report = reportOf(uids, begun, becameOf, answer);
  return isDone(report) ? report : { ...report, error };
}

/** @throws `action_not_done` in a folder that is read-only, `invalid_argument` for a flag that it does not keep. */
export function checkWritable(client: ImapFlow, add: readonly string[]): void {
  const mailbox = client.mailbox || undefined;
  if (mailbox?.readOnly)
    throw new MedimailError("action_not_done", "the folder is read-only for this account: nothing was changed", {
      path: "folder",
      hint: "Ask the operator for the right to change this folder.",
    });
  const kept = mailbox?.permanentFlags;
  // Without PERMANENTFLAGS all are (RFC 9051 §7.1).
  if (!kept || kept.size === 0) return;
  for (const flag of add) {
    if (hasFlag([...kept], flag) || (kept.has("\\*") && !flag.startsWith("\\"))) continue;
    throw new MedimailError("invalid_argument", "the folder does not keep this flag: nothing was changed", {
      path: "flags",
    });
  }
}
