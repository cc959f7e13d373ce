/** Characters of a set in one command: servers take lines of 8 000 octets, some no more (RFC 7162 §4). */
const MAX_SET = 4_000;

/** UIDs as sets for commands (`1:3,7`), each short enough for a line. In rising order, each UID once. */
export function uidSets(uids: readonly number[]): { set: string; uids: number[] }[] {
  const sorted = [...new Set(uids)].sort((a, b) => a - b);
  const sets: { set: string; uids: number[] }[] = [];
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at] as number;
    let end = at;
    while (sorted[end + 1] === (sorted[end] as number) + 1) end += 1;
    const run = sorted.slice(at, end + 1);
    const range = run.length === 1 ? String(first) : `${first}:${sorted[end]}`;
    const last = sets.at(-1);
    if (last && last.set.length + 1 + range.length <= MAX_SET) {
      last.set += `,${range}`;
      last.uids.push(...run);
    } else sets.push({ set: range, uids: run });
    at = end + 1;
  }
  return sets;
}
