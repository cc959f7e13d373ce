// What the page says: French first, English on demand. test/console/texts.test.ts joins the two, and what the modules ask for.
import { h } from "./dom.js";
import { EN } from "./words-en.js";
import { FR } from "./words-fr.js";

const KEY = "medimail-mock-lang";
/** @type {"fr" | "en"} */
let chosen = sessionStorage.getItem(KEY) === "en" ? "en" : "fr";

export const language = () => chosen;

/** @param {string} lang */
export function setLanguage(lang) {
  chosen = lang === "en" ? "en" : "fr";
  sessionStorage.setItem(KEY, chosen);
}

/**
 * @param {string} key
 * @param {string | number} [value] stands in the place of `{}`
 * @returns {string}
 */
export function t(key, value) {
  const text = /** @type {Record<string, string>} */ (chosen === "fr" ? FR : EN)[key];
  if (text === undefined) throw new Error(`no text ${key}`);
  const shown = chosen === "fr" ? text.replace(/ (?=[:;?!»])/g, "\u00a0").replace(/« /g, "«\u00a0") : text;
  return value === undefined ? shown : shown.replace("{}", () => String(value));
}

/** @param {number} bytes */
export function size(bytes) {
  const units = chosen === "fr" ? ["octets", "ko", "Mo"] : ["bytes", "kB", "MB"];
  const [value, unit] = bytes < 1000 ? [bytes, 0] : bytes < 1_000_000 ? [bytes / 1000, 1] : [bytes / 1_000_000, 2];
  return `${value.toLocaleString(chosen, { maximumFractionDigits: 1 })} ${units[unit]}`;
}

/** @param {string} iso */
export function when(iso) {
  return new Date(iso).toLocaleString(chosen === "fr" ? "fr-FR" : "en-GB");
}

/** Says something at the bottom of the page, to who reads with a screen reader too. @param {unknown} what */
export function say(what) {
  const text = what instanceof Error ? what.message : String(what);
  const line = h("p", {}, text);
  document.getElementById("status")?.append(line);
  setTimeout(() => line.remove(), 8000);
}

/**
 * Does something, and says that it is done, or why it is not.
 *
 * @param {() => Promise<unknown>} work
 * @param {string} [after]
 */
export async function done(work, after) {
  try {
    await work();
    if (after !== undefined) say(after);
  } catch (error) {
    say(error);
  }
}
