/** An English detail with its places (`{host}`), and the French one; `{+why}` there is a place whose content is translated too. */
export type Rows = readonly (readonly [english: string, french: string])[];

const PLACE = /\{\+?([a-z]\w*)\}/;

interface Phrase {
  english: RegExp;
  /** What stands between the places: looked for first, since most lines have none of it. */
  literals: readonly string[];
  names: readonly string[];
  french: string;
}

/** Finds the French of lines. What fits two phrases has that of the one that says more by itself. */
export class Phrases {
  readonly #exact = new Map<string, string>();
  readonly #phrases: readonly Phrase[];

  constructor(rows: Rows) {
    const phrases: (Phrase & { weight: number })[] = [];
    for (const [english, french] of rows) {
      if (!PLACE.test(english)) {
        this.#exact.set(english, french);
        continue;
      }
      // Texts at even places, names at odd ones.
      const parts = english.split(PLACE);
      const literals = parts.filter((_part, index) => index % 2 === 0);
      phrases.push({
        english: new RegExp(`^${literals.map(literally).join("(.*?)")}$`),
        literals: literals.filter((literal) => literal !== ""),
        names: parts.filter((_part, index) => index % 2 === 1),
        french,
        weight: literals.join("").length,
      });
    }
    this.#phrases = phrases.sort((a, b) => b.weight - a.weight);
  }

  /** The French of a line, or undefined where it is not known. `inner` gives that of what stands in a translated place. */
  find(line: string, inner: (part: string) => string): string | undefined {
    const exact = this.#exact.get(line);
    if (exact !== undefined) return exact;
    for (const { english, literals, names, french } of this.#phrases) {
      if (!literals.every((literal) => line.includes(literal))) continue;
      const found = english.exec(line);
      if (!found) continue;
      return french.replaceAll(new RegExp(PLACE, "g"), (place, name: string) => {
        const content = found[names.indexOf(name) + 1] ?? "";
        return place.startsWith("{+") ? inner(content) : content;
      });
    }
    return undefined;
  }
}

const literally = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
