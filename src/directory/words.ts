const LIGATURES: Readonly<Record<string, string>> = {
  œ: "oe",
  æ: "ae",
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
};

/**
 * A text as it is compared: lower case, without accents, ligatures opened, initials with dots joined (`C.H.U.` is `chu`), anything but letters
 * and digits one space.
 */
export function fold(text: string): string {
  // Most of a directory is plain capitals.
  const plain = ASCII.test(text)
    ? text.toLowerCase()
    : text
        .normalize("NFD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/[œæßøłđðþ]/g, (letter) => LIGATURES[letter] ?? letter);
  return WORDS.test(plain)
    ? plain
    : plain
        .replace(/\b([a-z])\.(?=[a-z]\b)/g, "$1")
        .replace(/[^a-z0-9]+/g, " ")
        .trim();
}

const ASCII = /^[\0-\x7f]*$/;
const WORDS = /^[a-z0-9]*$/;

/** Words between or before names that a person leaves out, or writes joined to the next. */
const PARTICLES: ReadonlySet<string> = new Set(
  "a al da de del della den der des di do dos du d el en et la le les l ter van von zu y".split(" "),
);
const STOP: ReadonlySet<string> = new Set(
  "a au aux d dans de des du en et l la le les pour sous sur un une".split(" "),
);
const ABBREVIATIONS: Readonly<Record<string, string>> = { st: "saint", ste: "sainte", sts: "saints", stes: "saintes" };

export const isParticle = (word: string): boolean => PARTICLES.has(word);
export const isStop = (word: string): boolean => STOP.has(word);

/** `st` of a town or a structure is `saint`. */
export const unabbreviated = (word: string): string => ABBREVIATIONS[word] ?? word;

/**
 * The words under which a name is found: each but the particles, two neighbours joined (`legall`, `jeanpierre`), all joined.
 * A name of particles only (`Le`) keeps them.
 */
export function nameWords(name: string): string[] {
  return withJoined(fold(name).split(" ").filter(Boolean), isParticle);
}

/** The words of a name as they stand, without particles unless there is nothing else. */
export function plainWords(name: string): string[] {
  const parts = fold(name).split(" ").filter(Boolean);
  const kept = parts.filter((part) => !isParticle(part));
  return kept.length > 0 ? kept : parts;
}

/** Those of a town, without its CEDEX and the number of an arrondissement. */
export function townWords(town: string): string[] {
  const plain = fold(town)
    .replace(/ cedex.*$/, "")
    .split(" ")
    .filter((word) => !/^\d+(er?|e|eme)?$/.test(word))
    .map(unabbreviated);
  return withJoined(plain.filter(Boolean), isStop);
}

function withJoined(parts: readonly string[], isSmall: (word: string) => boolean): string[] {
  const found = new Set(parts.filter((part) => !isSmall(part) && part.length > 1));
  if (found.size === 0) for (const part of parts) found.add(part);
  for (let at = 1; at < parts.length; at++) found.add(`${parts[at - 1]}${parts[at]}`);
  if (parts.length > 2 && parts.length < 6) found.add(parts.join(""));
  return [...found];
}

/** The words of a structure's or a service's name, and those with a hyphen joined as well (`claudebernard`). */
export function structureWords(...texts: readonly (string | undefined)[]): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    if (!text) continue;
    for (const word of fold(text).split(" ")) if (word.length > 1 && !isStop(word)) found.add(unabbreviated(word));
    if (text.includes("-"))
      for (const joined of text.match(/[\p{L}\d]+(?:-[\p{L}\d]+)+/gu) ?? []) found.add(fold(joined).replace(/ /g, ""));
  }
  return [...found];
}
