import type { Cda, Code } from "../../cda/index.js";
import type { OpenedXdm } from "../../xdm/index.js";
import type { Masking } from "../judge/mask.js";
import type { Both } from "../types.js";
import { loosely } from "./naming.js";

type Entry = OpenedXdm["documents"][number];

const said = (name: string, told: string, cda: string): Both => ({
  fr: `${name} « ${told} » n'est pas ce que dit le CDA, « ${cda} ».`,
  en: `${name} "${told}" is not what the CDA says, "${cda}".`,
});

/**
 * Who the metadata say the patient is, and how confidential the document: what a receiver goes by before it opens the CDA. Undefined where nothing
 * contradicts the CDA; what the metadata leave out contradicts nothing.
 */
export function contradiction(entry: Entry, { header }: Cda, mask: Masking): Both | undefined {
  const { patient, confidentialityCode } = header;
  const health = (text: string) => mask.health(text);
  const ins = patient.ins?.value.toUpperCase();
  const told = entry.patientId?.split("^")[0];
  if (ins !== undefined && told !== undefined && told.toUpperCase() !== ins && told.slice(0, 13).toUpperCase() !== ins)
    return {
      fr: `patientId « ${health(told)} » n'est pas l'INS du CDA, « ${health(ins)} ».`,
      en: `patientId "${health(told)}" is not the INS of the CDA, "${health(ins)}".`,
    };
  // An INS that the CDA has not is INS/va1.53's to tell.
  const known = patient.localIds.map((id) => id.slice(id.indexOf("^") + 1));
  if (
    ins === undefined &&
    told !== undefined &&
    known.length > 0 &&
    !known.includes(told) &&
    !INS.test(entry.patientId ?? "")
  )
    return {
      fr: `patientId « ${health(told)} » n'est aucun identifiant du patient du CDA.`,
      en: `patientId "${health(told)}" is no identifier of the patient of the CDA.`,
    };
  for (const line of entry.sourcePatientInfo) {
    const [segment, value = ""] = split(line);
    const [family = ""] = value.split("^");
    // The other names (type D) are those that the patient goes by, of which the CDA may have several.
    if (segment === "PID-5" && /\^L$/.test(value) && patient.birthName !== undefined && family !== "") {
      if (loosely(family) !== loosely(patient.birthName))
        return said("sourcePatientInfo PID-5", health(family), health(patient.birthName));
    }
    const born = patient.birthTime?.slice(0, 8);
    if (segment === "PID-7" && born?.length === 8 && /^\d{8}/.test(value) && value.slice(0, 8) !== born)
      return said("sourcePatientInfo PID-7", health(value.slice(0, 8)), health(born));
    if (segment === "PID-8" && isSex(value) && isSex(patient.gender) && value !== patient.gender)
      return said("sourcePatientInfo PID-8", value, patient.gender ?? "");
  }
  const codes = entry.confidentialityCodes.map(({ code }) => code);
  // A mask that the sender adds stands beside the CDA's own code, or in its place.
  if (codes.length > 0 && codes.every((code) => LEVELS.has(code)) && isLevel(confidentialityCode))
    if (!codes.includes(confidentialityCode.code))
      return said("confidentialityCode", codes.join(", "), confidentialityCode.code);
  return undefined;
}

const INS = /1\.2\.250\.1\.213\.1\.4\.(?:8|9|10|11)\b/;

const LEVELS = new Set(["N", "R", "V"]);
const isLevel = (code: Code | undefined): code is Code => code !== undefined && LEVELS.has(code.code);

const isSex = (value: string | undefined) => value === "M" || value === "F";

function split(line: string): [string, string] {
  const bar = line.indexOf("|");
  return [line.slice(0, bar).trim(), line.slice(bar + 1).trim()];
}
