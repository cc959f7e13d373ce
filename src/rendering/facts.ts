import type { Author, CdaHeader, Id, Organization, Party, Patient, Recipient, ServiceEvent } from "../cda/index.js";
import { documentTypeLabel } from "../terminology/index.js";
import { type Difference, differencesOf } from "./claims.js";
import {
  clean,
  formatAddress,
  formatCode,
  formatId,
  formatInterval,
  formatOrganization,
  formatPerson,
  formatTelecom,
  formatTime,
  isTestOid,
  shortId,
} from "./format.js";
import { identityFacts, patientDetails, patientLine, patientName } from "./identity.js";
import type { Claims, Compared, Language, Notice, ShownDocument } from "./types.js";
import { labelOf, labelsIn, type Words, wordsIn } from "./words.js";

/** A line of the header: what, and one value or more. */
export interface Fact {
  label: string;
  values: string[];
  /** What of {@link Compared} it is, to mark it where places do not agree. */
  trait?: keyof Claims;
}

/** The header as it is shown: the same in HTML and PDF. */
export interface Face {
  title: string;
  patient: { name: string; line: string; facts: Fact[] };
  /** Beside the patient: what a reader wants first. */
  document: Fact[];
  /** After the narrative. */
  more: Fact[];
  differences: Difference[];
  warnings: string[];
}

/** Everything of the header that is shown, in the order of the page. */
export function faceOf(
  shown: ShownDocument,
  language: Language,
  compared: Compared = {},
  notices: readonly Notice[] = [],
): Face {
  const { header } = shown.cda;
  const words = wordsIn(language);
  const type = typeOf(header);
  const title = clean(header.title ?? "") || type;
  return {
    title,
    patient: {
      name: patientName(header.patient),
      line: patientLine(header.patient, language),
      facts: [...identityFacts(header.patient, language), ...lifeFacts(header.patient, language)],
    },
    document: documentFacts(header, type, language),
    more: moreFacts(shown, language),
    differences: differencesOf(header, compared, language),
    warnings: [
      ...notices.map((notice) => words[notice]),
      ...(header.patient.ins && isTestOid(header.patient.ins.oid) ? [words.testIdentity] : []),
      ...(shown.problems.some(({ severity, code }) => severity === "error" && !FAULTS_SHOWN.has(code))
        ? [words.incomplete]
        : []),
    ],
  };
}

/** Faults that the page shows where they are. */
const FAULTS_SHOWN = new Set([
  "media_missing",
  "media_outside",
  "image_unreadable",
  "media_unreadable",
  "effective_time_missing",
]);

function typeOf({ code }: CdaHeader): string {
  return clean(code.displayName ?? documentTypeLabel(code.code, code.codeSystem) ?? code.code);
}

function fact(label: string, values: readonly (string | undefined)[], trait?: keyof Claims): Fact[] {
  const shown = values.filter((value): value is string => value !== undefined && value !== "");
  return shown.length === 0 ? [] : [{ label, values: shown, ...(trait && { trait }) }];
}

/** What must be seen beside who the patient is: that he is dead, that he has a twin. */
function lifeFacts({ deceased, multipleBirth }: Patient, language: Language): Fact[] {
  const words = wordsIn(language);
  return [
    ...fact(words.deceased, [
      deceased && joined(words.isDeceased, deceased !== true && `${words.on} ${formatTime(deceased, language)}`),
    ]),
    ...fact(words.multipleBirth, [
      multipleBirth && (multipleBirth === true ? words.isMultiple : `${words.rank} ${clean(multipleBirth)}`),
    ]),
  ];
}

function documentFacts(header: CdaHeader, type: string, language: Language): Fact[] {
  const words = wordsIn(language);
  const confidentiality = header.confidentialityCode;
  return [
    ...fact(words.type, [type], "typeCode"),
    ...fact(words.date, [header.effectiveTime && formatTime(header.effectiveTime, language)]),
    ...fact(words.version, [header.versionNumber?.toString()]),
    ...related(header, words),
    ...fact(
      header.authors.length > 1 ? words.authors : words.author,
      header.authors.map((each) => author(each, language)),
    ),
    ...fact(words.signatory, [
      header.legalAuthenticator &&
        joined(
          formatPerson(header.legalAuthenticator.person) || idText(header.legalAuthenticator.id),
          formatCode(header.legalAuthenticator.specialty),
          formatOrganization(header.legalAuthenticator.organization),
          header.legalAuthenticator.time && `${words.on} ${formatTime(header.legalAuthenticator.time, language)}`,
        ),
    ]),
    ...fact(words.recipients, header.recipients.map(recipient)),
    ...(confidentiality && confidentiality.code !== "N"
      ? fact(words.confidentiality, [confidentialityText(header, language)])
      : []),
  ];
}

function confidentialityText({ confidentialityCode: code }: CdaHeader, language: Language): string | undefined {
  return code && (labelOf(labelsIn(language).confidentiality, code.code) ?? formatCode(code));
}

function related({ relatedDocuments }: CdaHeader, words: Words): Fact[] {
  const of = (typeCode: string): string[] =>
    relatedDocuments
      .filter((each) => each.typeCode === typeCode)
      .map(({ id, setId, versionNumber }) =>
        joined(
          id ? formatId(id) : setId && formatId(setId),
          versionNumber && `${words.version.toLowerCase()} ${versionNumber}`,
        ),
      );
  return [
    ...fact(words.replaces, of("RPLC")),
    ...fact(words.appends, of("APND")),
    ...fact(words.transforms, of("XFRM")),
  ];
}

/** Without the dots and dashes that software writes where it has nothing to say. */
const joined = (...parts: (Told | readonly Told[])[]): string =>
  parts
    .flat()
    .filter((part) => part !== undefined && part !== false && /[\p{L}\p{N}]/u.test(String(part)))
    .join(", ");
type Told = string | number | false | undefined;
/** A text, unless another one tells it already. */
const unsaid = (text: string, said: string): string => (said.toLowerCase().includes(text.toLowerCase()) ? "" : text);
const idText = (id: Id | undefined): string => (id ? shortId(id) : "");

function author(each: Author, language: Language): string {
  const device =
    each.device &&
    joined(each.device.software && clean(each.device.software), each.device.model && clean(each.device.model));
  return joined(
    formatPerson(each.person) || device || idText(each.id),
    formatCode(each.function),
    unsaid(clean(each.functionText ?? ""), formatCode(each.function)),
    formatCode(each.specialty),
    formatOrganization(each.organization),
    (each.telecom ?? []).slice(0, 2).map((telecom) => formatTelecom(telecom, language)),
  );
}

function recipient(each: Recipient): string {
  return joined(
    formatPerson(each.person),
    formatOrganization(each.organization),
    each.address ?? (each.person || each.organization ? undefined : idText(each.id)),
  );
}

function organization(each: Organization | undefined, language: Language): string {
  return joined(
    formatOrganization(each),
    (each?.address ?? []).map(formatAddress),
    (each?.telecom ?? []).map((telecom) => formatTelecom(telecom, language)),
  );
}

/** A party on one line: in which role, who, where. */
export function partyText(party: Party, language: Language): string {
  const named =
    formatCode(party.function) || labelOf(labelsIn(language).relation, party.typeCode ?? party.classCode) || "";
  const role = joined(named, unsaid(clean(party.functionText ?? ""), named));
  const who = joined(
    formatPerson(party.person, party.familyNames) || (party.organization ? "" : idText(party.id)),
    formatCode(party.code),
    formatOrganization(party.organization),
    formatInterval(party.time, language),
    (party.address ?? []).map(formatAddress),
    // A person who has no telephone is called where he works.
    (party.telecom ?? party.organization?.telecom ?? []).map((telecom) => formatTelecom(telecom, language)),
  );
  return role && who ? `${role}${language === "fr" ? " " : ""}: ${who}` : role || who;
}

/** Each by name, profession and organisation. */
function performers({ performer, otherPerformers = [] }: ServiceEvent): string {
  return [...(performer ? [performer] : []), ...otherPerformers]
    .map((each) => joined(formatPerson(each.person), formatCode(each.specialty), formatOrganization(each.organization)))
    .filter((text) => text !== "")
    .join(" ; ");
}

function moreFacts({ cda: { header } }: ShownDocument, language: Language): Fact[] {
  const words = wordsIn(language);
  const all = (label: string, list: readonly Party[] = []): Fact[] =>
    fact(
      label,
      list.map((each) => partyText(each, language)),
    );
  const { encounter, patient, orders = [] } = header;
  const confidentiality = header.confidentialityCode?.code === "N" ? [confidentialityText(header, language)] : [];
  return [
    ...patientDetails(header.patient, language),
    ...fact(words.birthPlaceName, [patient.birthPlace?.placeName && clean(patient.birthPlace.placeName)]),
    ...all(words.guardian, patient.guardians),
    ...fact(words.provider, [organization(patient.provider, language)]),
    ...fact(
      words.event,
      header.serviceEvents.map((event) =>
        joined(
          [...new Set([event.code, ...event.translations].map(formatCode))],
          unsaid(clean(event.text ?? ""), formatCode(event.code)),
          formatInterval(event, language),
          performers(event),
        ),
      ),
    ),
    ...fact(words.encounter, [
      encounter &&
        joined(
          formatCode(encounter.code),
          formatInterval(encounter, language),
          formatCode(encounter.facilityType),
          organization(encounter.location, language),
        ),
    ]),
    ...all(words.responsible, encounter?.responsible && [encounter.responsible]),
    // `CON` of who takes part in an encounter is a consultant; of a relation, somebody to be called.
    ...all(
      words.attending,
      encounter?.participants?.map((each) => (each.typeCode === "CON" ? { ...each, typeCode: "CNS" } : each)),
    ),
    ...fact(words.orders, [
      ...orders.flatMap(({ ids }) => ids.map(formatId)),
      ...orders.flatMap(({ text }) => (text === undefined ? [] : [clean(text)])),
    ]),
    ...all(words.informants, header.informants),
    ...all(words.participants, header.participants),
    ...all(words.authenticators, header.authenticators),
    ...all(words.dataEnterers, header.dataEnterer && [header.dataEnterer]),
    ...fact(
      words.consents,
      (header.consents ?? []).map(({ code }) => formatCode(code)),
    ),
    ...fact(words.custodian, [organization(header.custodian, language)]),
    ...fact(words.confidentiality, confidentiality),
    ...fact(words.identifier, [formatId(header.id)], "uniqueId"),
    ...fact(words.setIdentifier, [header.setId && formatId(header.setId)]),
    ...fact(words.language, [header.languageCode && clean(header.languageCode)]),
  ];
}
