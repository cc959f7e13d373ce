import { isPatientAddress } from "../identity/index.js";
import type { MailPatient } from "./open-types.js";
import type { MailAddress, MailSummary } from "./types.js";

/**
 * What a person is shown of an address (ECO.3.1.2): the patient's name in place of the INS address, the sender's label, else the
 * address. A patient without a known name is shown by the matricule, for nothing else tells who he is.
 */
export function shownName({ name, address }: MailAddress, patient?: string): string {
  if (address !== "" && isPatientAddress(address)) {
    if (patient) return patient;
    // A label that only repeats the address names nobody.
    return name !== "" && !name.includes("@") ? name : address.slice(0, address.indexOf("@"));
  }
  return name !== "" ? name : address;
}

/** The mail with its patient's name at his address, in place of the label: the documents say it, the label is anybody's word. */
export function withPatientName(mail: MailSummary, patient: MailPatient | null): MailSummary {
  if (!patient || patient.name === "" || patient.agreement === "differ") return mail;
  const named = (address: MailAddress): MailAddress =>
    isPatientAddress(address.address) && sameIns(address.address, patient)
      ? { ...address, name: patient.name }
      : address;
  return {
    ...mail,
    ...(mail.from ? { from: named(mail.from) } : {}),
    to: mail.to.map(named),
    cc: mail.cc.map(named),
  };
}

function sameIns(address: string, { ins }: MailPatient): boolean {
  return ins === undefined ? false : address.slice(0, address.indexOf("@")).toUpperCase() === ins.value.toUpperCase();
}
