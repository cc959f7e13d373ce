/** Which language a person reads. French is the language of those who connect an establishment. */
export type Lang = "fr" | "en";

/** A text in both languages, in words of ours. */
export interface Bilingual {
  readonly fr: string;
  readonly en: string;
}

export const say = (fr: string, en: string): Bilingual => ({ fr, en });

/** A day as it is read: `31/01/2026` in French; what is no day stays. */
export const dayIn = (day: string, lang: Lang): string =>
  lang === "fr" ? day.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1") : day;
