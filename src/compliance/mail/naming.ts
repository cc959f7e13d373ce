import type { Cda, PatientName } from "../../cda/index.js";
import { documentTypeLabel } from "../../terminology/index.js";

/**
 * What subject and file names must say of a document, read anew from the CDA: the composer's own functions are not asked, so that a
 * fault of theirs is seen.
 */
export interface Names {
  /** NOM in upper case and prénom, both without accents; undefined where the document has none. */
  family: string | undefined;
  given: string | undefined;
  /** Labels that may stand for the type, cut at 40 characters; empty where nothing names it. */
  labels: readonly string[];
  /** `DD/MM/YYYY`. */
  birth: string | undefined;
  /** `YYYYMMDD` of the act. */
  date: string | undefined;
}

const FIRST = (names: readonly PatientName[], qualifier: string) =>
  names.find(({ qualifier: given, value }) => (given ?? "").split(/\s+/).includes(qualifier) && value.trim() !== "")
    ?.value;
const PLAIN = (names: readonly PatientName[]) =>
  names.find(({ qualifier, value }) => (qualifier ?? "").trim() === "" && value.trim() !== "")?.value;

export function plainLetters(text: string): string {
  const joined: Record<string, string> = { œ: "oe", Œ: "OE", æ: "ae", Æ: "AE" };
  return text
    .replace(/[œŒæÆ]/g, (char) => joined[char] ?? char)
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .normalize("NFC")
    .replace(/\s+/g, " ")
    .trim();
}

export function namesOf({ header }: Cda): Names {
  const { familyNames, givenNames, birthTime } = header.patient;
  const family = FIRST(familyNames, "BR") ?? PLAIN(familyNames) ?? FIRST(familyNames, "CL") ?? FIRST(familyNames, "SP");
  const given = FIRST(givenNames, "BR") ?? PLAIN(givenNames)?.trim().split(/\s+/)[0];
  const labels = [header.code.displayName, documentTypeLabel(header.code.code, header.code.codeSystem)]
    .map((label) => [...(label ?? "").replace(/\s+/g, " ").trim()].slice(0, 40).join("").trimEnd())
    .filter((label) => label !== "");
  const birth = /^(\d{4})(\d{2})(\d{2})/.exec(birthTime ?? "");
  const date = /^\d{8}/.exec(header.serviceEvents[0]?.low ?? "") ?? /^\d{8}/.exec(header.effectiveTime);
  return {
    family: family === undefined ? undefined : plainLetters(family).toUpperCase(),
    given: given === undefined ? undefined : plainLetters(given),
    labels: [...new Set(labels)],
    birth: birth ? `${birth[3]}/${birth[2]}/${birth[1]}` : undefined,
    date: date?.[0],
  };
}

/** Without accents or case: for what the rule says nothing of. */
export const loosely = (text: string): string => plainLetters(text).toLowerCase();
