import type { DirectoryText } from "./directory-types.js";

const number = (value: number) => value.toLocaleString("fr-FR");

export const frenchDirectory: DirectoryText = {
  asOf: (date, entries) => `Annuaire du ${date}, ${number(entries)} entrées`,
  old: (days) =>
    `l'annuaire a ${number(days)} jours ; l'ANS le publie chaque jour (medimail directory update, ou medimail directory import FICHIER)`,
  none: "Aucun résultat.",
  red: "liste rouge",
  progress: (stage, lines, percent) =>
    stage === "finishing"
      ? "Construction de l'index…"
      : `Lecture${percent === undefined ? "" : ` ${percent} %`}, ${number(lines)} lignes`,
  resumed: (lines) => `Reprise après ${number(lines)} lignes déjà lues`,
  imported: (entries, index) => `${number(entries)} entrées dans ${index}`,
  duplicates: (count) => `${number(count)} lignes en double fusionnées`,
  malformed: (count) => `${number(count)} lignes incorrectes, ignorées`,
  line: (line, reason) => `ligne ${line} : ${reason}`,
  faults: {
    columns: "nombre de colonnes",
    charset: "n'est pas en UTF-8",
    type: "type de boîte inconnu",
    address: "adresse incorrecte",
    name: "ni nom ni structure",
  },
  delta: (added, gone, changed) =>
    `Depuis l'import précédent : ${number(added)} nouvelles, ${number(gone)} disparues, ${number(changed)} modifiées`,
  kinds: { added: "nouvelle", gone: "disparue", changed: "modifiée" },
  upToDate: "L'annuaire est à jour.",
  written: (lines, file) => `${number(lines)} lignes fictives dans ${file}`,
};
