const SPECIAL = /[&<>"']/g;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text, or the value of an attribute between double quotes: nothing of it can be markup. */
export const escapeHtml = (text: string): string => text.replace(SPECIAL, (character) => ENTITIES[character] as string);
