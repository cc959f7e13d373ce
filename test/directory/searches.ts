import { SeededRandom } from "../../src/sample/index.js";
import { slip } from "./slips.js";

/** What a search needs to know of a row of the sample. */
export interface Known {
  isPerson: boolean;
  rpps: string;
  family: string;
  given: string;
  trade: string;
  town: string;
  postalCode: string;
  address: string;
  finess: string;
  structure: string;
  service: string;
}

export function knownOf(row: readonly string[]): Known {
  const at = (place: number) => row[place] ?? "";
  return {
    isPerson: at(0) === "PER",
    rpps: at(3),
    family: at(9),
    given: at(10),
    trade: at(16) || at(14),
    town: at(27)
      .replace(/^\d{5} /, "")
      .replace(/ CEDEX.*$| \d\d$/, ""),
    postalCode: at(28),
    address: at(1),
    finess: at(6).slice(1),
    structure: at(18),
    service: at(7),
  };
}

export interface Search {
  text: string;
  /** What kind of person types what. */
  kind: string;
  hasSlip: boolean;
  target: Known;
}

/** Whether an answer is the one that was looked for: the person, or the service of the structure. */
export function isRight(
  found: { rpps?: string; structure?: { finess?: string; service?: string } },
  target: Known,
): boolean {
  if (target.isPerson) return found.rpps === target.rpps;
  return found.structure?.finess === target.finess && (found.structure.service ?? "") === target.service;
}

/** How people call those of a label. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  "Médecine Générale": ["généraliste", "médecin", "médecin généraliste", "mg"],
  "Qualifié en Médecine Générale": ["généraliste", "médecin", "medecine generale"],
  "Spécialiste en Médecine Générale": ["médecin traitant", "généraliste", "medecin"],
  "Anesthésie-réanimation": ["anesthésiste", "anesth"],
  "Cardiologie et maladies vasculaires": ["cardio", "cardiologue"],
  "Dermatologie et vénéréologie": ["dermato", "dermatologue"],
  "Gastro-entérologie et hépatologie": ["gastro", "gastroentérologue"],
  "Gynécologie-obstétrique": ["gynéco", "gynécologue", "obstétricien"],
  "Gynécologie médicale": ["gynéco", "gynécologue"],
  Ophtalmologie: ["ophtalmo", "ophtalmologue", "ophtalmologiste"],
  "O.R.L et chirurgie cervico faciale": ["ORL", "orl"],
  Pédiatrie: ["pédiatre"],
  Psychiatrie: ["psychiatre", "psy"],
  "Radio-diagnostic": ["radiologue", "radio"],
  Rhumatologie: ["rhumato", "rhumatologue"],
  Pneumologie: ["pneumo", "pneumologue"],
  Neurologie: ["neurologue", "neuro"],
  Gériatrie: ["gériatre"],
  "Médecine d'urgence": ["urgentiste", "urgences"],
  "Chirurgie orthopédique et traumatologie": ["orthopédiste", "chirurgien orthopédique"],
  "Oncologie médicale": ["oncologue", "cancérologue"],
  Pharmacien: ["pharmacien", "pharmacienne", "pharma"],
  "Chirurgien-Dentiste": ["dentiste", "chirurgien dentiste"],
  "Sage-Femme": ["sage femme", "sage-femme"],
  Infirmier: ["infirmière", "infirmier", "IDE", "idel", "infirmiere"],
  "Masseur-Kinésithérapeute": ["kiné", "kine", "kinésithérapeute"],
  "Pédicure-Podologue": ["podologue", "pédicure"],
  Orthophoniste: ["orthophoniste", "orthophonie"],
  Psychologue: ["psychologue", "psy"],
  Diététicien: ["diététicienne", "diet"],
};

type Parts = { kind: string; share: number; write: (known: Known, random: SeededRandom) => string[] };

const called = ({ trade }: Known, random: SeededRandom): string => random.pick(CALLED[trade] ?? [trade]);

/** Each gives the words in the order typed. Shares are a guess of ours, and said to be. */
const PEOPLE: readonly Parts[] = [
  { kind: "given family", share: 16, write: (k) => [k.given, k.family] },
  { kind: "family given", share: 16, write: (k) => [k.family, k.given] },
  { kind: "family given town", share: 12, write: (k) => [k.family, k.given, k.town] },
  { kind: "dr family town", share: 8, write: (k) => ["dr", k.family, k.town] },
  { kind: "family trade town", share: 14, write: (k, r) => [k.family, called(k, r), k.town] },
  { kind: "trade given family", share: 8, write: (k, r) => [called(k, r), k.given, k.family] },
  { kind: "given family trade town", share: 6, write: (k, r) => [k.given, k.family, called(k, r), k.town] },
  { kind: "family given postcode", share: 6, write: (k) => [k.family, k.given, k.postalCode] },
  { kind: "family trade department", share: 3, write: (k, r) => [k.family, called(k, r), k.postalCode.slice(0, 2)] },
  { kind: "initial family town trade", share: 4, write: (k, r) => [`${k.given[0]}.`, k.family, k.town, called(k, r)] },
  { kind: "family structure", share: 3, write: (k) => [k.given, k.family, k.structure] },
  { kind: "rpps", share: 3, write: (k) => [k.rpps] },
  { kind: "address", share: 1, write: (k) => [k.address] },
];
const ORGANISATIONS: readonly Parts[] = [
  { kind: "service structure town", share: 6, write: (k) => [k.service, k.structure, k.town] },
  { kind: "structure town service", share: 4, write: (k) => [k.structure, k.town, k.service] },
  { kind: "finess service", share: 1, write: (k) => [k.finess, k.service] },
];
const NAMED = new Set(["rpps", "address", "finess service"]);

/**
 * Searches as people may type them, 85 for a person to 15 for an organisation, 45 in 100 with a slip. Who types a name knows that others have it
 * too: where what is typed fits more than three people, word for word, the town, the trade and the postcode are added until it does not.
 */
export function makeSearches(rows: Iterable<readonly string[]>, count: number, seed = 11): Search[] {
  const random = new SeededRandom(seed);
  const all: Known[] = [];
  const byFamily = new Map<string, Known[]>();
  for (const row of rows) {
    const known = knownOf(row);
    all.push(known);
    if (!known.isPerson) continue;
    const list = byFamily.get(known.family);
    if (list) list.push(known);
    else byFamily.set(known.family, [known]);
  }
  return Array.from({ length: count }, () => {
    const target = random.pick(all);
    const { kind, write } = random.pickWeighted(
      (target.isPerson ? PEOPLE : ORGANISATIONS).map((parts) => [parts, parts.share] as const),
    );
    const words = write(target, random).filter((word) => word !== "");
    if (target.isPerson && !NAMED.has(kind)) enrich(words, target, byFamily.get(target.family) ?? [], random);
    const hasSlip = !NAMED.has(kind) && random.chance(0.45);
    if (hasSlip) slipInto(words, target, random);
    return { text: NAMED.has(kind) ? words.join(" ") : typed(words.join(" "), random), kind, hasSlip, target };
  });
}

function enrich(words: string[], target: Known, sameName: readonly Known[], random: SeededRandom): void {
  const tells: [string, (known: Known) => boolean][] = [
    [target.town, ({ town }) => town === target.town],
    [called(target, random), ({ trade }) => trade === target.trade],
    [target.postalCode, ({ postalCode }) => postalCode === target.postalCode],
    [target.given, ({ given }) => given.toUpperCase() === target.given.toUpperCase()],
  ];
  const isTold = (word: string, at: number) =>
    words.includes(word) || (at === 1 && words.some((one) => (CALLED[target.trade] ?? [target.trade]).includes(one)));
  const fitting = () => {
    const asked = tells.filter(([word], at) => isTold(word, at));
    return new Set(sameName.filter((known) => asked.every(([, fits]) => fits(known))).map(({ rpps }) => rpps)).size;
  };
  for (const [at, [word]] of tells.entries()) {
    if (fitting() <= 3) return;
    if (!isTold(word, at)) words.push(word);
  }
}

/** One slip, in a name most often. */
function slipInto(words: string[], target: Known, random: SeededRandom): void {
  const long = words.map((word, at) => ({ word, at })).filter(({ word }) => word.length > 3 && !/\d/.test(word));
  const names = long.filter(({ word }) => word === target.family || word === target.given);
  const one = random.pick(names.length > 0 && random.chance(0.8) ? names : long);
  if (one) words[one.at] = slip(one.word, random);
}

/** Lower case most often; hyphens and accents as they come. */
function typed(text: string, random: SeededRandom): string {
  const plain = random.chance(0.5) ? text.normalize("NFD").replace(/\p{M}/gu, "") : text;
  const spaced = random.chance(0.5) ? plain.replace(/[-']/g, random.chance(0.8) ? " " : "") : plain;
  const way = random.next();
  return way < 0.75 ? spaced.toLowerCase() : way < 0.9 ? spaced : spaced.toUpperCase();
}
