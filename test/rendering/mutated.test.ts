import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { renderHtml } from "../../src/rendering/index.js";
import { byClass, type Element, narrative, textOf } from "./kit.js";
import { pdfFrom } from "./pdf-kit.js";

/** The same numbers for the same seed. */
function dice(seed: number) {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)] as T };
}

const WRAPS = [
  ["<list><item>", "</item></list>"],
  ["<table><tbody><tr><td>", "</td></tr></tbody></table>"],
  ["<content>", "</content>"],
  ["<paragraph>", "</paragraph>"],
  ["<footnote>", "</footnote>"],
  ["<unknown>", "</unknown>"],
  ["<constructor>", "</constructor>"],
] as const;
const ATTRIBUTES = [
  'colspan="99999"',
  'colspan="-1"',
  'rowspan="99999"',
  'rowspan="x"',
  'styleCode="__proto__ xYz Bold"',
  'styleCode="Lrule Rrule Toprule Botrule LittleRoman"',
  'ID=""',
  'ID="same"',
  'revised="delete"',
  'align="char"',
] as const;
const EMPTY = [
  '<renderMultiMedia referencedObject="none other"/>',
  "<renderMultiMedia/>",
  '<footnoteRef IDREF="none"/>',
  '<linkHtml href="../dossier/fichier.pdf"/>',
  "<br/>",
  "<table/>",
  "<list/>",
  "<tr/>",
] as const;

/** A narrative of lying tables, misplaced and unknown elements, and its words: `m0`, `m1`… */
function lying(seed: number): { text: string; words: string[] } {
  const { below, pick } = dice(seed);
  const words: string[] = [];
  const word = (): string => {
    const next = `m${words.length}`;
    words.push(next);
    return below(30) === 0 ? `${next} ${"µg/L ≥ ".repeat(below(400))}` : next;
  };
  const element = (name: string, depth: number): string =>
    `<${name}${below(2) ? ` ${pick(ATTRIBUTES)}` : ""}>${inside(depth)}</${name}>`;
  const names = "paragraph content list item table thead tbody tfoot tr td th caption footnote sub linkHtml p".split(
    " ",
  );
  const inside = (depth: number): string => {
    let xml = word();
    for (let left = below(4); left > 0 && depth < 7; left--)
      xml += ` ${below(4) ? element(pick(names), depth + 1) : pick(EMPTY)} ${word()}`;
    return xml;
  };
  const [open, close] = pick(WRAPS);
  const times = pick([0, 1, 26, 40]);
  return { text: `${open.repeat(times)}${inside(0)} ${inside(0)}${close.repeat(times)}`, words };
}

describe("a narrative that lies", () => {
  const SEEDS = 400;

  it(`is shown with all of its words, ${SEEDS} times`, () => {
    let told = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { text, words } = lying(seed);
      const { html, problems } = renderHtml(narrative(text));
      const shown = new Set(textOf(byClass(html, "cda-body")[0] as Element).match(/m\d+/g));
      expect(
        words.filter((one) => !shown.has(one)),
        `seed ${seed}`,
      ).toEqual([]);
      if (problems.length > 0) told++;
    }
    expect(told).toBeGreaterThan(SEEDS / 2);
  });

  it("becomes a PDF, or is refused with a code, and nothing else", { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const outcome = await pdfFrom(narrative(lying(seed).text), { limits: { maxMs: 20_000 } }).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) expect(isMedimailError(outcome), `seed ${seed}: ${outcome.message}`).toBe(true);
      else expect(outcome).toMatchObject({ origin: "made", pdfA1: true });
    }
  });
});
