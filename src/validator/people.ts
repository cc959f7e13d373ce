import { INS_OIDS, insKey, PATIENT_DOMAIN } from "../identity/index.js";

/** An invented patient. */
export interface InventedPatient {
  family: string;
  given: string;
  /** Every given name, as the identity has them. */
  givens: string;
  /** `AAAAMMJJ`. */
  birth: string;
  gender: "F" | "M";
  /** 15 characters of the test authority; absent where the identity is not qualified. */
  ins?: string;
  ipp: string;
}

/** A matricule of a department that does not exist, with its key. */
const matricule = (body: string): string => `${body}${insKey(body)}`;

/** Nobody: the department 99 and the names are invented, the authority is the one for tests. */
export const PATIENTS = {
  camille: {
    family: "INVENTEE",
    given: "CAMILLE",
    givens: "CAMILLE LOUISE",
    birth: "19870312",
    gender: "F",
    ins: matricule("2870399999041"),
    ipp: "VALID-0001",
  },
  basile: {
    family: "D'ESSAI-FICTIF",
    given: "BASILE",
    givens: "BASILE ANDRE",
    birth: "19541102",
    gender: "M",
    ins: matricule("1541199999012"),
    ipp: "VALID-0002",
  },
  /** A minor, at any time in the next ten years. */
  lou: {
    family: "INVENTEE",
    given: "LOU",
    givens: "LOU",
    birth: "20240520",
    gender: "F",
    ins: matricule("2240599999007"),
    ipp: "VALID-0003",
  },
  /** Her identity is not qualified: there is no INS. */
  ida: { family: "PROVISOIRE", given: "IDA", givens: "IDA", birth: "19920229", gender: "F", ipp: "VALID-0004" },
  /** Accents, a cedilla, an apostrophe, two given names. */
  zoe: {
    family: "FICTIÇ-ÉLIE",
    given: "ANNE-ZOÉ",
    givens: "ANNE-ZOÉ MARIE",
    birth: "20010709",
    gender: "F",
    ins: matricule("2010799999020"),
    ipp: "VALID-0005",
  },
} as const satisfies Record<string, InventedPatient>;

export type PatientKey = keyof typeof PATIENTS;

export const TEST_INS_OID = INS_OIDS.testNir;

export function patientOf(key: PatientKey): InventedPatient {
  return PATIENTS[key];
}

/** `<INS>@patient.mssante.fr` (ECO.2.2.6). */
export function patientBox(key: Exclude<PatientKey, "ida">): string {
  return `${PATIENTS[key].ins}@${PATIENT_DOMAIN}`;
}

/** `INVENTEE Camille, née le 12/03/1987`, for the sentences of the steps. */
export function patientText(key: PatientKey): string {
  const { family, given, birth, gender } = patientOf(key);
  const day = `${birth.slice(6)}/${birth.slice(4, 6)}/${birth.slice(0, 4)}`;
  return `${family} ${given}, ${gender === "F" ? "née" : "né"} le ${day}`;
}

export function patientTextEn(key: PatientKey): string {
  const { family, given, birth } = patientOf(key);
  return `${family} ${given}, born ${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6)}`;
}

/** The mailboxes of the mock that the scenarios play with (those that it has by itself). */
export const BOX = {
  /** Of the software under test, where it sends unattended. */
  app: "labo@ch-exemple.mssante.fr",
  org: "secretariat.cardiologie@ch-exemple.mssante.fr",
  /** Of the professional who uses the software under test. */
  doctor: "martin.dupont@medecin.mssante.fr",
  colleague: "claire.morel@medecin.mssante.fr",
  cabinet: "cabinet.lilas@medecin.mssante.fr",
} as const;
