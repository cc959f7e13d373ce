import type { ImapFlow } from "imapflow";
import { MedimailError } from "../../../errors.js";
import { answerText, command, type ImapAnswer } from "../command.js";
import { uidSets } from "../command-sets.js";
import { hasFlag } from "../flags.js";
import { inFolder } from "../folders.js";
import type { ImapLink } from "../link.js";
import { atom, sequence } from "../raw.js";
import { placeOf } from "../special.js";
import { checkWritable, type MailsOfFolder } from "./change-flags.js";
import { checkValidity, look, type Seen } from "./look.js";
import { afterwards, type Begun, isDone, noneDone, notDone, reportOf, unanswered } from "./outcome.js";
import type { ActOutcome, ActReport } from "./report.js";

/**
 * Deletes mails for good: \Deleted, then the expunge of just those (UID EXPUNGE, RFC 4315). A server without UIDPLUS only knows the
 * expunge of all that is marked: it is asked for where nothing else is marked, so that nothing of somebody else's goes with it.
 * Looked at after, in any case.
 *
 * @throws where nothing was begun: `folder_not_found`, `mail_not_found`, `action_not_done` (nothing was marked).
 */
export async function removeMails(link: ImapLink, mails: MailsOfFolder): Promise<ActReport> {
  const { uids } = mails;
  let attempt = await remove(link, mails, uids, false);
  const { begun } = attempt;
  if (begun.seen.size === 0) return noneDone(uids, begun);
  let now = await afterwards(link, begun, (client) => look(client, [...begun.seen.keys()]));
  // Lost between the mark and the expunge: deleting the same UIDs again harms nothing, and half of it is neither done nor not.
  if (attempt.lost && now && now.size > 0) {
    attempt = await remove(link, mails, [...now.keys()], true).catch(() => attempt);
    now = await afterwards(link, begun, (client) => look(client, [...begun.seen.keys()]));
  }
  const { answer, error } = attempt;
  const becameOf = ({ uid }: Seen): { outcome: ActOutcome } => {
    if (!now) return { outcome: error ? "unknown" : "done" };
    return { outcome: now.has(uid) ? "not_done" : "done" };
  };
  const report = reportOf(uids, begun, becameOf, answer);
  return isDone(report) ? report : { ...report, error: error ?? notDone({ status: "NO", text: "" }) };
}

interface Attempt {
  begun: Begun;
  answer: string;
  error?: MedimailError;
  lost: boolean;
}

async function remove(link: ImapLink, mails: MailsOfFolder, uids: readonly number[], again: boolean): Promise<Attempt> {
  let begun: Begun | undefined;
  try {
    const answer = await link.act("deleting mails", again ? undefined : mails.signal, async (client, begin) => {
      const place = await placeOf(client, mails.folder);
      return inFolder(
        client,
        place.path,
        async ({ validity }) => {
          checkValidity(validity, mails.uidValidity);
          checkWritable(client, ["\\Deleted"]);
          const seen = await look(client, uids);
          begun = { place, validity, seen };
          if (seen.size === 0) return undefined;
          begin();
          return await expunge(client, [...seen.values()]);
        },
        true,
        true,
      );
    });
    if (!begun) throw new MedimailError("internal", "a deletion ended before it began");
    const refused = answer && answer.status !== "OK" ? { error: notDone(answer) } : {};
    return { begun, answer: answer ? answerText(answer) : "OK", lost: false, ...refused };
  } catch (error) {
    if (!begun) throw error;
    const [answer, unknown] = unanswered(error);
    return { begun, answer, error: unknown, lost: true };
  }
}

async function expunge(client: ImapFlow, mails: readonly Seen[]): Promise<ImapAnswer> {
  const uids = mails.map(({ uid }) => uid);
  const ours = client.capabilities.has("UIDPLUS");
  let answer: ImapAnswer = { status: "OK", text: "" };
  for (const { set } of uidSets(uids)) {
    answer = await mark(client, set, "+FLAGS.SILENT");
    if (answer.status === "OK" && ours) answer = await command(client, "UID EXPUNGE", [sequence(set)]);
    if (answer.status !== "OK") break;
  }
  if (answer.status === "OK" && !ours) answer = await expungeAll(client, uids);
  if (answer.status !== "OK") {
    // Refused: what was marked only for this is as it was.
    const before = mails.filter(({ flags }) => !hasFlag(flags, "\\Deleted")).map(({ uid }) => uid);
    for (const { set } of uidSets(before)) await mark(client, set, "-FLAGS.SILENT");
  }
  return answer;
}

const mark = (client: ImapFlow, set: string, item: string): Promise<ImapAnswer> =>
  command(client, "UID STORE", [sequence(set), atom(item), [atom("\\Deleted")]]);

async function expungeAll(client: ImapFlow, uids: readonly number[]): Promise<ImapAnswer> {
  const marked = await client.search({ deleted: true }, { uid: true });
  const ours = new Set(uids);
  if (!Array.isArray(marked) || marked.some((uid) => !ours.has(uid)))
    return { status: "NO", text: "other mails are marked as deleted, and the server can only expunge them all" };
  return await command(client, "EXPUNGE", []);
}
