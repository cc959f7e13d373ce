import { familyNamesFrom, sameNames } from "./names.js";
import { type ReadCdaOptions, readCda } from "./read.js";
import type { Cda, CdaHeader, Code, Organization } from "./types.js";
import { optional } from "./values.js";

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
  return {
    id: header.id,
    setId: header.setId ?? null,
    versionNumber: header.versionNumber ?? null,
    relatedDocuments: header.relatedDocuments,
    templateIds: header.templateIds,
    code: code(header.code),
    title: header.title ?? null,
    effectiveTime: header.effectiveTime === "" ? null : header.effectiveTime,
    languageCode: header.languageCode ?? null,
    confidentialityCode: header.confidentialityCode ? code(header.confidentialityCode) : null,
    patient: {
      ins: patient.ins,
      localIds: patient.localIds,
      birthName: patient.birthName ?? null,
      usedName: patient.usedName ?? null,
      // Only where the two names above do not say it all.
      ...(sameNames(patient.familyNames, familyNamesFrom(patient)) ? {} : { familyNames: patient.familyNames }),
      givenNames: patient.givenNames,
      ...optional("prefix", patient.prefix),
      ...optional("suffix", patient.suffix),
      birthTime: patient.birthTime ?? null,
      gender: patient.gender ?? null,
      ...optional("birthPlace", patient.birthPlace),
      ...optional("address", patient.address),
      ...optional("telecom", patient.telecom),
    },
    authors: header.authors.map((author) => ({
      time: author.time ?? null,
      ...optional("function", author.function && code(author.function)),
      id: author.id ?? null,
      ...optional("specialty", author.specialty && code(author.specialty)),
      ...optional("person", author.person),
      ...optional("device", author.device),
      ...optional("organization", author.organization && organization(author.organization)),
      ...optional("telecom", author.telecom),
      ...optional("address", author.address),
    })),
    legalAuthenticator: header.legalAuthenticator
      ? {
          time: header.legalAuthenticator.time ?? null,
          id: header.legalAuthenticator.id ?? null,
          ...optional("specialty", header.legalAuthenticator.specialty && code(header.legalAuthenticator.specialty)),
          person: header.legalAuthenticator.person ?? null,
          ...optional(
            "organization",
            header.legalAuthenticator.organization && organization(header.legalAuthenticator.organization),
          ),
          ...optional("telecom", header.legalAuthenticator.telecom),
          ...optional("address", header.legalAuthenticator.address),
        }
      : null,
    custodian: header.custodian ? organization(header.custodian) : null,
    recipients: header.recipients.map((recipient) => ({
      ...recipient,
      ...optional("organization", recipient.organization && organization(recipient.organization)),
    })),
    serviceEvents: header.serviceEvents.map((event) => ({
      ...optional("code", event.code && code(event.code)),
      translations: event.translations.map(code),
      low: event.low ?? null,
      ...optional("high", event.high),
      ...optional(
        "performer",
        event.performer && {
          id: event.performer.id ?? null,
          ...optional("specialty", event.performer.specialty && code(event.performer.specialty)),
          ...optional("person", event.performer.person),
          ...optional("organization", event.performer.organization && organization(event.performer.organization)),
          ...optional("time", event.performer.time),
        },
      ),
    })),
    ...optional(
      "encounter",
      header.encounter && {
        ...optional("id", header.encounter.id),
        ...optional("code", header.encounter.code && code(header.encounter.code)),
        ...optional("low", header.encounter.low),
        ...optional("high", header.encounter.high),
        facilityType: header.encounter.facilityType ? code(header.encounter.facilityType) : null,
        ...optional("location", header.encounter.location),
      },
    ),
  };
}

function code(value: Code): Record<keyof Code, string | null> {
  return { code: value.code, codeSystem: value.codeSystem ?? null, displayName: value.displayName ?? null };
}

function organization(value: Organization): Record<string, unknown> {
  return { ...value, ...optional("practiceSetting", value.practiceSetting && code(value.practiceSetting)) };
}
