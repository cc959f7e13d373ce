import { createHash } from "node:crypto";
import type { CdaHeaderInput, Code, Organization } from "../cda/index.js";
import { wrapPdf } from "../cda/index.js";
import { renderPdf } from "../pdf.js";
import { LOINC } from "../terminology/index.js";
import { escapeAttribute, escapeText } from "../xml/index.js";
import { type InventedPatient, patientOf, TEST_INS_OID } from "./people.js";
import type { DocumentKind, DocumentPlan } from "./plan-types.js";

/** A document made: the CDA, and the PDF that goes beside the archive (ECO.2.1.1). */
export interface MadeDocument {
  cda: Uint8Array;
  pdf: Uint8Array;
  id: string;
  setId: string;
  version: number;
}

interface Template {
  code: Code;
  title: string;
  template: string;
  organization: string;
  author: { id: string; specialty: Code; family: string; given: string };
  practice: Code;
  facility: Code;
  section: { code: string; name: string; title: string };
  narrative: string;
}

const specialty = (code: string, displayName: string): Code => ({
  code,
  codeSystem: "1.2.250.1.213.1.1.4.5",
  displayName,
});
const loinc = (code: string, displayName: string): Code => ({ code, codeSystem: LOINC, displayName });
const HOSPITAL: Code = { code: "SA01", codeSystem: "1.2.250.1.71.4.2.4", displayName: "Etablissement public de santé" };
const SETTING: Code = {
  code: "ETABLISSEMENT",
  codeSystem: "1.2.250.1.213.1.1.4.9",
  displayName: "Etablissement de santé",
};

const TEMPLATES: Readonly<Record<DocumentKind, Template>> = {
  biology: {
    code: loinc("11502-2", "CR d'examens biologiques"),
    title: "CR d'examens biologiques",
    template: "1.2.250.1.213.1.1.1.55",
    organization: "Laboratoire de biologie - CH EXEMPLE",
    author: {
      id: "899900000019",
      specialty: specialty("G15_10/SM03", "Médecin - Biologie médicale (SM)"),
      family: "EXEMPLE",
      given: "Aurore",
    },
    practice: SETTING,
    facility: HOSPITAL,
    section: { code: "18719-5", name: "Chimie", title: "Biochimie" },
    narrative: table([
      ["Examen", "Résultat", "Unité", "Référence"],
      ["Glucose", "0,92", "g/L", "0,70 - 1,10"],
      ["Créatinine", "68", "µmol/L", "45 - 84"],
      ["Potassium", "6,1", "mmol/L", "3,5 - 5,0"],
    ]),
  },
  imaging: {
    code: loinc("18748-4", "CR d'imagerie médicale"),
    title: "CR d'imagerie médicale",
    template: "1.2.250.1.213.1.1.1.45",
    organization: "Service de radiologie - CH EXEMPLE",
    author: {
      id: "899900000027",
      specialty: specialty("G15_10/SM44", "Médecin - Radio-diagnostic (SM)"),
      family: "INVENTE",
      given: "Rémi",
    },
    practice: SETTING,
    facility: HOSPITAL,
    section: { code: "55113-5", name: "Images clés", title: "Radiographie du thorax" },
    narrative: "<paragraph>Thorax de face. Pas d'anomalie décelée sur cette image inventée.</paragraph>",
  },
  discharge: {
    code: loinc("11490-0", "Lettre de liaison à la sortie d'un établissement de soins"),
    title: "Lettre de liaison",
    template: "1.2.250.1.213.1.1.1.29",
    organization: "Service de cardiologie - CH EXEMPLE",
    author: {
      id: "899900000035",
      specialty: specialty("G15_10/SM04", "Médecin - Cardiologie et maladies vasculaires (SM)"),
      family: "FICTIVE",
      given: "Hélène",
    },
    practice: SETTING,
    facility: HOSPITAL,
    section: { code: "11493-4", name: "Synthèse médicale du séjour", title: "Synthèse du séjour" },
    narrative: "<paragraph>Sortie au domicile, sans particularité. Document inventé.</paragraph>",
  },
  consultation: {
    code: loinc("11488-4", "CR ou fiche de consultation ou de visite"),
    title: "Compte rendu de consultation",
    template: "1.2.250.1.213.1.1.1.15",
    organization: "Cabinet des Lilas",
    author: {
      id: "899900000043",
      specialty: specialty("G15_10/SM26", "Médecin - Qualifié en Médecine Générale (SM)"),
      family: "DUPONT",
      given: "Martin",
    },
    practice: { code: "AMBULATOIRE", codeSystem: "1.2.250.1.213.1.1.4.9", displayName: "Ambulatoire" },
    facility: { code: "SA07", codeSystem: "1.2.250.1.71.4.2.4", displayName: "Cabinet individuel" },
    section: { code: "10164-2", name: "Historique de la maladie", title: "Consultation" },
    narrative: "<paragraph>Examen sans particularité. Document inventé.</paragraph>",
  },
};

function table([head = [], ...rows]: string[][]): string {
  const cells = (row: readonly string[], cell: string) =>
    `<tr>${row.map((text) => `<${cell}>${escapeText(text)}</${cell}>`).join("")}</tr>`;
  return `<table><thead>${cells(head, "th")}</thead><tbody>${rows.map((row) => cells(row, "td")).join("")}</tbody></table>`;
}

/** The type's name, for the sentences of the steps. */
export function kindText(kind: DocumentKind): string {
  return TEMPLATES[kind].title;
}

/** An OID that depends on these words alone: the same run, scenario and repetition give the same document. */
export function oidFor(...words: readonly string[]): string {
  const hex = createHash("sha256").update(words.join("\n")).digest("hex").slice(0, 32);
  return `2.25.${BigInt(`0x${hex}`)}`;
}

/** Makes the documents of a scenario; what a level 1 wraps is laid out once for each kind and patient, and kept. */
export class DocumentMaker {
  readonly #wrapped = new Map<string, Promise<Uint8Array>>();
  readonly #at: string;

  /** @param at a French time with its offset: when the documents were made */
  constructor(at: string) {
    this.#at = at;
  }

  async make(
    plan: DocumentPlan,
    ids: { id: string; setId: string; version: number; replaces?: string },
  ): Promise<MadeDocument> {
    const patient = patientOf(plan.patient);
    const { template, ...common } = TEMPLATES[plan.kind];
    const header = headerOf({ template, ...common }, patient, ids, this.#at);
    if (plan.level === 3) {
      const cda = structured(header, TEMPLATES[plan.kind]);
      return { cda, pdf: (await renderPdf(cda)).pdf, ...ids };
    }
    const pdf = padded(await this.#pdf(plan), plan.padding ?? 0);
    // Level 1 has templates of its own: without any, the header gets them.
    return { cda: wrapPdf(pdf, { ...header, templateIds: [] }), pdf, ...ids };
  }

  /** PDF/A-1b of the structured form of the document. */
  #pdf({ kind, patient }: DocumentPlan): Promise<Uint8Array> {
    const key = `${kind} ${patient}`;
    const known = this.#wrapped.get(key);
    if (known) return known;
    const ids = { id: oidFor("wrapped", key), setId: oidFor("wrapped set", key), version: 1 };
    const header = headerOf(TEMPLATES[kind], patientOf(patient), ids, this.#at);
    const made = renderPdf(structured(header, TEMPLATES[kind])).then(({ pdf }) => pdf);
    this.#wrapped.set(key, made);
    return made;
  }
}

/** Bytes after the end of a PDF: a comment of its own lines, that no reader shows and no archive compresses away. */
function padded(pdf: Uint8Array, bytes: number): Uint8Array {
  if (bytes <= 0) return pdf;
  const noise = Buffer.alloc(bytes, "%\n");
  for (let at = 0, state = 7; at + 80 < bytes; at += 80) {
    for (let i = 1; i < 79; i += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      noise[at + i] = 33 + ((state >>> 16) % 90);
    }
    noise[at] = 0x25;
    noise[at + 79] = 0x0a;
  }
  return Buffer.concat([pdf, Buffer.from("\n"), noise, Buffer.from("\n%%EOF\n")]);
}

function headerOf(
  { code, title, template, organization, author, practice, facility }: Template,
  patient: InventedPatient,
  ids: { id: string; setId: string; version: number; replaces?: string },
  at: string,
): CdaHeaderInput {
  const structure: Organization = {
    id: "1.2.250.1.71.4.2.2^1990000017",
    name: organization,
    practiceSetting: practice,
  };
  const who = {
    id: `1.2.250.1.71.4.2.1^${author.id}`,
    specialty: author.specialty,
    person: { family: author.family, given: author.given, suffix: "DR" },
    organization: { id: structure.id as string, name: organization },
  };
  return {
    id: ids.id,
    setId: ids.setId,
    versionNumber: ids.version,
    relatedDocuments:
      ids.replaces === undefined ? [] : [{ typeCode: "RPLC", id: ids.replaces, versionNumber: ids.version - 1 }],
    templateIds: ["2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", template],
    code,
    title,
    effectiveTime: at,
    languageCode: "fr-FR",
    confidentialityCode: { code: "N", codeSystem: "2.16.840.1.113883.5.25", displayName: "Normal" },
    patient: {
      ins: patient.ins === undefined ? null : { value: patient.ins, oid: TEST_INS_OID },
      localIds: [`1.2.250.1.999.1.1^${patient.ipp}`],
      birthName: patient.family,
      familyNames: [{ qualifier: "BR", value: patient.family }],
      givenNames: [{ value: patient.givens }, { qualifier: "BR", value: patient.given }],
      birthTime: patient.birth,
      gender: patient.gender,
      birthPlace: { code: "99999", name: "INCONNU" },
    },
    authors: [{ time: at, ...who }],
    legalAuthenticator: { time: at, ...who },
    custodian: { id: structure.id as string, name: organization },
    recipients: [],
    serviceEvents: [{ low: at, performer: { ...who, organization: structure } }],
    encounter: { low: at, facilityType: facility, location: { name: "CH EXEMPLE" } },
  };
}

const BODY = /<component><nonXMLBody>.*<\/nonXMLBody><\/component>/s;

/** The same header over a structured body: level 3. */
function structured(header: CdaHeaderInput, { section, narrative }: Template): Uint8Array {
  const wrapped = Buffer.from(wrapPdf(Buffer.from("%PDF-1.4\n%%EOF\n"), header)).toString("utf8");
  const code = `code="${section.code}" codeSystem="${LOINC}" displayName="${escapeAttribute(section.name)}"`;
  const body =
    `<component><structuredBody><component><section><code ${code}/><title>${escapeText(section.title)}</title>` +
    `<text>${narrative}</text></section></component></structuredBody></component>`;
  return Buffer.from(
    wrapped.replace(BODY, () => body),
    "utf8",
  );
}
