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
  checks: {
    chain: "remonte à une autorité de confiance",
    validity: "dates de validité",
    authority: "les émetteurs sont des autorités",
    "path-length": "longueur de la chaîne",
    "key-usage": "usage de la clé",
    "extended-key-usage": "usage du certificat",
    "name-constraints": "noms permis par les autorités",
    "critical-extensions": "extensions critiques connues",
    algorithm: "signature et clé assez fortes",
    range: "gamme Élémentaire Organisations",
    environment: "test et production séparés",
    name: "nom du serveur",
    revocation: "révocation (CRL, OCSP)",
  },
  issuedBy: "émis par",
  validFrom: (from, to, days) =>
    `valide du ${from} au ${to}${days < 0 ? `, expiré depuis ${-days} jours` : `, encore ${days} jours`}`,
  accepted: "Certificat accepté.",
  refused: "Certificat refusé.",
};
