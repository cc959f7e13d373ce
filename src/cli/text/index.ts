import { en } from "./en.js";
import { fr } from "./fr.js";
import type { Lang, Text } from "./types.js";

export type { DemoText, Lang, Text } from "./types.js";

/** French is the language of the people who use it; English is asked for. */
export function textFor(lang: Lang): Text {
  return lang === "en" ? en : fr;
}
