import type { TrustText } from "./types.js";

export const frenchTrust: TrustText = {
  inside: "dans l'espace de confiance",
  outside: "hors de l'espace de confiance",
  unknown: "absent de la liste blanche, qui est trop ancienne (ou manque) pour conclure",
  noList: (file) => `pas de liste blanche dans ${file} ; lancez « medimail trust whitelist update »`,
  outdated: (date) => `la liste blanche date du ${date} : elle ne permet plus de refuser un domaine`,
  updated: "Liste blanche mise à jour.",
  unchanged: "La liste blanche n'a pas changé.",
  domains: (count, date) => `${count} domaines${date === undefined ? "" : `, liste générée le ${date}`}.`,
};
