/** Damerau-Levenshtein distance (optimal alignment): insertions, deletions, substitutions, swaps of neighbours. Case is ignored. */
export function editDistance(a: string, b: string): number {
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}

/**
 * The known word that was most likely meant, or undefined where none is near: at most a third of the letters may differ
 * (two for short words), or one is the start of the other.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // A hostile key of a megabyte would cost a quadratic comparison, and no known word is that long.
  if (word.length > 64) return undefined;
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    if (!best || distance < best.distance) best = { word: candidate, distance };
  }
  if (!best) return undefined;
  const allowed = Math.max(2, Math.floor(Math.max(word.length, best.word.length) / 3));
  if (best.distance <= allowed && best.distance < Math.max(word.length, 2)) return best.word;
  const start = word.toLowerCase();
  return start.length < 3
    ? undefined
    : known.find((k) => k.toLowerCase().startsWith(start) || start.startsWith(k.toLowerCase()));
}
