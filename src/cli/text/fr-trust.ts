import type { TrustText } from "./types.js";

export const frenchTrust: TrustText = {
  inside: "dans l'espace de confiance",
  outside: "hors de l'espace de confiance",
  unknown: "absent de la liste blanche, qui est trop ancienne (ou manquante) pour conclure",
  noList: (file) => `aucune liste blanche dans ${file} ; lancez « medimail trust whitelist update »`,
  outdated: (date) => `la liste blanche date du ${date} : elle ne permet plus de refuser un domaine`,
  updated: "Liste blanche mise à jour.",
  unchanged: "La liste blanche n'a pas changé.",
  domains: (count, date) => `${count} domaines${date === undefined ? "" : `, liste générée le ${date}`}.`,
  checks: {
    chain: "chaîne jusqu'à une autorité de confiance",
    validity: "dates de validité",
    authority: "émetteurs habilités comme autorités",
    "path-length": "longueur de la chaîne",
    "key-usage": "usage de la clé",
    "extended-key-usage": "usage du certificat",
    "name-constraints": "noms permis par les autorités",
    "critical-extensions": "extensions critiques connues",
    algorithm: "signature et clé suffisamment robustes",
    range: "gamme Élémentaire Organisations",
    environment: "test et production non mélangés",
    name: "nom du serveur",
    revocation: "révocation (CRL, OCSP)",
  },
  issuedBy: "émis par",
  validFrom: (from, to, days) =>
    `valide du ${from} au ${to}${days < 0 ? `, expiré depuis ${-days} jour${days < -1 ? "s" : ""}` : `, encore ${days} jour${days > 1 ? "s" : ""}`}`,
  accepted: "Certificat accepté.",
  refused: "Certificat refusé.",
};
