import type { Branded, ParseOptions } from "./brand.js";
import { passes, refuse } from "./refuse.js";

/** Authorities that assign an INS (national list of OIDs). */
export const INS_OIDS = {
  nir: "1.2.250.1.213.1.4.8",
  nia: "1.2.250.1.213.1.4.9",
  testNir: "1.2.250.1.213.1.4.10",
  demoNir: "1.2.250.1.213.1.4.11",
} as const;

/** The old computed identifier (INS-C): met in old documents, never an INS. */
export const INS_C_OID = "1.2.250.1.213.1.4.2";

export type InsOid = (typeof INS_OIDS)[keyof typeof INS_OIDS];

/** A national health identity number whose form and key are right. */
export type Ins = Branded<
  {
    /** 13 characters and the 2 of the key; `2A` and `2B` in upper case. */
    readonly matricule: string;
    readonly oid: InsOid;
    readonly kind: "NIR" | "NIA";
    /** Of a test or demonstration authority: never of a person. */
    readonly test: boolean;
  },
  "Ins"
>;

export interface InsOptions extends ParseOptions {
  /** Accept the test and demonstration authorities. Default false. */
  allowTest?: boolean;
}

const MATRICULE = /^[1-478]\d{4}(?:\d\d|2[AB])\d{8}$/;

/** Whether an OID is one of an INS, test authorities included. */
export function isInsOid(oid: string): oid is InsOid {
  return (Object.values(INS_OIDS) as string[]).includes(oid);
}

/** The two-digit key of the 13 first characters: 97 minus the number modulo 97, A and B of Corsica replaced by 0. */
export function insKey(body: string): string {
  const department = body.slice(5, 7).toUpperCase();
  const corsica = department === "2A" ? 1_000_000 : department === "2B" ? 2_000_000 : 0;
  const number = Number(body.toUpperCase().replace(/[AB]/, "0")) - corsica;
  return String(97 - (number % 97)).padStart(2, "0");
}

/**
 * An INS from a matricule with its key (15 characters) and the OID of its authority.
 *
 * @throws MedimailError `identity_invalid` (form, or an OID that is not of an INS), `ins_key_invalid`,
 * `ins_test_oid_refused`. The key is always checked where `checkKey` is not false.
 */
export function parseIns(value: string, oid: string, options: InsOptions = {}): Ins {
  if (!isInsOid(oid)) {
    const hint = oid === INS_C_OID ? "INS-C is not an INS: use the matricule from INSi" : undefined;
    refuse("the authority is not one of an INS", options, "identity_invalid", hint);
  }
  const test = oid === INS_OIDS.testNir || oid === INS_OIDS.demoNir;
  if (test && options.allowTest !== true)
    refuse(
      "an INS of a test authority is refused",
      options,
      "ins_test_oid_refused",
      "allow test INS (allowTestIdentities) for a test only; medimail does against a mock of this machine",
    );
  const matricule = value.toUpperCase();
  if (!MATRICULE.test(matricule)) refuse("an INS has 15 characters: 13 and a key of 2 digits", options);
  if (options.checkKey !== false && insKey(matricule.slice(0, 13)) !== matricule.slice(13))
    refuse("the key of the INS is wrong", options, "ins_key_invalid");
  return { matricule, oid, kind: oid === INS_OIDS.nia ? "NIA" : "NIR", test } as Ins;
}

/** Whether {@link parseIns} accepts the value. */
export function isIns(value: string, oid: string, options?: InsOptions): boolean {
  return passes(() => parseIns(value, oid, options));
}
