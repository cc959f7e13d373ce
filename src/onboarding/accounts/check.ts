import { isAdeli, isFiness, isMssAddress, isRpps, isSiret } from "../../identity/index.js";
import type { Bilingual } from "../text.js";
import { say } from "../text.js";
import { contradictions } from "./contradictions.js";
import { folded } from "./fold.js";
import type {
  Account,
  AccountColumn,
  AccountField,
  AccountLayout,
  AccountProblem,
  AccountRow,
  AccountType,
  FieldFormat,
} from "./types.js";
import { ACCOUNT_STATUSES, ACCOUNT_TYPES } from "./types.js";

export interface CheckContext {
  /** The heading of each field, as the file has it; absent: the layout's. */
  headingOf?: ReadonlyMap<AccountField, string>;
  /** The structure's domain. */
  domain?: string;
}

/**
 * What is wrong with each row: missing, not allowed for its type, ill-formed, wrong check digit, said twice, contradicting itself. Problems that the
 * rows have already are kept.
 */
export function checkAccounts(
  rows: readonly AccountRow[],
  layout: AccountLayout,
  context: CheckContext = {},
): AccountRow[] {
  const heading = (field: AccountField): string =>
    context.headingOf?.get(field) ?? layout.columns.find((column) => column.field === field)?.heading ?? field;
  const twice = duplicates(rows);
  return rows.map(({ row, account, problems }) => {
    const found: AccountProblem[] = [...problems];
    const tell = (
      severity: "error" | "warning",
      code: AccountProblem["code"],
      field: AccountField,
      message: Bilingual,
    ) => found.push({ severity, code, row, column: heading(field), message });
    const type = typeOf(account);
    for (const column of layout.columns) checkField(account[column.field], column, type, tell);
    for (const { types, fields, why } of layout.oneOf) {
      if (type && types.includes(type) && fields.every((field) => account[field] === undefined)) {
        const names = fields.map(heading);
        tell(
          "error",
          "missing",
          fields[0] as AccountField,
          say(`${names.join(" ou ")} manque : ${why.fr}`, `${names.join(" or ")} is missing: ${why.en}`),
        );
      }
    }
    for (const { severity, code, field, message } of contradictions(account, type, context.domain))
      tell(severity, code, field, message);
    for (const { field, row: first } of twice.get(row) ?? [])
      tell(
        field === "person" ? "warning" : "error",
        "duplicate",
        field === "person" ? "family" : field,
        field === "person"
          ? say(
              `même type, nom, prénom et adresse de contact que la ligne ${first}`,
              `same type, names and contact address as row ${first}`,
            )
          : say(`déjà présent à la ligne ${first}`, `already in row ${first}`),
      );
    return { row, account, problems: found };
  });
}

export function typeOf({ type }: Account): AccountType | undefined {
  const wanted = type?.toUpperCase();
  return ACCOUNT_TYPES.find((each) => each === wanted);
}

type Tell = (
  severity: "error" | "warning",
  code: AccountProblem["code"],
  field: AccountField,
  message: Bilingual,
) => void;

function checkField(value: string | undefined, column: AccountColumn, type: AccountType | undefined, tell: Tell): void {
  const { field, heading, max } = column;
  if (value === undefined) {
    // Without a type only the type itself is known to be missing.
    if (field === "type" || (type && column.required?.includes(type)))
      tell(
        "error",
        "missing",
        field,
        say(
          `« ${heading} » est obligatoire${type ? ` pour une boîte ${type}` : ""}`,
          `"${heading}" is required${type ? ` for a ${type} mailbox` : ""}`,
        ),
      );
    return;
  }
  if (type && column.forbidden?.includes(type))
    tell(
      "error",
      "forbidden",
      field,
      say(
        `« ${heading} » doit rester vide pour une boîte ${type}`,
        `"${heading}" must stay empty for a ${type} mailbox`,
      ),
    );
  // A number is as long as its form says, without the spaces that people type.
  if (column.format === "text" && [...value].length > max)
    tell(
      "error",
      "too-long",
      field,
      say(`${[...value].length} caractères, ${max} au plus`, `${[...value].length} characters, ${max} at most`),
    );
  const wrong = FORMATS[column.format](value);
  if (wrong) tell("error", wrong.code, field, wrong.message);
}

type Wrong = { code: "format" | "check-digit"; message: Bilingual } | undefined;

const format = (fr: string, en: string): Wrong => ({ code: "format", message: say(fr, en) });
const key = (fr: string, en: string): Wrong => ({ code: "check-digit", message: say(fr, en) });

/** Numbers as people type them: spaces, points and hyphens between the digits don't count. */
export const digitsOf = (value: string): string => value.replace(/[\s.-]/g, "").toUpperCase();

/** Spreadsheet programs take a number for one, and the zeros at its head away. */
const withZeros = (digits: string, length: number): string | undefined =>
  /^\d+$/.test(digits) && digits.length < length && digits.length >= length - 2
    ? digits.padStart(length, "0")
    : undefined;

const ZERO = say(
  " ; un tableur a sans doute retiré le zéro du début (colonne au format Texte)",
  "; a spreadsheet has probably taken the zero at its head away (make the column Text)",
);

const shorter = (fr: string, en: string, lostZero: boolean): Wrong =>
  lostZero ? format(`${fr}${ZERO.fr}`, `${en}${ZERO.en}`) : format(fr, en);

const FORMATS: Readonly<Record<FieldFormat, (value: string) => Wrong>> = {
  text: () => undefined,
  type: (value) =>
    ACCOUNT_TYPES.includes(value.toUpperCase() as AccountType)
      ? undefined
      : format(
          `type inconnu ; valeurs attendues : ${ACCOUNT_TYPES.join(", ")}`,
          `unknown type: ${ACCOUNT_TYPES.join(", ")} expected`,
        ),
  rpps: (value) => {
    const digits = digitsOf(value);
    if (/^8\d{11}$/.test(digits) && isRpps(digits.slice(1)))
      return format(
        "un numéro RPPS a 11 chiffres : retirez le 8 du début (c'est l'identifiant national)",
        "an RPPS number has 11 digits: take the 8 at its head away (that is the national identifier)",
      );
    if (!/^\d{11}$/.test(digits)) return format("un numéro RPPS a 11 chiffres", "an RPPS number has 11 digits");
    return isRpps(digits)
      ? undefined
      : key("la clé du numéro RPPS est fausse", "the check digit of the RPPS number is wrong");
  },
  adeli: (value) =>
    isAdeli(digitsOf(value)) ? undefined : format("un numéro ADELI a 9 caractères", "an ADELI number has 9 characters"),
  finess: (value) => {
    const digits = digitsOf(value);
    if (!isFiness(digits, { checkKey: false }))
      return shorter(
        "un numéro FINESS a 9 caractères",
        "a FINESS number has 9 characters",
        isFiness(withZeros(digits, 9) ?? ""),
      );
    return isFiness(digits)
      ? undefined
      : key("la clé du numéro FINESS est fausse", "the check digit of the FINESS number is wrong");
  },
  siret: (value) => {
    const digits = digitsOf(value);
    if (!/^\d{14}$/.test(digits))
      return shorter(
        "un numéro SIRET a 14 chiffres",
        "a SIRET number has 14 digits",
        isSiret(withZeros(digits, 14) ?? ""),
      );
    return isSiret(digits)
      ? undefined
      : key("la clé du numéro SIRET est fausse", "the check digit of the SIRET number is wrong");
  },
  email: (value) =>
    value.length <= 254 &&
    /^[^\s@"(),:;<>[\\\]]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i.test(value)
      ? undefined
      : format("adresse de courriel mal formée", "malformed mail address"),
  "mss-address": (value) =>
    isMssAddress(value)
      ? undefined
      : format("adresse mal formée, ou hors du domaine mssante.fr", "malformed address, or not of mssante.fr"),
  phone: (value) =>
    /^[1-9]\d{8}$/.test(digitsOf(value))
      ? shorter("un numéro de téléphone a 10 chiffres", "a telephone number has 10 digits", true)
      : /^\+?[\d\s().-]{6,25}$/.test(value)
        ? undefined
        : format("numéro de téléphone mal formé", "malformed telephone number"),
  "yes-no": (value) => (yesNo(value) === undefined ? format("valeur attendue : O ou N", "O or N expected") : undefined),
  link: (value) =>
    LINKS.has(folded(value))
      ? undefined
      : format("valeur attendue : IMMEDIAT ou DIFFERE", "IMMEDIAT or DIFFERE expected"),
  status: (value) =>
    ACCOUNT_STATUSES.some((status) => folded(status) === folded(value))
      ? undefined
      : format("valeur attendue : PREINSCRIT, A VALIDER ou VALIDE", "PREINSCRIT, A VALIDER or VALIDE expected"),
  action: (value) =>
    folded(value) === "fermer" ? undefined : format("valeur attendue : FERMER, ou rien", "FERMER expected, or nothing"),
};

const LINKS: ReadonlySet<string> = new Set(["immediat", "differe"]);

/** `O`, `Oui`, `1`, `X` and their opposites; undefined for anything else. */
export function yesNo(value: string): boolean | undefined {
  const word = folded(value);
  if (["o", "oui", "y", "yes", "1", "x", "vrai", "true"].includes(word)) return true;
  if (["n", "non", "no", "0", "faux", "false"].includes(word)) return false;
  return undefined;
}

/** What each row says again after an earlier one: an address, a contact's same mailbox, a number for the same type, or a whole person. */
function duplicates(rows: readonly AccountRow[]): Map<number, { field: AccountField | "person"; row: number }[]> {
  const first = new Map<string, number>();
  const found = new Map<number, { field: AccountField | "person"; row: number }[]>();
  const note = (row: number, field: AccountField | "person", value: string) => {
    const id = `${field}\n${value}`;
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, row);
    else found.set(row, [...(found.get(row) ?? []), { field, row: earlier }]);
  };
  for (const { row, account } of rows) {
    const type = typeOf(account) ?? "";
    if (account.address) note(row, "address", account.address.toLowerCase());
    if (account.rpps)
      note(row, "rpps", `${type}${digitsOf(account.rpps)}${digitsOf(account.finess ?? account.siret ?? "")}`);
    else if (account.adeli)
      note(row, "adeli", `${type}${digitsOf(account.adeli)}${digitsOf(account.finess ?? account.siret ?? "")}`);
    else if (account.family && account.email)
      note(
        row,
        "person",
        [type, folded(account.family), folded(account.given ?? ""), account.email.toLowerCase()].join("|"),
      );
    if ((type === "ORG" || type === "APP") && account.label)
      note(row, "label", [type, folded(account.label), digitsOf(account.finess ?? account.siret ?? "")].join("|"));
  }
  return found;
}
