// Kept by hand from the public ANS code list named below.
export const source = "ANS NOS value set JDV_J06 (classes of documents), dated 2023-09-22";
export const version = "2023-09-22";
export const codeSystem = "1.2.250.1.213.1.1.4.1";
export const rows: readonly (readonly [code: string, display: string])[] = [
  ["10", "Compte rendu"],
  ["11", "Synthèse"],
  ["31", "Imagerie médicale"],
  ["42", "Prescription"],
  ["43", "Dispensation"],
  ["44", "Plan de soins, protocole de soins"],
  ["45", "Traitement administré"],
  ["52", "Certificat, déclaration"],
  ["60", "Données de remboursement"],
  ["90", "Autres documents déposés par le patient"],
  ["95", "Document de gestion"],
  ["99", "Document technique"],
  ["urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", "Digital Signature"],
];
