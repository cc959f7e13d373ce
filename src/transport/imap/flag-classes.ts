import type { ImapFlow } from "imapflow";
import type { FolderState } from "./folder-state.js";
import { checkCount } from "./folders.js";
import {
  type Argument,
  atom,
  type FetchedFlags,
  fetchedFlags,
  type RawCommand,
  rawCommand,
  sequence,
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

/** Characters of all combinations, and mails told of twice, of one answer: more is no folder's. */
const MAX_KEYS = 32 * 1024 * 1024;
const MAX_AGAIN = 1_000_000;

/** Mails by their flags: as many entries as there are combinations, not as there are mails. */
export class FlagClasses {
  readonly #byKey = new Map<string, { flags: string[]; modseq?: string; uids: UidSetBuilder }>();
  /** A server may tell of a mail twice in one answer, and its last word holds. */
  readonly #again = new Map<number, string>();
  #last = 0;
  #keys = 0;

  /** @throws imap_failed where a server tells without end */
  add({ uid, flags, modseq }: FetchedFlags): void {
    if (uid === undefined || flags === undefined) return;
    const own = flags.filter((flag) => flag.toLowerCase() !== "\\recent").sort();
    const key = `${modseq ?? ""} ${own.join(" ")}`;
    if (!this.#byKey.has(key)) {
      this.#keys += key.length;
      this.#byKey.set(key, { flags: own, uids: new UidSetBuilder(), ...(modseq === undefined ? {} : { modseq }) });
    }
    if (this.#keys > MAX_KEYS || this.#again.size > MAX_AGAIN)
      throw failed("the server tells more flags than a folder has");
    // Answers come ascending, as a rule.
    if (uid > this.#last) this.#byKey.get(key)?.uids.add(uid);
    else this.#again.set(uid, key);
    this.#last = Math.max(this.#last, uid);
  }

  /** @param among only mails that are known */
  list(among?: UidSet): ChangedMails[] {
    const again = UidSet.of([...this.#again.keys()].sort((a, b) => a - b));
    const repeated = new Map<string, number[]>();
    for (const [uid, key] of this.#again) {
      const uids = repeated.get(key);
      if (uids) uids.push(uid);
      else repeated.set(key, [uid]);
    }
    return [...this.#byKey].flatMap(([key, { flags, modseq, uids }]) => {
      const all = uids
        .build()
        .minus(again)
        .union(UidSet.of(repeated.get(key) ?? []));
      const known = among ? all.intersection(among) : all;
      return known.size === 0 ? [] : [{ flags, uids: known, ...(modseq === undefined ? {} : { modseq }) }];
    });
  }
}

export async function allFlags(client: ImapFlow): Promise<{ uids: UidSet; classes: ChangedMails[] }> {
  const classes = new FlagClasses();
  await fetchFlags(client, { ...ALL_FLAGS, onMail: (fetched) => classes.add(fetched) });
  return listed(classes);
}

export const ALL_FLAGS = { command: "UID FETCH", range: "1:*" } as const;

export function listed(classes: FlagClasses): { uids: UidSet; classes: ChangedMails[] } {
  const list = classes.list();
  return { uids: UidSet.ofRanges(list.flatMap(({ uids }) => [...uids.ranges()])), classes: list };
}

interface FlagsAsked {
  command: "FETCH" | "UID FETCH";
  range: string;
  modifiers?: Argument[];
  onMail: (fetched: FetchedFlags) => void;
}

/** Flags with their UIDs of mails; in a session with CONDSTORE their modseq as well. */
export async function fetchFlags(
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
export function flagsCommand(
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

/** The question for the known mails that changed since. */
export function changesOf(
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

/** @throws imap_failed where a server lists more than any folder has */
export function listedUids(set: string): UidSet {
  const uids = UidSet.parse(set);
  checkCount(uids.size);
  return uids;
}

/** UIDs of the folder, as ranges where the server answers so (ESEARCH). */
export async function searched(client: ImapFlow, what: "ALL" | `${number}:*`): Promise<UidSet> {
  const found = await client.search(what === "ALL" ? { all: true } : { uid: what }, {
    uid: true,
    returnOptions: ["ALL"],
  });
  if (found === false || found === undefined) throw failed("the server refuses to list the mails of a folder");
  const uids = Array.isArray(found) ? UidSet.of([...found].sort((a, b) => a - b)) : listedUids(found.all ?? "");
  // `n:*` names the last mail even where its UID is under n (RFC 9051 §9, seq-range).
  return what === "ALL" ? uids : uids.intersection(UidSet.range(Number.parseInt(what, 10), MAX_UID));
}
