export type { MssAddress, MssAddressOptions } from "./address.js";
export {
  isMssAddress,
  isPatientAddress,
  isPatientDomain,
  PATIENT_DOMAIN,
  parseMssAddress,
  patientAddress,
} from "./address.js";
export type { Branded, ParseOptions } from "./brand.js";
export type { IdNps, IdNpsKind } from "./idnps.js";
export { IDNPS_OID, isIdNps, parseIdNps } from "./idnps.js";
export type { Ins, InsOid, InsOptions } from "./ins.js";
export { INS_C_OID, INS_OIDS, insKey, isIns, isInsOid, parseIns } from "./ins.js";
export type { InsDifference, InsTraits } from "./ins-traits.js";
export { insDifferences, insTraitsProblems } from "./ins-traits.js";
export { luhnKey } from "./luhn.js";
export type { Adeli, Rpps } from "./professional.js";
export { isAdeli, isRpps, parseAdeli, parseRpps } from "./professional.js";
export type { StructIdNat, StructIdNatKind } from "./struct-idnat.js";
export { isStructIdNat, parseStructIdNat, STRUCT_IDNAT_OID } from "./struct-idnat.js";
export type { Finess, Siren, Siret } from "./structure.js";
export { isFiness, isSiren, isSiret, parseFiness, parseSiren, parseSiret } from "./structure.js";
export { plainName, sameBirthDate, sameGender, sameName } from "./traits.js";
