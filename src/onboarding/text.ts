/** Which language a person reads. French is the language of those who connect an establishment. */
export type Lang = "fr" | "en";

/** A text in both languages, in words of ours. */
export interface Bilingual {
  readonly fr: string;
  readonly en: string;
}

export const say = (fr: string, en: string): Bilingual => ({ fr, en });
