import type { SeededRandom } from "../../src/sample/index.js";

const NEAR_KEYS: Readonly<Record<string, string>> = {
  a: "zq",
  b: "vn",
  c: "xv",
  d: "sf",
  e: "zr",
  f: "dg",
  g: "fh",
  h: "gj",
  i: "uo",
  j: "hk",
  k: "jl",
  l: "km",
  m: "lp",
  n: "bh",
  o: "ip",
  p: "om",
  q: "sa",
  r: "et",
  s: "qd",
  t: "ry",
  u: "yi",
  v: "cb",
  w: "xs",
  x: "wc",
  y: "tu",
  z: "ae",
};

/** What sounds alike and is written otherwise. */
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/ph/i, "f"],
  [/f(?!f)/i, "ph"],
  [/eau/i, "o"],
  [/au(?!x)/i, "o"],
  [/o(?=t$)/i, "eau"],
  [/y/i, "i"],
  [/i(?=e)/i, "y"],
  [/qu/i, "k"],
  [/c(?=[aou])/i, "k"],
  [/ss/i, "s"],
  [/([aeiou])s([aeiou])/i, "$1z$2"],
  [/an(?=[cdgst])/i, "en"],
  [/en(?=[cdgst])/i, "an"],
  [/ain/i, "in"],
  [/th/i, "t"],
  [/t$/i, "d"],
  [/d$/i, "t"],
  [/(ll|nn|tt|rr|mm|pp)/i, "*"],
  [/([lnrt])(?=[aeiou])/i, "$1$1"],
  [/h/i, ""],
  [/e$/i, ""],
  [/ê|è|é|ë/i, "e"],
  [/er$/i, "é"],
  [/s$/i, ""],
  [/x$/i, ""],
  [/g(?=[ei])/i, "j"],
];

/** One slip of the fingers or of the ear, never at the first letter alone. */
export function slip(word: string, random: SeededRandom): string {
  if (random.chance(0.5)) {
    const heard = SOUNDS.filter(([sound]) => sound.test(word));
    const one = heard.length > 0 ? random.pick(heard) : undefined;
    if (one) {
      const [sound, other] = one;
      return word.replace(sound, (found, ...rest) =>
        other === "*" ? (found[0] ?? "") : other.replace(/\$(\d)/g, (_, at: string) => String(rest[Number(at) - 1])),
      );
    }
  }
  const at = 1 + random.whole(word.length - 1);
  const letter = word[at] ?? "";
  const kind = random.next();
  if (kind < 0.3) return word.slice(0, at) + word.slice(at + 1);
  if (kind < 0.5 && at + 1 < word.length) return word.slice(0, at) + (word[at + 1] ?? "") + letter + word.slice(at + 2);
  if (kind < 0.7) return word.slice(0, at) + letter + word.slice(at);
  const near = NEAR_KEYS[letter.toLowerCase()];
  return word.slice(0, at) + (near ? random.pick([...near]) : "e") + word.slice(at + 1);
}
