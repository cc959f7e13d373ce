import type { Cda, CdaHeader, Code } from "../cda/types.js";
import { MedimailError } from "../errors.js";
import { confidentialityCodes, contentType, isConfidentialityCode } from "../terminology/index.js";
import { within, xcn, xon, xtn } from "./hl7.js";
import { oidOfWords } from "./oid.js";
import type { DocumentEntry, IntendedRecipient, PackInput, XdmAuthor } from "./types.js";

/** Class of an encounter (HL7 ActCode) to JDV_J03, as the ANS maps PV1-2: I 03, O 07, R 19, E 07. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  IMP: "03",
  ACUTE: "03",
  NONAC: "03",
  AMB: "07",
  VR: "07",
  EMER: "07",
  RECUR: "19",
};
const MEDICAL_LABORATORY = "SA25";

/**
 * contentTypeCode of the set: that of the caller, else from the class of the first encounter; without one `26` (medical
 * laboratory analyses) for a document of a laboratory, else `97` (activity not told apart). The official archives have a
 * code of facility in its place, which is an error of theirs (xdm.md §2).
 *
 * @throws MedimailError `invalid_argument` for a code that is not of JDV_J03
 */
export function contentTypeOf(given: string | undefined, header: CdaHeader): Code {
  if (given !== undefined) {
    const found = contentType(given);
    if (found) return found;
    throw new MedimailError("invalid_argument", "contentTypeCode is not a code of JDV_J03.", {
      path: "contentTypeCode",
    });
  }
  const { encounter } = header;
  const laboratory = encounter?.facilityType?.code === MEDICAL_LABORATORY;
  const code = CONTENT_TYPES[encounter?.code?.code ?? ""] ?? (laboratory ? "26" : "97");
  return contentType(code) ?? { code };
}

/**
 * sourceId of the set: the OID of the sending system. Where the caller has none, one is made out of the names of the software,
 * its publisher and the sending structure: always the same for the same sender, and never the identifier of the custodian,
 * which is not a system.
 *
 * @throws MedimailError `invalid_argument` for what is not an OID
 */
export function sourceIdOf({ sourceId, software, sender }: PackInput, custodian: string | undefined): string {
  if (sourceId === undefined) {
    return oidOfWords("sourceId", software.name, software.publisher ?? "", sender?.structure?.idNat ?? custodian ?? "");
  }
  if (/^[0-2](\.(0|[1-9]\d*))+$/.test(sourceId) && sourceId.length <= 64) return sourceId;
  throw new MedimailError("invalid_argument", "sourceId is not an OID.", { path: "sourceId" });
}

/**
 * The confidentiality codes of a document: its own, then those that the sender adds (masks).
 *
 * @throws MedimailError `invalid_argument` for a code that is not of JDV_J08, or more than four in all
 */
export function withMasks(own: readonly Code[], added: readonly string[] = []): Code[] {
  const codes = [...own];
  for (const [index, code] of added.entries()) {
    if (!isConfidentialityCode(code)) {
      throw new MedimailError("invalid_argument", "A confidentiality code is not of JDV_J08.", {
        path: `confidentialityCodes[${index}]`,
        hint: `The codes are ${Object.keys(confidentialityCodes).join(", ")}.`,
      });
    }
    if (!codes.some((each) => each.code === code)) codes.push({ ...confidentialityCodes[code] });
  }
  if (codes.length > 4) {
    throw new MedimailError("invalid_argument", "A document has four confidentiality codes at most.", {
      path: "confidentialityCodes",
    });
  }
  return codes;
}

/** The authors of the set: those of its documents, each once. */
export function authorsOf(documents: readonly Pick<DocumentEntry, "authors">[]): XdmAuthor[] {
  const all = documents.flatMap((document) => document.authors);
  if (all.length < 2) return all;
  const seen = new Map<string, XdmAuthor>();
  for (const author of all) seen.set(JSON.stringify(author), author);
  return [...seen.values()];
}

/**
 * `organisation|person|address` (ITI TF-3 4.2.3.3.7), each part empty where it is not known.
 *
 * @throws MedimailError `invalid_argument` where nothing is known of a recipient
 */
export function recipientOf({ organization, person, address }: IntendedRecipient, index: number): string {
  const cut = (who: { [name: string]: unknown }, length: number) =>
    Object.fromEntries(Object.entries(who).map(([name, v]) => [name, name === "id" ? v : String(v).slice(0, length)]));
  const value = within((length) => {
    const parts = [
      organization ? xon(cut(withAuthority(organization, "1.2.250.1.71.4.2.2"), length)) : "",
      person ? xcn(withAuthority(person, "1.2.250.1.71.4.2.1").id, cut(person, length)) : "",
      address ? xtn(address) : "",
    ];
    return address ? parts.join("|") : parts.slice(0, person ? 2 : 1).join("|");
  });
  if (value !== "") return value;
  throw new MedimailError("invalid_argument", "Nothing is said of an intended recipient.", {
    path: `intendedRecipients[${index}]`,
  });
}

/** A bare national identifier gets the OID of the authority that gives such identifiers. */
function withAuthority<T extends { id?: string }>(who: T, root: string): T {
  if (who.id === undefined || /^[0-2]\.[\d.]+(\^|$)/.test(who.id)) return who;
  return { ...who, id: `${root}^${who.id}` };
}

/** Name of the set: the title of its only document, or how many there are. */
export function titleOf(documents: readonly Pick<DocumentEntry, "title">[]): string | undefined {
  return documents.length === 1 ? documents[0]?.title : `${documents.length} documents`;
}

/** @throws MedimailError `xdm_document_invalid` where a document is there twice */
export function requireDistinct(cdas: readonly Cda[]): void {
  const seen = new Set<string>();
  for (const [index, { header }] of cdas.entries()) {
    if (seen.has(header.id)) {
      throw new MedimailError("xdm_document_invalid", "Two documents of the set have one identifier.", {
        path: `documents[${index}]`,
      });
    }
    seen.add(header.id);
  }
}
