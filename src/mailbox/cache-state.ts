import type { KeptFolder } from "../storage/index.js";
import {
  type FolderNews,
  type FolderState,
  packState,
  UidSet,
  unpackState,
  withModseq,
} from "../transport/imap/index.js";

/** What is known of a folder before the server is asked. */
export interface Known {
  state: FolderState;
  /** Whether every mail of the folder was kept when it was last looked at. */
  complete: boolean;
}

/** Whether what is kept of a mail still holds. */
export const isAsItWas = (uid: number, { reset, gone, changed }: FolderNews): boolean =>
  !reset && !gone.has(uid) && !changed.some(({ uids }) => uids.has(uid));

/** What is known of a folder, by what is kept of it; undefined where that is nothing of ours. */
export function stateOf({ state: text, mails }: KeptFolder): Known | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const [packedState, there] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  const known = unpackState(packedState);
  if (!known) return undefined;
  const uids = UidSet.ofNumbers(...mails.map((some) => some.uids));
  // Where mod-sequences tell what changed, nobody asks which flags a mail had.
  const flags =
    known.modseq === undefined
      ? mails.map(({ flagsKey: key, uids: some }) => ({ key, uids: UidSet.ofNumbers(some) }))
      : [];
  return { state: { ...known, uids, flags }, complete: uids.size === there };
}

/** Which mails are kept and what their flags are is in the rows; `there`, how many there were, tells whether these are all. */
export function packed(state: FolderState, there: number): string {
  return JSON.stringify([packState({ ...state, uids: UidSet.EMPTY, flags: [], told: [] }), there]);
}

export function after(
  before: FolderState,
  { reset, gone, fresh, base, modseq }: FolderNews,
): { all: UidSet; state: FolderState } {
  const uids = reset ? UidSet.EMPTY : before.uids.minus(gone);
  const all = uids.union(fresh);
  const state = withModseq({ ...base, uids, told: [] }, modseq);
  return { all, state: { ...state, uidNext: Math.max(state.uidNext, all.last + 1) } };
}

export function sameState(before: FolderState, now: FolderState, { reset, gone, changed }: FolderNews): boolean {
  return (
    !reset && gone.size === 0 && changed.length === 0 && before.modseq === now.modseq && before.uidNext === now.uidNext
  );
}
