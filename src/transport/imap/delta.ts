import type { ImapFlow } from "imapflow";
import { emptyState, type FolderState, flagsKey } from "./folder-state.js";
import type { ExaminedFolder } from "./folders.js";
import { type Argument, atom, type FetchedFlags, fetchedFlags, rawCommand, sequence, vanishedUids } from "./raw.js";
import { MAX_UID, UidSet, UidSetBuilder } from "./uid-set.js";
import { failed } from "./wire.js";

/** Mails that have the same flags now, one of them or thousands. */
export interface ChangedMails {
  flags: readonly string[];
  modseq?: string;
  uids: UidSet;
}

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
 */
export async function folderNews(
  client: ImapFlow,
  folder: ExaminedFolder,
  known: FolderState | undefined,
  { hints, partial = false }: { hints?: LiveHints; partial?: boolean } = {},
): Promise<FolderNews> {
  const modseq = client.enabled.has("CONDSTORE") ? folder.modseq : undefined;
  if (!known) return { ...NOTHING, base: await baseline(client, folder, modseq) };
  if (!isContinued(known, folder, modseq)) {
    const fresh = folder.exists === 0 ? UidSet.EMPTY : await searched(client, "ALL");
    const base = { ...emptyState(folder.uidValidity, modseq), anewBelow: nextOf(fresh, folder) };
    return { ...NOTHING, reset: true, fresh, base };
  }
  if (modseq === undefined) return hints ? await toldOf(client, known, hints) : await compared(client, folder, known);
  // A server that has learnt CONDSTORE since: compared once more the long way, by modseq from then on.
  if (known.modseq === undefined) return { ...(await compared(client, folder, known)), modseq };
  return await changedSince(client, folder, known, { since: known.modseq, modseq, partial });
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
  { since, modseq, partial }: { since: string; modseq: string; partial: boolean },
): Promise<FolderNews> {
  let gone = UidSet.EMPTY;
  let changed: ChangedMails[] = [];
  const qresync = client.enabled.has("QRESYNC");
  if (modseq !== since && known.uids.size > 0) {
    const classes = new FlagClasses();
    const vanished: UidSet[] = [];
    const range = `${known.uids.ranges().next().value?.[0] ?? 1}:${known.uids.last}`;
    const modifiers = [atom("CHANGEDSINCE"), atom(since), ...(qresync ? [atom("VANISHED")] : [])];
    await fetchFlags(
      client,
      "UID FETCH",
      range,
      modifiers,
      (fetched) => classes.add(fetched),
      (uids, earlier) => {
        vanished.push(uids);
        if (!earlier) shrink(client, uids.size);
      },
    );
    gone = vanished.reduce((all, uids) => all.union(uids), UidSet.EMPTY).intersection(known.uids);
    changed = classes.list(known.uids.minus(gone)).flatMap((entry) => untold(entry, known));
  }
  const left = known.uids.minus(gone);
  const arrived = folder.exists - left.size;
  const candidates = UidSet.range(known.uidNext, (folder.uidNext ?? 0) - 1);
  // As many more mails as there are new UIDs: all of these are there, and nothing is gone. As many as before: nothing is gone where
  // there are no new UIDs, or where the server has just said what is.
  if (arrived === 0 ? qresync || candidates.size === 0 : arrived === candidates.size && !partial)
    return { ...NOTHING, gone, changed, fresh: arrived === 0 ? UidSet.EMPTY : candidates, base: known, modseq };
  // The new UIDs alone may explain the number. Where the whole list comes as ranges it is as short; where more arrived than there are
  // new UIDs, only the whole list tells which are not known.
  const fewer = arrived >= 0 && (arrived < candidates.size || folder.uidNext === undefined);
  const short = fewer && !partial && !client.capabilities.has("ESEARCH");
  const later = short ? await searched(client, `${known.uidNext}:*`) : undefined;
  if (later?.size === arrived) return { ...NOTHING, gone, changed, fresh: later, base: known, modseq };
  const all = await searched(client, "ALL");
  return {
    ...NOTHING,
    gone: known.uids.minus(all),
    changed: changed.map((entry) => ({ ...entry, uids: entry.uids.intersection(all) })),
    fresh: all.minus(known.uids),
    base: known,
    modseq,
  };
}

/** Without what was told already, of the same change. */
function untold(entry: ChangedMails, known: FolderState): ChangedMails[] {
  const told = known.told.find(({ modseq }) => modseq === entry.modseq);
  const uids = told ? entry.uids.minus(told.uids) : entry.uids;
  return uids.size === 0 ? [] : [{ ...entry, uids }];
}

async function compared(client: ImapFlow, folder: ExaminedFolder, known: FolderState): Promise<FolderNews> {
  const { uids, classes } = folder.exists === 0 ? { uids: UidSet.EMPTY, classes: [] } : await allFlags(client);
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
  const had = known.flags.find(({ key }) => key === flagsKey(entry.flags));
  const uids = entry.uids.intersection(known.uids).minus(had?.uids ?? UidSet.EMPTY);
  return uids.size === 0 ? [] : [{ ...entry, uids }];
}

async function toldOf(client: ImapFlow, known: FolderState, hints: LiveHints): Promise<FolderNews> {
  const classes = new FlagClasses();
  if (hints.flagged.size > 0)
    await fetchFlags(client, "FETCH", hints.flagged.toString(), [], (fetched) => classes.add(fetched));
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

async function allFlags(client: ImapFlow): Promise<{ uids: UidSet; classes: ChangedMails[] }> {
  const classes = new FlagClasses();
  await fetchFlags(client, "UID FETCH", "1:*", [], (fetched) => classes.add(fetched));
  const list = classes.list();
  return { uids: list.reduce((all, { uids }) => all.union(uids), UidSet.EMPTY), classes: list };
}

/** Flags with their UIDs of mails; in a session with CONDSTORE their modseq as well. */
async function fetchFlags(
  client: ImapFlow,
  command: "FETCH" | "UID FETCH",
  range: string,
  modifiers: Argument[],
  onMail: (fetched: FetchedFlags) => void,
  onVanished: (uids: UidSet, earlier: boolean) => void = () => {},
): Promise<void> {
  // What the server tells beside its answer may have no UID, and will not be told again.
  const nameless = new UidSetBuilder();
  await rawCommand(client, {
    name: command,
    attributes: [sequence(range), [atom("UID"), atom("FLAGS")], ...(modifiers.length === 0 ? [] : [modifiers])],
    onRow(row) {
      const fetched = fetchedFlags(row);
      if (fetched.uid === undefined && fetched.flags) nameless.add(fetched.seq);
      else onMail(fetched);
    },
    handlers: {
      VANISHED: (said) => onVanished(UidSet.parse(vanishedUids(said)), Array.isArray(said.attributes?.[0])),
    },
  });
  const missed = nameless.build();
  if (missed.size > 0) await fetchFlags(client, "FETCH", missed.toString(), [], onMail);
}

/** Mails by their flags: as many entries as there are combinations, not as there are mails. */
class FlagClasses {
  readonly #byKey = new Map<string, { flags: string[]; modseq?: string; uids: UidSetBuilder }>();
  /** A server may tell of a mail twice in one answer, and its last word holds. */
  readonly #again = new Map<number, string>();
  #last = 0;

  add({ uid, flags, modseq }: FetchedFlags): void {
    if (uid === undefined || flags === undefined) return;
    const own = flags.filter((flag) => flag.toLowerCase() !== "\\recent").sort();
    const key = `${modseq ?? ""} ${own.join(" ")}`;
    if (!this.#byKey.has(key))
      this.#byKey.set(key, { flags: own, uids: new UidSetBuilder(), ...(modseq === undefined ? {} : { modseq }) });
    // Answers come ascending, as a rule.
    if (uid > this.#last) this.#byKey.get(key)?.uids.add(uid);
    else this.#again.set(uid, key);
    this.#last = Math.max(this.#last, uid);
  }

  /** @param among only mails that are known */
  list(among?: UidSet): ChangedMails[] {
    const again = UidSet.of([...this.#again.keys()].sort((a, b) => a - b));
    return [...this.#byKey].flatMap(([key, { flags, modseq, uids }]) => {
      const repeated = [...this.#again].filter(([, last]) => last === key).map(([uid]) => uid);
      const all = uids.build().minus(again).union(UidSet.of(repeated));
      const known = among ? all.intersection(among) : all;
      return known.size === 0 ? [] : [{ flags, uids: known, ...(modseq === undefined ? {} : { modseq }) }];
    });
  }
}

/** UIDs of the folder, as ranges where the server answers so (ESEARCH). */
async function searched(client: ImapFlow, what: "ALL" | `${number}:*`): Promise<UidSet> {
  const found = await client.search(what === "ALL" ? { all: true } : { uid: what }, {
    uid: true,
    returnOptions: ["ALL"],
  });
  if (found === false || found === undefined) throw failed("the server refuses to list the mails of a folder");
  const uids = Array.isArray(found) ? UidSet.of([...found].sort((a, b) => a - b)) : UidSet.parse(found.all ?? "");
  // `n:*` names the last mail even where its UID is under n (RFC 9051 §9, seq-range).
  return what === "ALL" ? uids : uids.intersection(UidSet.range(Number.parseInt(what, 10), MAX_UID));
}

/** We listen in place of the library, which would have counted these. */
function shrink(client: ImapFlow, count: number): void {
  if (client.mailbox) client.mailbox.exists = Math.max(0, client.mailbox.exists - count);
}
