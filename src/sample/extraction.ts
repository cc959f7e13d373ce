import { luhnKey } from "../identity/index.js";
import { EXTRACTION_COLUMNS } from "./columns.js";
import { familyName } from "./family-names.js";
import { MEN, WOMEN } from "./given-names.js";
import { SeededRandom } from "./random.js";
import { makeTowns, pickTown, type Town } from "./towns.js";
import { PROPER, STREET_KINDS, STREETS, STRUCTURES, TRADES, type Trade } from "./trades.js";

export interface SampleOptions {
  /** Lines to make, the header not counted. */
  lines: number;
  /** The same seed and number of lines make the same people. Default 7. */
  seed?: number;
}

/** As the published file of August 2026: 85 lines of a person for 15 of an organisation, 3 in 10,000 twice. */
const ORGANISATIONS = 0.149;
const TWICE = 0.0003;
const LINES_A_STRUCTURE = 14;

interface Structure {
  kind: (typeof STRUCTURES)[number];
  name: string;
  tradeName: string;
  finess: string;
  domain: string;
  town: Town;
  street: readonly [number: string, kind: string, name: string];
}

/**
 * Rows of an extraction as the ANS publishes it, with people, structures and numbers that are made up: RPPS numbers begin with 99 and
 * FINESS numbers with 99, which no true one does, and every domain has `exemple` in it. Nothing is kept but the structures, and the
 * addresses given so far.
 */
export function* sampleRows({ lines, seed = 7 }: SampleOptions): Generator<readonly string[]> {
  const random = new SeededRandom(seed);
  const towns = makeTowns(random, Math.min(6_000, 50 + Math.floor(lines / 60)));
  const structures = makeStructures(random, towns, Math.max(8, Math.floor(lines / LINES_A_STRUCTURE)));
  const taken = new Map<string, number>();
  const address = (local: string, domain: string): string => {
    const key = `${local}@${domain}`;
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    return count === 1 ? key : `${local}${count}@${domain}`;
  };
  let people = 0;
  for (let made = 0; made < lines; ) {
    people += 1;
    const rows = random.chance(ORGANISATIONS)
      ? [organisationRow(random, random.pickSkewed(structures, 1.5), address)]
      : personRows(random, people, towns, structures, address);
    for (const row of rows) {
      if (made++ < lines) yield row;
      if (made < lines && random.chance(TWICE)) {
        made += 1;
        yield row;
      }
    }
  }
}

/** The same as the lines of the text file, header first, each with its line end. */
export function* sampleExtraction(options: SampleOptions): Generator<string> {
  yield `${EXTRACTION_COLUMNS.join("|")}\n`;
  for (const row of sampleRows(options)) yield `${row.join("|")}\n`;
}

function makeStructures(random: SeededRandom, towns: readonly Town[], count: number): readonly Structure[] {
  return Array.from({ length: count }, (_, at) => {
    const kind = random.pickWeighted(STRUCTURES.map((one) => [one, one.share] as const));
    const town = pickTown(random, towns);
    const proper = random.pick(PROPER);
    const name = kind.large && random.chance(0.6) ? `${kind.kind} de ${town.name}` : `${kind.kind} ${proper}`;
    return {
      kind,
      name,
      tradeName: random.chance(0.2) ? `${kind.kind} ${random.pick(PROPER)}` : "",
      finess: withKey(`99${String(at).padStart(6, "0")}`),
      domain: `${ascii(`${kind.large ? "ch" : kind.kind}-${town.name}`)}-exemple.mssante.fr`,
      town,
      street: [String(1 + random.whole(180)), random.pick(STREET_KINDS), random.pick(STREETS)] as const,
    };
  });
}

type NewAddress = (local: string, domain: string) => string;

function personRows(
  random: SeededRandom,
  number: number,
  towns: readonly Town[],
  structures: readonly Structure[],
  address: NewAddress,
): string[][] {
  const trade = random.pickWeighted(WEIGHTED_TRADES);
  const isWoman = random.chance(trade.women);
  const given = random.pickSkewed(isWoman ? WOMEN : MEN, 1.9);
  const family = familyName(random);
  const rpps = withKey(`99${String(number).padStart(8, "0")}`);
  const local = `${ascii(given)}.${ascii(family)}`;
  const town = pickTown(random, towns);
  const places = random.pickWeighted([
    [1, 78],
    [2, 16],
    [3, 5],
    [5, 1],
  ]);
  const isEmployed = random.chance(0.45);
  let mailbox = "";
  return Array.from({ length: places }, (_, at) => {
    const structure = isEmployed || at > 0 ? near(random, structures, town) : undefined;
    if (at === 0 || random.chance(0.3))
      mailbox = address(local, structure && random.chance(0.6) ? structure.domain : practiceDomain(random, trade));
    return row({
      type: "PER",
      mailbox,
      person: { rpps, isWoman, family, given: random.chance(0.3) ? given.toUpperCase() : given, trade },
      structure,
      practice: `CABINET ${trade.code === "10" ? "DU DR" : "DE"} ${family}`,
      town: structure?.town ?? town,
      street: structure?.street ?? [String(1 + random.whole(180)), random.pick(STREET_KINDS), random.pick(STREETS)],
      service: structure?.kind.large && random.chance(0.3) ? random.pick(structure.kind.services) : "",
      paperless: random.chance(0.7),
    });
  });
}

function organisationRow(random: SeededRandom, structure: Structure, address: NewAddress): string[] {
  const { services } = structure.kind;
  const service = services.length > 0 && random.chance(0.85) ? random.pick(services) : "";
  const local = ascii(service === "" ? structure.name : service).slice(0, 50);
  return row({
    type: "ORG",
    mailbox: address(local, structure.domain),
    structure,
    practice: "",
    town: structure.town,
    street: structure.street,
    service,
    paperless: random.chance(0.8),
  });
}

/** A structure of the same town where there is one among those looked at. */
function near(random: SeededRandom, structures: readonly Structure[], town: Town): Structure {
  let found = random.pickSkewed(structures, 1.5);
  for (let tries = 0; tries < 12 && found.town.name !== town.name; tries++) found = random.pickSkewed(structures, 1.5);
  return found;
}

const WEIGHTED_TRADES = TRADES.map((trade) => [trade, trade.share] as const);

function practiceDomain(random: SeededRandom, { code }: Trade): string {
  const general = random.pick(["medecin-exemple", "pro-exemple", "sante-exemple", "liberal-exemple"]);
  return `${code === "60" && random.chance(0.3) ? "infirmier-exemple" : general}.mssante.fr`;
}

interface RowParts {
  type: "PER" | "ORG";
  mailbox: string;
  person?: { rpps: string; isWoman: boolean; family: string; given: string; trade: Trade };
  structure: Structure | undefined;
  practice: string;
  town: Town;
  street: readonly [string, string, string];
  service: string;
  paperless: boolean;
}

function row({ type, mailbox, person, structure, practice, town, street, service, paperless }: RowParts): string[] {
  const trade = person?.trade;
  const isDoctor = trade?.code === "10" || trade?.code === "40" || trade?.code === "21";
  const upper = (text: string) => unaccented(text).toUpperCase();
  return [
    type,
    mailbox,
    person ? "8" : "",
    person?.rpps ?? "",
    person ? `8${person.rpps}` : "",
    structure ? "1" : person ? "4" : "",
    structure ? `1${structure.finess}` : person ? `4${person.rpps}005` : "",
    service,
    person ? (isDoctor ? "DR" : person.isWoman ? "MME" : "M") : "",
    person ? upper(person.family) : "",
    person?.given ?? "",
    person ? "C" : "",
    person ? "Civil" : "",
    trade?.code ?? "",
    trade?.label ?? "",
    trade?.specialty?.code ?? "",
    trade?.specialty?.label ?? "",
    paperless ? "O" : "N",
    structure ? upper(structure.name) : upper(practice),
    structure ? upper(structure.tradeName) : "",
    "",
    "",
    street[0],
    "",
    street[1],
    upper(street[2]).replace(/-/g, " "),
    "",
    `${town.postalCode} ${townLine(town, structure?.kind.large === true)}`,
    town.postalCode,
    town.postalCode.startsWith("97") ? town.postalCode.slice(0, 3) : town.postalCode.slice(0, 2),
    "FRANCE",
  ];
}

/** As the post writes it: no accents, no hyphens, `ST`, the number of the arrondissement, CEDEX for large ones. */
function townLine({ name, postalCode }: Town, isLarge: boolean): string {
  const line = unaccented(name)
    .toUpperCase()
    .replace(/['-]/g, " ")
    .replace(/\bSAINT\b/g, "ST")
    .replace(/\bSAINTE\b/g, "STE");
  const district = /^(750|6900|130)(\d+)$/.exec(postalCode);
  const isDistrict = district && /^(PARIS|LYON|MARSEILLE)$/.test(line);
  const numbered = isDistrict ? `${line} ${postalCode.slice(-2)}` : line;
  return isLarge ? `${numbered.replace(/ \d\d$/, "")} CEDEX${isDistrict ? ` ${postalCode.slice(-2)}` : ""}` : numbered;
}

const unaccented = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "");

function ascii(text: string): string {
  return unaccented(text)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

const withKey = (digits: string): string => `${digits}${luhnKey(digits)}`;
