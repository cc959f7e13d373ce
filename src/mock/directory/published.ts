import type { MailboxType } from "../options.js";

/** A mailbox that the mock's directory publishes, and whom it belongs to. */
export interface PublishedMailbox {
  address: string;
  /** INT and MED are names of the operator's: published as ORG. */
  type: MailboxType;
  /** Of a person's mailbox (PER, CAB). */
  person?: {
    /** 11 digits. */
    rpps: string;
    family: string;
    given: string;
    civility?: string;
    /** Code of TRE_G15; default `10`, physician. */
    profession?: string;
    /** Code of TRE_R38: `SM04`. */
    specialty?: string;
  };
  structure?: { finess: string; name: string; street?: string; postalCode?: string; city?: string };
  /** What the mailbox is for. */
  description?: string;
  service?: string;
  paperless?: boolean;
  redList?: boolean;
  /** 1 is preferred. */
  rank?: number;
}

const FAMILIES =
  "ALVAREZ BERTIN CARPENTIER DELATTRE ESNAULT FAUVEL GIRAUDEAU HAMON ISAMBERT JOUBERT KERVELLA LE-GOFF".split(" ");
const GIVEN = ["Aurélie", "Bastien", "Clémence", "Damien", "Élodie"];
const TOWNS = [
  ["75012", "PARIS"],
  ["31000", "TOULOUSE"],
  ["69003", "LYON"],
  ["40100", "DAX"],
] as const;
const PROFESSIONS = ["10", "60", "21", "70", "50"];

const luhn = (digits: string): string => {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};

/** A number of nobody: RPPS numbers that begin with 999 are given to no one that we know of. */
export const mockRpps = (index: number): string => luhn(`999${String(index).padStart(7, "0")}`);
export const mockFiness = (index: number): string => luhn(`99${String(index).padStart(6, "0")}`);

/** The mailboxes of the mock as its directory publishes them: who has `prenom.nom@…` is called so. */
export function publishedOf(
  mailboxes: readonly { address: string; type: MailboxType | "patient"; label?: string | undefined }[],
): PublishedMailbox[] {
  const domains: string[] = [];
  return mailboxes.flatMap(({ address, type, label }, index): PublishedMailbox | [] => {
    // A patient is in no directory.
    if (type === "patient") return [];
    const [local = "", domain = ""] = address.split("@");
    if (!domains.includes(domain)) domains.push(domain);
    const at = domains.indexOf(domain);
    if (type === "PER" || type === "CAB") {
      const words = local.split(".").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
      return {
        address,
        type,
        rank: 1,
        person: {
          rpps: mockRpps(index),
          given: words[0] ?? "",
          family: (words.slice(1).join(" ") || local).toUpperCase(),
        },
      };
    }
    const [postalCode, city] = TOWNS[at % TOWNS.length] as (typeof TOWNS)[number];
    const name = domain.split(".")[0]?.replaceAll("-", " ").toUpperCase() ?? "";
    return {
      address,
      type,
      structure: { finess: mockFiness(at), name, postalCode, city, street: "1 RUE DE L'EXEMPLE" },
      ...(label === undefined ? {} : { description: label }),
      paperless: true,
    };
  });
}

/** Sixty invented professionals in four towns, the same each time, so that an answer has more than one page. */
export function inventedMailboxes(): PublishedMailbox[] {
  return Array.from({ length: 60 }, (_, index) => {
    const family = FAMILIES[index % FAMILIES.length] as string;
    const given = GIVEN[Math.floor(index / FAMILIES.length) % GIVEN.length] as string;
    const [postalCode, city] = TOWNS[index % TOWNS.length] as (typeof TOWNS)[number];
    const local = `${given}.${family}`.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    return {
      address: `${local}@pro.exemple.mssante.fr`,
      type: "PER",
      person: {
        rpps: mockRpps(1_000 + index),
        family,
        given,
        civility: "DR",
        profession: PROFESSIONS[index % PROFESSIONS.length] as string,
      },
      structure: {
        finess: mockFiness(100 + (index % TOWNS.length)),
        name: `MAISON DE SANTE DE ${city}`,
        postalCode,
        city,
      },
      paperless: index % 3 !== 0,
    } satisfies PublishedMailbox;
  });
}
