import type { ImapFlow } from "imapflow";
import { allFlags, type ChangedMails, changesOf, FlagClasses, fetchFlags, listed, searched } from "./flag-classes.js";
import { emptyState, type FolderState, flagsKey } from "./folder-state.js";
import type { ExaminedFolder } from "./folders.js";
import type { AskedAhead } from "./questions-ahead.js";
import { UidSet } from "./uid-set.js";

/** What has become of a folder since it was last looked at. To be told in this order: gone, changed, new. */
export interface FolderNews {
  /** The folder was made anew (UIDVALIDITY), or what was known cannot be held against what it is now: all is to be forgotten. */
  reset: boolean;
  gone: UidSet;
  changed: readonly ChangedMails[];
  /** There, and not known yet; their summaries are for who wants them, page by page. */
  fresh: UidSet;
  /** The state that these news apply to. */
  base: FolderState;
  /** All changes up to it are told once `gone` and `changed` are. */
  modseq?: string;
}

/** What an open session was told of the folder since the last look, where nothing but that is to be asked for. */
export interface LiveHints {
  arrived: boolean;
  removed: boolean;
  /** Sequence numbers, as they are now, of mails whose flags changed. */
  flagged: UidSet;
}

/**
 * What is new, changed and gone, at the cost of what changed: by QRESYNC where the session has it (one UID FETCH … CHANGEDSINCE VANISHED),
 * by CONDSTORE (CHANGEDSINCE, and all UIDs only where their number does not add up), else by UIDs and flags of all mails, or of those that
 * the server has told of. The folder has just been opened by {@link inExaminedFolder}, which `folder` is the answer of.
 *
 * Without `known` there are no news: `base` is the folder as it stands.
 *
 * @param hints what the open session was told, where that is enough
 * @param partial `known` may lack mails that were there: numbers that add up prove nothing then
 * @param ahead what is answered already, where the folder is still the one that was known
 */
export async function folderNews(
  client: ImapFlow,
  folder: ExaminedFolder,
  known: FolderState | undefined,
  { hints, partial = false, ahead = {} }: { hints?: LiveHints; partial?: boolean; ahead?: AskedAhead } = {},
): Promise<FolderNews> {
  const modseq = client.enabled.has("CONDSTORE") ? folder.modseq : undefined;
  if (!known) return { ...NOTHING, base: await baseline(client, folder, modseq) };
  if (!isContinued(known, folder, modseq)) {
    const fresh = folder.exists === 0 ? UidSet.EMPTY : await searched(client, "ALL");
    const base = { ...emptyState(folder.uidValidity, modseq), anewBelow: nextOf(fresh, folder) };
    return { ...NOTHING, reset: true, fresh, base };
  }
  if (modseq === undefined)
    return hints ? await toldOf(client, known, hints) : await compared(client, folder, known, ahead);
  // A server that has learnt CONDSTORE since: compared once more the long way, by modseq from then on.
  if (known.modseq === undefined) return { ...(await compared(client, folder, known, ahead)), modseq };
  return await changedSince(client, folder, known, { since: known.modseq, modseq, partial, ahead });
}

const NOTHING = { reset: false, gone: UidSet.EMPTY, changed: [], fresh: UidSet.EMPTY } as const;

function isContinued(
  known: FolderState,
  { uidValidity, uidNext }: ExaminedFolder,
  modseq: string | undefined,
): boolean {
  if (known.uidValidity !== uidValidity) return false;
  // Both only ever grow (RFC 9051 §2.3.1.1, RFC 7162 §3.1): one that went back is of a restored backup.
  if (uidNext !== undefined && uidNext < known.uidNext) return false;
  return known.modseq === undefined || (modseq !== undefined && BigInt(modseq) >= BigInt(known.modseq));
}

async function baseline(client: ImapFlow, folder: ExaminedFolder, modseq: string | undefined): Promise<FolderState> {
  const state = emptyState(folder.uidValidity, modseq);
  if (folder.exists === 0) return { ...state, uidNext: folder.uidNext ?? 1 };
  if (modseq !== undefined) {
    const uids = await searched(client, "ALL");
    return { ...state, uids, uidNext: nextOf(uids, folder) };
  }
  const { uids, classes } = await allFlags(client);
  return {
    ...state,
    uids,
    uidNext: nextOf(uids, folder),
    flags: classes.map(({ flags, uids: some }) => ({ key: flagsKey(flags), uids: some })),
  };
}

const nextOf = (uids: UidSet, { uidNext = 1 }: ExaminedFolder): number => Math.max(uidNext, uids.last + 1);

async function changedSince(
  client: ImapFlow,
  folder: ExaminedFolder,
  known: FolderState,
  { since, modseq, partial, ahead }: { since: string; modseq: string; partial: boolean; ahead: AskedAhead },
): Promise<FolderNews> {
  const qresync = client.enabled.has("QRESYNC");
  const { classes, vanished } =
    ahead.flags || modseq === since || known.uids.size === 0
      ? { classes: ahead.flags ?? new FlagClasses(), vanished: UidSet.EMPTY }
      : await askedChanges(client, known, since);
  const gone = vanished.intersection(known.uids);
  const changed = classes.list(known.uids.minus(gone)).flatMap((entry) => untold(entry, known));
  const counted = ahead.all ? undefined : byNumbers(folder, known, { gone, qresync, partial, later: ahead.later });
  if (counted) return { ...NOTHING, gone, changed, fresh: counted, base: known, modseq };
  if (!ahead.all) {
    // The new UIDs alone may explain the number. Where the whole list comes as ranges it is as short; where more arrived than there are
    // new UIDs, only the whole list tells which are not known.
    const arrived = folder.exists - known.uids.minus(gone).size;
    const fewer = arrived >= 0 && (arrived < newUids(folder, known).size || folder.uidNext === undefined);
    const short = fewer && !partial && !client.capabilities.has("ESEARCH");
    const later = short ? await searched(client, `${known.uidNext}:*`) : undefined;
    if (later?.size === arrived) return { ...NOTHING, gone, changed, fresh: later, base: known, modseq };
  }
  const all = ahead.all ?? (await searched(client, "ALL"));
  return {
    ...NOTHING,
    gone: known.uids.minus(all),
    changed: changed.flatMap((entry) => {
      const uids = entry.uids.intersection(all);
      return uids.size === 0 ? [] : [{ ...entry, uids }];
    }),
    fresh: all.minus(known.uids),
    base: known,
    modseq,
  };
}

async function askedChanges(
  client: ImapFlow,
  known: FolderState,
  since: string,
): Promise<{ classes: FlagClasses; vanished: UidSet }> {
  const classes = new FlagClasses();
  let vanished = UidSet.EMPTY;
  await fetchFlags(
    client,
    { ...changesOf(known, since, client.enabled.has("QRESYNC")), onMail: (fetched) => classes.add(fetched) },
    (uids, earlier) => {
      vanished = vanished.union(uids);
      if (!earlier) shrink(client, uids.size);
    },
  );
  return { classes, vanished };
}

/** UIDs that mails have been given since. */
const newUids = (folder: ExaminedFolder, known: FolderState): UidSet =>
  UidSet.range(known.uidNext, (folder.uidNext ?? 0) - 1);

/** The new mails, where the numbers prove which they are, and that nothing is gone beside `gone`. */
function byNumbers(
  folder: ExaminedFolder,
  known: FolderState,
  { gone, qresync, partial, later }: { gone: UidSet; qresync: boolean; partial: boolean; later: AskedAhead["later"] },
): UidSet | undefined {
  const arrived = folder.exists - known.uids.minus(gone).size;
  const candidates = newUids(folder, known);
  // As many more mails as there are new UIDs: all of these are there, and nothing is gone. As many as before: nothing is gone where
  // there are no new UIDs, or where the server has just said what is.
  if (arrived === 0) return qresync || candidates.size === 0 ? UidSet.EMPTY : undefined;
  if (partial) return undefined;
  if (arrived === candidates.size) return candidates;
  // All that came was asked for with the opening of the folder.
  const seen =
    later && candidates.size > 0 && candidates.last <= later.upTo ? later.uids.intersection(candidates) : undefined;
  return seen?.size === arrived ? seen : undefined;
}

/** Without what was told already, of the same change. */
function untold(entry: ChangedMails, known: FolderState): ChangedMails[] {
  const told = known.told.find(({ modseq }) => modseq === entry.modseq);
  const uids = told ? entry.uids.minus(told.uids) : entry.uids;
  return uids.size === 0 ? [] : [{ ...entry, uids }];
}

async function compared(
  client: ImapFlow,
  folder: ExaminedFolder,
  known: FolderState,
  ahead: AskedAhead,
): Promise<FolderNews> {
  const { uids, classes } =
    folder.exists === 0
      ? { uids: UidSet.EMPTY, classes: [] }
      : ahead.flags
        ? listed(ahead.flags)
        : await allFlags(client);
  return {
    ...NOTHING,
    gone: known.uids.minus(uids),
    changed: classes.flatMap((entry) => differing(entry, known)),
    fresh: uids.minus(known.uids),
    base: known,
  };
}

/** Of mails of the same flags, those that had others. */
function differing(entry: ChangedMails, known: FolderState): ChangedMails[] {
  const same = flagsKey(entry.flags);
  const had = known.flags.find(({ key }) => key === same);
  const uids = entry.uids.intersection(known.uids).minus(had?.uids ?? UidSet.EMPTY);
  return uids.size === 0 ? [] : [{ ...entry, uids }];
}

async function toldOf(client: ImapFlow, known: FolderState, hints: LiveHints): Promise<FolderNews> {
  const classes = new FlagClasses();
  if (hints.flagged.size > 0)
    await fetchFlags(client, {
      command: "FETCH",
      range: hints.flagged.toString(),
      onMail: (mail) => classes.add(mail),
    });
  const all = hints.removed ? await searched(client, "ALL") : undefined;
  const later = hints.arrived && !all ? await searched(client, `${known.uidNext}:*`) : UidSet.EMPTY;
  return {
    ...NOTHING,
    gone: all ? known.uids.minus(all) : UidSet.EMPTY,
    changed: classes.list(all ?? known.uids).flatMap((entry) => differing(entry, known)),
    fresh: all ? all.minus(known.uids) : later,
    base: known,
  };
}

/** We listen in place of the library, which would have counted these. */
function shrink(client: ImapFlow, count: number): void {
  if (client.mailbox) client.mailbox.exists = Math.max(0, client.mailbox.exists - count);
}
