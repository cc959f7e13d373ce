import { defined } from "../defined.js";
import { familyNamesFrom, sameNames } from "./names.js";
import { type ReadCdaOptions, readCda } from "./read.js";
import type { Cda, CdaHeader, Code, Organization, Party, Performer } from "./types.js";

/**
 * What `medimail cda inspect` prints (CLI.md): every key that is always there has `null` where the document has nothing,
 * every other is left out. Bytes are read first. Given back to {@link wrapPdf}, it makes a document that prints the same.
 */
export function inspectCda(document: Cda | Uint8Array, options: ReadCdaOptions = {}): Record<string, unknown> {
  const { header, body, problems } = document instanceof Uint8Array ? readCda(document, options) : document;
  return { ...inspectHeader(header), body, problems };
}

function inspectHeader(header: CdaHeader): Record<string, unknown> {
  const { patient } = header;
  return defined({
    id: header.id,
    setId: header.setId ?? null,
    versionNumber: header.versionNumber ?? null,
    relatedDocuments: header.relatedDocuments,
    templateIds: header.templateIds,
    code: code(header.code),
    codeTranslations: header.codeTranslations?.map(code),
    title: header.title ?? null,
    effectiveTime: header.effectiveTime === "" ? null : header.effectiveTime,
    languageCode: header.languageCode ?? null,
    confidentialityCode: header.confidentialityCode ? code(header.confidentialityCode) : null,
    patient: defined({
      ins: patient.ins,
      localIds: patient.localIds,
      birthName: patient.birthName ?? null,
      usedName: patient.usedName ?? null,
      // Only where the two names above do not say it all.
      ...(sameNames(patient.familyNames, familyNamesFrom(patient)) ? {} : { familyNames: patient.familyNames }),
      givenNames: patient.givenNames,
      prefix: patient.prefix,
      suffix: patient.suffix,
      birthTime: patient.birthTime ?? null,
      gender: patient.gender ?? null,
      birthPlace: patient.birthPlace,
      address: patient.address,
      telecom: patient.telecom,
      deceased: patient.deceased,
      multipleBirth: patient.multipleBirth,
      guardians: patient.guardians?.map(party),
      provider: patient.provider && organization(patient.provider),
    }),
    authors: header.authors.map((author) =>
      defined({
        time: author.time ?? null,
        function: author.function && code(author.function),
        functionText: author.functionText,
        id: author.id ?? null,
        specialty: author.specialty && code(author.specialty),
        person: author.person,
        device: author.device,
        organization: author.organization && organization(author.organization),
        telecom: author.telecom,
        address: author.address,
      }),
    ),
    legalAuthenticator: header.legalAuthenticator
      ? defined({
          time: header.legalAuthenticator.time ?? null,
          id: header.legalAuthenticator.id ?? null,
          specialty: header.legalAuthenticator.specialty && code(header.legalAuthenticator.specialty),
          person: header.legalAuthenticator.person ?? null,
          organization: header.legalAuthenticator.organization && organization(header.legalAuthenticator.organization),
          telecom: header.legalAuthenticator.telecom,
          address: header.legalAuthenticator.address,
        })
      : null,
    custodian: header.custodian ? organization(header.custodian) : null,
    recipients: header.recipients.map((recipient) =>
      defined({
        ...recipient,
        organization: recipient.organization && organization(recipient.organization),
      }),
    ),
    serviceEvents: header.serviceEvents.map((event) =>
      defined({
        classCode: event.classCode,
        ids: event.ids,
        code: event.code && code(event.code),
        text: event.text,
        translations: event.translations.map((translation) =>
          defined({
            ...code(translation),
            qualifiers: translation.qualifiers?.map(({ name, value }) =>
              defined({ name: code(name), value: value && code(value) }),
            ),
          }),
        ),
        status: event.status,
        low: event.low ?? null,
        high: event.high,
        performer: event.performer && performer(event.performer),
        otherPerformers: event.otherPerformers?.map(performer),
      }),
    ),
    encounter:
      header.encounter &&
      defined({
        id: header.encounter.id,
        code: header.encounter.code && code(header.encounter.code),
        low: header.encounter.low,
        high: header.encounter.high,
        facilityType: header.encounter.facilityType ? code(header.encounter.facilityType) : null,
        location: header.encounter.location,
        otherIds: header.encounter.otherIds,
        dischargeDisposition: header.encounter.dischargeDisposition && code(header.encounter.dischargeDisposition),
        responsible: header.encounter.responsible && party(header.encounter.responsible),
        participants: header.encounter.participants?.map(party),
      }),
    dataEnterer: header.dataEnterer && party(header.dataEnterer),
    informants: header.informants?.map(party),
    authenticators: header.authenticators?.map(party),
    participants: header.participants?.map(party),
    orders: header.orders?.map((order) =>
      defined({ ...order, code: order.code && code(order.code), priority: order.priority && code(order.priority) }),
    ),
    consents: header.consents?.map((consent) => defined({ ...consent, code: consent.code && code(consent.code) })),
  });
}

function code(value: Code): Record<keyof Code, string | null> {
  return { code: value.code, codeSystem: value.codeSystem ?? null, displayName: value.displayName ?? null };
}

function party(value: Party): Record<string, unknown> {
  return defined({
    ...value,
    function: value.function && code(value.function),
    code: value.code && code(value.code),
    organization: value.organization && organization(value.organization),
  });
}

function performer(value: Performer): Record<string, unknown> {
  return defined({
    ...value,
    id: value.id ?? null,
    function: value.function && code(value.function),
    specialty: value.specialty && code(value.specialty),
    organization: value.organization && organization(value.organization),
  });
}

function organization(value: Organization): Record<string, unknown> {
  return defined({ ...value, practiceSetting: value.practiceSetting && code(value.practiceSetting) });
}
