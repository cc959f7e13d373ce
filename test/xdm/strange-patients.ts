import { type Choice, list } from "./strange-choices.js";

/** A patient as software writes it; identities are invented. */
export const INS = "285027800604851";
const nh = (oid: string) => `${INS}^^^&${oid}&ISO^NH`;
const ins = (oid: string, more = "") => `<id root="${oid}" extension="${INS}"${more}/>`;
const ipp = "IPP7^^^&1.2.250.1.999.2&ISO^PI";
const IPP = '<id root="1.2.250.1.999.2" extension="IPP7"/>';
const OTHER = '<id extension="D/9" root="1.2.250.1.999.3" assigningAuthorityName="Dossier"/>';
export const PATIENT_IDS: readonly Choice[] = [
  [ins("1.2.250.1.213.1.4.8") + IPP, { patientId: nh("1.2.250.1.213.1.4.8"), sourcePatientId: ipp, pid3: "" }],
  [IPP + ins("1.2.250.1.213.1.4.9"), { patientId: nh("1.2.250.1.213.1.4.9"), sourcePatientId: ipp, pid3: "" }],
  [
    OTHER + ins("1.2.250.1.213.1.4.10", ' displayable="false"') + IPP,
    { patientId: nh("1.2.250.1.213.1.4.10"), sourcePatientId: "D/9^^^&1.2.250.1.999.3&ISO^PI", pid3: `PID-3|${ipp}` },
  ],
  [
    ins("1.2.250.1.213.1.4.11"),
    { patientId: nh("1.2.250.1.213.1.4.11"), sourcePatientId: nh("1.2.250.1.213.1.4.11"), pid3: "" },
  ],
  [`<id nullFlavor="NASK"/>${IPP}`, { patientId: ipp, sourcePatientId: ipp, pid3: "" }],
  [
    `<id root="1.2.250.1.213.1.4.8" nullFlavor="UNK"/>${IPP}${OTHER}`,
    { patientId: ipp, sourcePatientId: ipp, pid3: "PID-3|D/9^^^&1.2.250.1.999.3&ISO^PI" },
  ],
];

export const NAMES: readonly Choice[] = [
  [
    '<name><family qualifier="BR">MOREL</family><given>Élodie Marie</given><given qualifier="BR">Élodie</given></name>',
    { pid5: "PID-5|MOREL^Élodie^Élodie Marie^^^^L" },
  ],
  [
    '<name use="L"><prefix>MME</prefix><family qualifier="CL">PETIT</family><family qualifier="BR">MOREL</family><given qualifier="CL">Lili</given><given qualifier="BR">Élodie</given><given>Élodie Marie</given></name>',
    { pid5: list("PID-5|MOREL^Élodie^Élodie Marie^^^^L", "PID-5|PETIT^Lili^^^^^D") },
  ],
  [
    '<name><family qualifier="BR">D&apos;OR</family><family qualifier="SP">L\'ÎLE</family><given>Zoé</given></name>',
    { pid5: list("PID-5|D'OR^Zoé^Zoé^^^^L", "PID-5|L'ÎLE^Zoé^^^^^D") },
  ],
  [
    "<name><given>Jean</given><given>Paul</given><family>LE BIHAN</family></name>",
    { pid5: "PID-5|LE BIHAN^Jean^Jean Paul^^^^L" },
  ],
  ["<name>MOREL Élodie</name>", { pid5: "PID-5|MOREL Élodie^^^^^^L" }],
  ['<name nullFlavor="MSK"/>', { pid5: "" }],
  [
    '<name nullFlavor="UNK"/><name use="L"><family qualifier="BR">MOREL</family><given qualifier="BR">Zoé</given></name>',
    { pid5: "PID-5|MOREL^Zoé^^^^^L" },
  ],
  [
    '<name use="C"><family qualifier="BR">MOREL</family><given>Zoé Anne</given><given qualifier="BR">Zoé</given></name><name use="L"><family qualifier="CL">PETIT</family><given>Zoé Anne</given><given qualifier="CL">Lou</given></name>',
    { pid5: list("PID-5|MOREL^Zoé^Zoé Anne^^^^L", "PID-5|PETIT^Lou^^^^^D") },
  ],
  [
    '<name use="L"><family qualifier="BR">MOREL</family><given>Zoé</given></name><name use="P"><family>LUNE</family><given>Clair</given></name>',
    { pid5: "PID-5|MOREL^Zoé^Zoé^^^^L" },
  ],
];

export const GENDERS: readonly Choice[] = [
  ['<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>', { pid8: "PID-8|F" }],
  ['<administrativeGenderCode code="UN" codeSystem="2.16.840.1.113883.5.1" displayName="?"/>', { pid8: "PID-8|UN" }],
  ['<administrativeGenderCode nullFlavor="UNK"/>', { pid8: "" }],
];

export const BIRTHS: readonly Choice[] = [
  ['<birthTime value="19850512"/>', { pid7: "PID-7|19850512" }],
  ['<birthTime value="1985"/>', { pid7: "PID-7|1985" }],
  ['<birthTime value="198505"/>', { pid7: "PID-7|198505" }],
  ['<birthTime value="202601041605+0100"/>', { pid7: "PID-7|202601041605+0100" }],
  ['<birthTime nullFlavor="UNK"/>', { pid7: "" }],
];

export const PLACES: readonly Choice[] = [
  ["", { pid11: "" }],
  [
    "<birthplace><place><addr><county>31555</county><city>TOULOUSE</city></addr></place></birthplace>",
    { pid11: "PID-11|^^^^^^BDL^^31555" },
  ],
  ['<birthplace><place><name>TOULOUSE</name><addr nullFlavor="NI"/></place></birthplace>', { pid11: "" }],
  ["<birthplace><place><addr><county>99134</county></addr></place></birthplace>", { pid11: "PID-11|^^^^^^BDL^^99134" }],
];

export const PATIENT_CONTACTS: readonly string[] = [
  "",
  '<addr use="H"><houseNumber>3</houseNumber><streetName>Rue Neuve</streetName><postalCode>31000</postalCode><city>TOULOUSE</city></addr><telecom value="tel:0500000000" use="H"/>',
  '<addr>3 rue Neuve, 31000 TOULOUSE</addr><addr nullFlavor="NASK"/><telecom nullFlavor="NASK"/>',
  '<addr><streetAddressLine>3 rue</streetAddressLine><streetAddressLine>Neuve</streetAddressLine><useablePeriod xsi:type="IVL_TS"><low value="2020"/></useablePeriod></addr><telecom value="mailto:a@example.org"/>',
];
