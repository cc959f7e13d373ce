import type { ImapFlow } from "imapflow";
import { MedimailError } from "../../../errors.js";
import { answerText, command, folderArgument, type ImapAnswer } from "../command.js";
import { uidSets } from "../command-sets.js";
import { inFolder } from "../folders.js";
import type { ImapLink } from "../link.js";
import { sequence } from "../raw.js";
import { type Place, placeOf, statusOf } from "../special.js";
import { checkWritable, type MailsOfFolder } from "./change-flags.js";
import { checkValidity, look, lookFrom, type Seen, sameMail } from "./look.js";
import { afterwards, type Begun, isDone, noneDone, notDone, reportOf, unanswered } from "./outcome.js";
import { removeMails } from "./remove.js";
import type { ActedMail, ActReport } from "./report.js";

export interface Transfer extends MailsOfFolder {
  /** A role or a path. */
  to: string;
  kind: "move" | "copy";
}

interface Target extends Place {
  uidValidity: string;
  uidNext: number;
}

interface Told {
  /** Undefined: none of the mails is there, nothing was asked. */
  answer?: ImapAnswer;
  /** UID here to UID there, as the server told (UIDPLUS). */
  copied: Map<number, number>;
}

type Started = Begun & { target: Target; moves: boolean };

/**
 * Copies mails to another folder, or moves them (UID MOVE where the server has it, else UID COPY and then the removal of just those).
 * Where the answer is missing, or is a refusal, which servers have been seen to give after moving, both folders are looked at.
 *
 * @throws where nothing was begun: `folder_not_found`, `mail_not_found`, `invalid_argument`.
 */
export async function transferMails(link: ImapLink, transfer: Transfer): Promise<ActReport> {
  const { kind, uids, signal } = transfer;
  const doing = kind === "move" ? "moving mails" : "copying mails";
  let begun: Started | undefined;
  let told: Told | undefined;
  let failure: [string, MedimailError] | undefined;
  try {
    told = await link.act(doing, signal, async (client, begin) => {
      const place = await placeOf(client, transfer.folder);
      const target = await targetOf(client, transfer.to);
      if (target.path === place.path)
        throw new MedimailError("invalid_argument", "the mails are in this folder already", { path: "to" });
      return inFolder(
        client,
        place.path,
        async ({ validity }) => {
          checkValidity(validity, transfer.uidValidity);
          if (kind === "move") checkWritable(client, []);
          const seen = await look(client, uids);
          begun = { place, validity, seen, target, moves: kind === "move" && client.capabilities.has("MOVE") };
          if (seen.size === 0) return { copied: new Map() };
          begin();
          return await bring(client, begun);
        },
        true,
        kind === "move",
      );
    });
    if (told.answer && told.answer.status !== "OK") failure = [answerText(told.answer), notDone(told.answer)];
  } catch (error) {
    if (!begun) throw error;
    failure = unanswered(error);
  }
  if (!begun) throw new MedimailError("internal", "a transfer ended before it began");
  if (begun.seen.size === 0) return { ...noneDone(uids, begun), destination: placed(begun.target) };
  const found = await settled(link, begun, told?.copied ?? new Map(), failure !== undefined);
  const report = transferReport(
    uids,
    begun,
    found,
    failure ?? [told?.answer ? answerText(told.answer) : "OK", undefined],
  );
  return kind === "copy" || begun.moves ? report : await removed(link, begun, report);
}

async function bring(client: ImapFlow, { seen, target, moves }: Started): Promise<Told> {
  const copied = new Map<number, number>();
  let answer: ImapAnswer = { status: "OK", text: "" };
  for (const { set } of uidSets([...seen.keys()])) {
    const args = [sequence(set), folderArgument(target.path)];
    answer = await command(client, moves ? "UID MOVE" : "UID COPY", args);
    for (const [from, to] of answer.copied?.uids ?? []) if (seen.has(from)) copied.set(from, to);
    if (answer.status !== "OK") break;
  }
  return { answer, copied };
}

async function targetOf(client: ImapFlow, folder: string): Promise<Target> {
  const place = await placeOf(client, folder);
  const status = await statusOf(client, place.path, { uidNext: true, uidValidity: true });
  return { ...place, uidValidity: String(status.uidValidity ?? ""), uidNext: Number(status.uidNext ?? 1) };
}

/** What is where now: UIDs there by UIDs here, and those that are still here where that had to be looked at. */
interface Found {
  there: Map<number, number>;
  /** Undefined: could not be looked at. */
  here?: ReadonlySet<number> | undefined;
  lookedThere: boolean;
}

/** Completes what the server told by looking. With COPYUID for every mail and no failure there is nothing to look at. */
async function settled(
  link: ImapLink,
  begun: Started,
  copied: ReadonlyMap<number, number>,
  doubtful: boolean,
): Promise<Found> {
  const there = new Map(copied);
  const { seen, target } = begun;
  const open = [...seen.values()].filter(({ uid }) => !there.has(uid));
  if (open.length === 0 && !doubtful) return { there, lookedThere: true };
  const place = { path: target.path };
  const arrived = await afterwards(link, { place, validity: target.uidValidity || undefined }, (client) =>
    lookFrom(client, target.uidNext),
  );
  const taken = new Set(there.values());
  for (const mail of arrived ? open : []) {
    const match = arrived?.find((candidate) => !taken.has(candidate.uid) && sameMail(mail, candidate));
    if (!match) continue;
    taken.add(match.uid);
    there.set(mail.uid, match.uid);
  }
  const here = await afterwards(link, begun, async (client) => new Set((await look(client, [...seen.keys()])).keys()));
  return { there, here, lookedThere: arrived !== undefined };
}

function transferReport(
  uids: readonly number[],
  begun: Started,
  { there, here, lookedThere }: Found,
  [answer, error]: [string, MedimailError | undefined],
): ActReport {
  const { moves, target } = begun;
  const outcomeOf = (uid: number): ActedMail["outcome"] => {
    if (there.has(uid)) return moves && here?.has(uid) ? "copied" : "done";
    // Without a look there, a mail that is still here may have been copied all the same.
    if (!lookedThere) return moves && here?.has(uid) ? "not_done" : "unknown";
    if (!here) return moves ? "unknown" : "not_done";
    return here.has(uid) ? "not_done" : "missing";
  };
  const becameOf = ({ uid }: Seen): Pick<ActedMail, "outcome" | "newUid"> => {
    const newUid = there.get(uid);
    return { outcome: outcomeOf(uid), ...(newUid === undefined ? {} : { newUid }) };
  };
  const report = { ...reportOf(uids, begun, becameOf, answer), destination: placed(target) };
  return isDone(report) ? report : { ...report, error: error ?? notDone({ status: "OK", text: "" }) };
}

const placed = ({ path, role, uidValidity }: Target): NonNullable<ActReport["destination"]> => ({
  path,
  ...(role ? { role } : {}),
  ...(uidValidity === "" ? {} : { uidValidity }),
});

/** The second half of a move where the server has no MOVE: what is in both folders leaves the first. */
async function removed(link: ImapLink, { place, validity }: Started, report: ActReport): Promise<ActReport> {
  const copied = report.mails.filter(({ outcome }) => outcome === "done").map(({ uid }) => uid);
  if (copied.length === 0) return report;
  let after: ActReport;
  try {
    after = await removeMails(link, { folder: place.path, uidValidity: validity, uids: copied });
  } catch (error) {
    const [answer, unknown] = unanswered(error);
    after = {
      folder: report.folder,
      mails: copied.map((uid) => ({ uid, outcome: "not_done", flags: [] })),
      answer,
      error: unknown,
    };
  }
  const outcomes = new Map(after.mails.map(({ uid, outcome }) => [uid, outcome]));
  const mails = report.mails.map((mail): ActedMail => {
    const outcome = outcomes.get(mail.uid);
    // Gone already is gone; what is still here is in both.
    return outcome === "not_done" || outcome === "unknown" ? { ...mail, outcome: "copied" } : mail;
  });
  const error = report.error ?? (after.error?.code === "mail_not_found" ? undefined : after.error);
  return { ...report, mails, answer: `${report.answer}; ${after.answer}`, ...(error ? { error } : {}) };
}
