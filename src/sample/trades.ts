export interface Trade {
  code: string;
  label: string;
  specialty?: { code: string; label: string };
  /** Among PER mailboxes, in parts of the whole. */
  share: number;
  /** Share of women. */
  women: number;
}

const DOCTOR = { code: "10", label: "Médecin", women: 0.48 };
const SPECIALTIES: readonly (readonly [code: string, label: string, share: number])[] = [
  ["SM54", "Médecine Générale", 60],
  ["SM26", "Qualifié en Médecine Générale", 40],
  ["SM53", "Spécialiste en Médecine Générale", 60],
  ["SM02", "Anesthésie-réanimation", 13],
  ["SM03", "Biologie médicale", 4],
  ["SM01", "Anatomie et cytologie pathologiques", 2],
  ["SM04", "Cardiologie et maladies vasculaires", 10],
  ["SM05", "Chirurgie générale", 4],
  ["SM08", "Chirurgie maxillo-faciale", 1],
  ["SM09", "Chirurgie orthopédique et traumatologie", 5],
  ["SM11", "Chirurgie urologique", 2],
  ["SM12", "Chirurgie vasculaire", 1],
  ["SM13", "Chirurgie viscérale et digestive", 2],
  ["SM15", "Dermatologie et vénéréologie", 6],
  ["SM17", "Endocrinologie-diabétologie-nutrition", 3],
  ["SM24", "Gastro-entérologie et hépatologie", 6],
  ["SM18", "Gériatrie", 4],
  ["SM19", "Gynécologie médicale", 4],
  ["SM20", "Gynécologie-obstétrique", 8],
  ["SM22", "Hématologie", 2],
  ["SM25", "Génétique médicale", 1],
  ["SM27", "Médecine interne", 4],
  ["SM30", "Médecine physique et réadaptation", 3],
  ["SM28", "Médecine du travail", 6],
  ["SM31", "Médecine d'urgence", 6],
  ["SM32", "Néphrologie", 3],
  ["SM33", "Neurologie", 5],
  ["SM34", "Neurochirurgie", 1],
  ["SM35", "Oncologie médicale", 3],
  ["SM37", "Oncologie radiothérapique", 1],
  ["SM38", "Ophtalmologie", 9],
  ["SM39", "O.R.L et chirurgie cervico faciale", 5],
  ["SM40", "Pédiatrie", 12],
  ["SM41", "Pneumologie", 5],
  ["SM42", "Psychiatrie", 18],
  ["SM43", "Psychiatrie de l'enfant et de l'adolescent", 3],
  ["SM44", "Radio-diagnostic", 12],
  ["SM48", "Rhumatologie", 4],
  ["SM50", "Santé publique et médecine sociale", 3],
];

/** Codes and labels look like those of the national tables; this is a sample, not a terminology. */
export const TRADES: readonly Trade[] = [
  ...SPECIALTIES.map(([code, label, share]) => ({ ...DOCTOR, specialty: { code, label }, share: share * 1.05 })),
  { code: "21", label: "Pharmacien", share: 70, women: 0.67 },
  { code: "40", label: "Chirurgien-Dentiste", share: 60, women: 0.48 },
  { code: "50", label: "Sage-Femme", share: 30, women: 0.97 },
  { code: "60", label: "Infirmier", share: 210, women: 0.85 },
  { code: "70", label: "Masseur-Kinésithérapeute", share: 120, women: 0.52 },
  { code: "80", label: "Pédicure-Podologue", share: 18, women: 0.68 },
  { code: "91", label: "Orthophoniste", share: 32, women: 0.96 },
  { code: "92", label: "Orthoptiste", share: 8, women: 0.88 },
  { code: "93", label: "Psychologue", share: 20, women: 0.86 },
  { code: "94", label: "Ergothérapeute", share: 10, women: 0.86 },
  { code: "95", label: "Diététicien", share: 10, women: 0.94 },
  { code: "96", label: "Psychomotricien", share: 9, women: 0.88 },
  { code: "98", label: "Manipulateur ERM", share: 12, women: 0.73 },
  { code: "26", label: "Audioprothésiste", share: 5, women: 0.5 },
  { code: "28", label: "Opticien-Lunetier", share: 8, women: 0.55 },
  { code: "86", label: "Technicien de laboratoire médical", share: 5, women: 0.75 },
];

/** Kinds of structure: name before the town or a proper name, services that have a mailbox of their own. */
export const STRUCTURES: readonly { kind: string; large: boolean; share: number; services: readonly string[] }[] = [
  {
    kind: "Centre Hospitalier",
    large: true,
    share: 14,
    services: [
      "Secrétariat de cardiologie",
      "Service des urgences",
      "Laboratoire de biologie médicale",
      "Imagerie médicale",
      "Maternité",
      "Bureau des entrées",
      "Pharmacie à usage intérieur",
      "Oncologie",
      "Chirurgie orthopédique",
      "Consultations de pneumologie",
      "Pédiatrie",
      "Hôpital de jour",
      "Néphrologie et dialyse",
    ],
  },
  {
    kind: "Centre Hospitalier Universitaire",
    large: true,
    share: 5,
    services: [
      "Secrétariat de neurologie",
      "Anatomie pathologique",
      "Cardiologie",
      "Réanimation",
      "Ophtalmologie",
      "Génétique",
      "Urgences",
    ],
  },
  {
    kind: "Clinique",
    large: true,
    share: 10,
    services: ["Secrétariat médical", "Bloc opératoire", "Admissions", "Ambulatoire"],
  },
  { kind: "Laboratoire", large: false, share: 9, services: ["Résultats", "Plateau technique"] },
  { kind: "EHPAD", large: false, share: 18, services: ["Infirmerie", "Direction", "Médecin coordonnateur"] },
  { kind: "Pharmacie", large: false, share: 22, services: [] },
  { kind: "Maison de santé", large: false, share: 9, services: ["Secrétariat", "Accueil"] },
  { kind: "Centre de santé", large: false, share: 5, services: ["Secrétariat"] },
  { kind: "SSIAD", large: false, share: 4, services: ["Coordination"] },
  { kind: "Cabinet de radiologie", large: false, share: 4, services: ["Comptes rendus"] },
];

export const PROPER =
  "du Parc|des Tilleuls|Sainte-Anne|Saint-Joseph|de la Gare|des Ormes|du Val|Les Lilas|Belle-Vue|du Centre|de la Mairie|Pasteur|Jean Moulin|des Alpes|du Lac|de l'Europe|Notre-Dame|Les Jardins|des Quatre-Saisons|du Vieux-Port|Ambroise-Paré|Claude-Bernard|de la Fontaine|des Remparts|du Marché|Les Magnolias|de l'Horloge|La Roseraie|du Pont-Neuf|Saint-Roch".split(
    "|",
  );
export const STREETS =
  "de la République|Victor-Hugo|Jean-Jaurès|de la Gare|du Général-de-Gaulle|Pasteur|des Écoles|de la Liberté|du Maréchal-Foch|Gambetta|de l'Église|des Lilas|du Moulin|de Verdun|Anatole-France|du 8-Mai-1945|de la Paix|Émile-Zola|des Acacias|du Stade".split(
    "|",
  );
export const STREET_KINDS = ["RUE", "AVENUE", "BOULEVARD", "PLACE", "CHEMIN", "ALLEE"] as const;
