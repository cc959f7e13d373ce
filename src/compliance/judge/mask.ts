/** How health data appears in evidence: as it is, or as its form alone. */
export interface Masking {
  /** A name, a matricule, a subject, a file's name: `MOREL Élodie 12/05/1985` becomes `XXXXX Éxxxxx 99/99/9999`. */
  health(value: string, keep?: readonly string[]): string;
}

/**
 * Masked, a value keeps its form, so that what is wrong with it can still be seen: the order of a date, a name in lower case, an
 * accent. The same value always becomes the same text. Words of `keep` (a label of the terminology) stay.
 */
export function masking(mask: boolean): Masking {
  return { health: mask ? shape : (value) => value };
}

function shape(value: string, keep: readonly string[] = []): string {
  for (const kept of keep) {
    const at = kept === "" ? -1 : value.indexOf(kept);
    if (at < 0) continue;
    return shape(value.slice(0, at), keep) + kept + shape(value.slice(at + kept.length), keep);
  }
  return value
    .replace(/\p{Lu}/gu, (char) => (char <= "Z" ? "X" : "É"))
    .replace(/\p{Ll}/gu, (char) => (char <= "z" ? "x" : "é"))
    .replace(/\d/g, "9");
}
