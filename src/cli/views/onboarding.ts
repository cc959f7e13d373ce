import type { Solution, SolutionAdvice, SolutionSheet } from "../../onboarding/index.js";
import type { Style } from "../style.js";
import type { Text } from "../text/index.js";
import { table } from "./cda.js";

/** The solutions, best first, each with what speaks for and against it. */
export function adviceText(
  advice: readonly SolutionAdvice[],
  sheets: Readonly<Record<Solution, SolutionSheet>>,
  { lang, onboarding: words }: Text,
  style: Style,
): string {
  return advice
    .map(({ solution, score, ...reasons }, index) => {
      const sheet = sheets[solution];
      const head = `${index + 1}. ${style.bold(sheet.title[lang])} ${style.dim(`${solution}, ${score}`)}`;
      return [
        head,
        ...reasons.for.map((reason) => `   ${style.green("+")} ${reason[lang]}`),
        ...reasons.against.map((reason) => `   ${style.red("-")} ${reason[lang]}`),
        ...table(
          [
            [words.use, sheet.use[lang]],
            [words.advantage, sheet.advantage[lang]],
            [words.constraint, sheet.constraint[lang]],
            [words.authentication, sheet.authentication[lang]],
            [words.cost, sheet.cost[lang]],
          ],
          style,
          "   ",
        ),
      ].join("\n");
    })
    .join("\n");
}
