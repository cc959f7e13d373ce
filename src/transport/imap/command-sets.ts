import { UidSet } from "./uid-set.js";

/** Characters of a set in one command: servers take lines of 8 000 octets, some no more (RFC 7162 §4). */
const MAX_SET = 4_000;

/** UIDs as sets for commands (`1:3,7`), each short enough for a line. In rising order, each UID once. */
export function uidSets(uids: readonly number[]): { set: string; uids: number[] }[] {
  const sets: { set: string; uids: number[] }[] = [];
  for (const [first, last] of UidSet.of(uids).ranges()) {
    const range = UidSet.range(first, last);
    const text = range.toString();
    const open = sets.at(-1);
    if (open && open.set.length + 1 + text.length <= MAX_SET) {
      open.set += `,${text}`;
      for (const uid of range) open.uids.push(uid);
    } else sets.push({ set: text, uids: [...range] });
  }
  return sets;
}
