import { createHash } from "node:crypto";
import { UidSet } from "./uid-set.js";

/** What is known of a folder: enough to ask the server what has changed since, in a few bytes. Never changes. */
export interface FolderState {
  /** UIDs mean something only within it; decimal. */
  uidValidity: string;
  /** Every mail of this UID or above is new. */
  uidNext: number;
  /** All changes up to it are told (RFC 7162); decimal. Absent where the server has no CONDSTORE. */
  modseq?: string;
  uids: UidSet;
  /** Changes above `modseq` that are told already: who answers with them again is not heard twice. */
  told: readonly { modseq: string; uids: UidSet }[];
  /** Without `modseq`: the mails by their flags, which are hashed, for a keyword may be any text. */
  flags: readonly { key: string; uids: UidSet }[];
  /** The folder was made anew when UIDs were below it: its mails may have been told under other UIDs. */
  anewBelow?: number;
}

export function emptyState(uidValidity: string, modseq?: string): FolderState {
  return {
    uidValidity,
    uidNext: 1,
    uids: UidSet.EMPTY,
    told: [],
    flags: [],
    ...(modseq === undefined ? {} : { modseq }),
  };
}

/** Flags as a key that is the same for the same flags, in any order and case. */
export function flagsKey(flags: Iterable<string>): string {
  const known = [...new Set([...flags].map((flag) => flag.toLowerCase()))].filter((flag) => flag !== "\\recent").sort();
  return createHash("sha256").update(known.join("\n")).digest("base64url").slice(0, 10);
}

export function withoutMail(state: FolderState, uid: number): FolderState {
  const out = <T extends { uids: UidSet }>(entries: readonly T[]): T[] =>
    entries.flatMap((entry) => {
      const uids = entry.uids.without(uid);
      return uids.size === 0 ? [] : [{ ...entry, uids }];
    });
  return { ...state, uids: state.uids.without(uid), told: out(state.told), flags: out(state.flags) };
}

/** The mail is known, with these flags; `modseq` is that of its last change. */
export function withMail(
  state: FolderState,
  uid: number,
  flags: Iterable<string>,
  modseq: string | undefined,
): FolderState {
  const next: FolderState = { ...state, uids: state.uids.with(uid), uidNext: Math.max(state.uidNext, uid + 1) };
  if (state.modseq === undefined) return { ...next, flags: moved(state.flags, "key", flagsKey(flags), uid) };
  if (modseq === undefined || BigInt(modseq) <= BigInt(state.modseq)) return next;
  return { ...next, told: moved(state.told, "modseq", modseq, uid) };
}

/** All changes up to `modseq` are told. */
export function withModseq(state: FolderState, modseq: string | undefined): FolderState {
  if (modseq === undefined) return state;
  const most = BigInt(modseq);
  return { ...state, modseq, told: state.told.filter((entry) => BigInt(entry.modseq) > most), flags: [] };
}

function moved<K extends "key" | "modseq", T extends { uids: UidSet } & Record<K, string>>(
  entries: readonly T[],
  by: K,
  value: string,
  uid: number,
): T[] {
  const next: T[] = [];
  let placed = false;
  for (const entry of entries) {
    const here = entry[by] === value;
    placed ||= here;
    const uids = here ? entry.uids.with(uid) : entry.uids.without(uid);
    if (uids.size > 0) next.push(uids === entry.uids ? entry : { ...entry, uids });
  }
  if (!placed) next.push({ [by]: value, uids: UidSet.range(uid, uid) } as unknown as T);
  return next;
}

/** As short JSON: numbers and hashes only. */
export function packState({ uidValidity, uidNext, modseq, uids, told, flags, anewBelow }: FolderState): unknown[] {
  return [
    uidValidity,
    uidNext,
    modseq ?? null,
    uids.toString(),
    told.map((entry) => [entry.modseq, entry.uids.toString()]),
    flags.map((entry) => [entry.key, entry.uids.toString()]),
    anewBelow ?? 0,
  ];
}

/** Undefined for what {@link packState} never made. */
export function unpackState(packed: unknown): FolderState | undefined {
  if (!Array.isArray(packed) || packed.length !== 7) return undefined;
  const [uidValidity, uidNext, modseq, uids, told, flags, anewBelow] = packed as unknown[];
  const toldPairs = pairs(told, /^\d{1,20}$/);
  const flagPairs = pairs(flags, /^[\w-]{10}$/);
  if (typeof uidValidity !== "string" || !/^\d{1,20}$/.test(uidValidity)) return undefined;
  if (typeof uidNext !== "number" || !Number.isInteger(uidNext) || uidNext < 1) return undefined;
  if (modseq !== null && !(typeof modseq === "string" && /^\d{1,20}$/.test(modseq))) return undefined;
  if (typeof anewBelow !== "number" || !Number.isInteger(anewBelow)) return undefined;
  if (typeof uids !== "string" || !toldPairs || !flagPairs) return undefined;
  return {
    uidValidity,
    uidNext,
    uids: UidSet.parse(uids),
    told: toldPairs.map(([value, set]) => ({ modseq: value, uids: set })),
    flags: flagPairs.map(([key, set]) => ({ key, uids: set })),
    ...(modseq === null ? {} : { modseq }),
    ...(anewBelow > 0 ? { anewBelow } : {}),
  };
}

function pairs(value: unknown, pattern: RegExp): [string, UidSet][] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found: [string, UidSet][] = [];
  for (const pair of value as unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    const [name, uids] = pair as unknown[];
    if (typeof name !== "string" || !pattern.test(name) || typeof uids !== "string") return undefined;
    found.push([name, UidSet.parse(uids)]);
  }
  return found;
}
