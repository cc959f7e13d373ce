import type { ImapFlow } from "imapflow";
import { emptyState, type FolderState, flagsKey } from "./folder-state.js";
import type { ExaminedFolder } from "./folders.js";
import {
  type Argument,
  atom,
  type FetchedFlags,
  fetchedFlags,
  type RawCommand,
  rawCommand,
  sequence,
  tokenText,
  vanishedUids,
} from "./raw.js";
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

/** What was asked together with the opening of the folder, as far as the server answered. */
export interface AskedAhead {
  /** Of the known mails those that changed; or, where mod-sequences do not tell, all mails. */
  flags?: FlagClasses;
  /** All mails. */
  all?: UidSet;
  /** The new mails, as far as they were asked for; `upTo` is the last UID that was. */
  later?: { uids: UidSet; upTo: number };
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

/** The question for the known mails that changed since. */
function changesOf(
  known: FolderState,
  since: string,
  qresync: boolean,
): Pick<FlagsAsked, "command" | "range" | "modifiers"> {
  return {
    command: "UID FETCH",
    range: `${known.uids.ranges().next().value?.[0] ?? 1}:${known.uids.last || "*"}`,
    modifiers: [atom("CHANGEDSINCE"), atom(since), ...(qresync ? [atom("VANISHED")] : [])],
  };
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
  const had = known.flags.find(({ key }) => key === flagsKey(entry.flags));
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

async function allFlags(client: ImapFlow): Promise<{ uids: UidSet; classes: ChangedMails[] }> {
  const classes = new FlagClasses();
  await fetchFlags(client, { ...ALL_FLAGS, onMail: (fetched) => classes.add(fetched) });
  return listed(classes);
}

const ALL_FLAGS = { command: "UID FETCH", range: "1:*" } as const;

function listed(classes: FlagClasses): { uids: UidSet; classes: ChangedMails[] } {
  const list = classes.list();
  return { uids: list.reduce((all, { uids }) => all.union(uids), UidSet.EMPTY), classes: list };
}

interface FlagsAsked {
  command: "FETCH" | "UID FETCH";
  range: string;
  modifiers?: Argument[];
  onMail: (fetched: FetchedFlags) => void;
}

/** Flags with their UIDs of mails; in a session with CONDSTORE their modseq as well. */
async function fetchFlags(
  client: ImapFlow,
  asked: FlagsAsked,
  onVanished: (uids: UidSet, earlier: boolean) => void = () => {},
): Promise<void> {
  const { command, missed } = flagsCommand(asked, onVanished);
  await rawCommand(client, command);
  const nameless = missed();
  if (nameless.size > 0)
    await fetchFlags(client, { command: "FETCH", range: nameless.toString(), onMail: asked.onMail });
}

/** `missed`: sequence numbers of mails that the server told of beside its answer, without their UID, and will not tell of again. */
function flagsCommand(
  { command, range, modifiers, onMail }: FlagsAsked,
  onVanished: (uids: UidSet, earlier: boolean) => void,
): { command: RawCommand; missed(): UidSet } {
  const nameless = new UidSetBuilder();
  return {
    missed: () => nameless.build(),
    command: {
      name: command,
      attributes: [sequence(range), [atom("UID"), atom("FLAGS")], ...(modifiers ? [modifiers] : [])],
      onRow(row) {
        const fetched = fetchedFlags(row);
        if (fetched.uid === undefined && fetched.flags) nameless.add(fetched.seq);
        else onMail(fetched);
      },
      handlers: {
        VANISHED: (said) => onVanished(UidSet.parse(vanishedUids(said)), Array.isArray(said.attributes?.[0])),
      },
    },
  };
}

/** A list that would come as a longer text is asked for only where the numbers do not tell. */
const MAX_LIST = 16_000;

/**
 * The questions that can leave with the opening of a folder, and what their answers come to; undefined where one had none, or one that
 * leaves something to ask.
 */
export function questionsAhead(
  client: ImapFlow,
  known: FolderState,
): { commands: RawCommand[]; answers(done: readonly boolean[]): AskedAhead } {
  const flags = new FlagClasses();
  const modseq = client.enabled.has("CONDSTORE") ? known.modseq : undefined;
  const asked = modseq === undefined ? ALL_FLAGS : changesOf(known, modseq, false);
  const { command, missed } = flagsCommand({ ...asked, onMail: (mail) => flags.add(mail) }, () => {});
  let all: UidSet | undefined;
  const listing: RawCommand = {
    name: "UID SEARCH",
    attributes: [atom("RETURN"), [atom("ALL")], atom("ALL")],
    handlers: {
      ESEARCH: ({ attributes = [] }) => {
        const at = attributes.findIndex((token) => tokenText(token)?.toUpperCase() === "ALL");
        // A folder without mails has no ALL in its answer.
        all = UidSet.parse(at < 0 ? "" : (tokenText(attributes[at + 1]) ?? ""));
      },
    },
  };
  // By mod-sequences nothing tells what is gone (QRESYNC is for the sessions of watches): the list of what is there does.
  const lists = modseq !== undefined && client.capabilities.has("ESEARCH") && known.uids.toString().length < MAX_LIST;
  return {
    commands: [command, ...(lists ? [listing] : [])],
    answers: ([flagsDone = false, listDone = false]) => ({
      ...(flagsDone && missed().size === 0 ? { flags } : {}),
      ...(listDone && all ? { all } : {}),
    }),
  };
}

/** Mails by their flags: as many entries as there are combinations, not as there are mails. */
export class FlagClasses {
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
