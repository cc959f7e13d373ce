import { hash, randomUUID } from "node:crypto";
import { readCda } from "../cda/index.js";
import type { Cda } from "../cda/types.js";
import { defined } from "../defined.js";
import { MedimailError, type Problem } from "../errors.js";
import { indexPage, readme as readmeOf, type Sender } from "./companions.js";
import { deriveDocument } from "./derive-document.js";
import { requireOnePatient } from "./derive-patient.js";
import {
  authorsOf,
  contentTypeOf,
  recipientOf,
  requireDistinct,
  sourceIdOf,
  titleOf,
  withMasks,
} from "./derive-set.js";
import { splitId } from "./hl7.js";
import { oidOfUuid } from "./oid.js";
import { digitsOf } from "./time.js";
import type { DocumentEntry, PackedXdm, PackInput, SubmissionSet, XdmAction, XdmDocumentInput } from "./types.js";
import { writeMetadata } from "./write-metadata.js";
import { type PackedEntry, packEntry, writeZip } from "./zip-write.js";

const FOLDER = "IHE_XDM/SUBSET01/";
const ACTIONS: readonly XdmAction[] = ["create", "replace", "delete"];
/** `DOC9999.XML`: names of eight letters at most, as ISO 9660 level 1 wants. */
const MAX_DOCUMENTS = 9999;

/**
 * Packs documents of one patient as an IHE_XDM.ZIP (ITI-32, French profile: ECO.2.1.1). The metadata are derived from the CDA
 * headers; the documents go in byte for byte.
 *
 * submissionTime is now, to the second. A large document is hashed and packed off the main thread.
 *
 * @throws MedimailError `xdm_several_patients` documents of two patients; `xdm_document_invalid` one document twice;
 * `invalid_argument` a code outside of its value set, no document, a sourceId that is no OID; what `readCda` throws
 */
export async function packXdm(input: PackInput): Promise<PackedXdm> {
  const action = input.action ?? "create";
  if (!ACTIONS.includes(action)) {
    throw new MedimailError("invalid_argument", "action is create, replace or delete.", { path: "action" });
  }
  if (input.documents.length === 0 || input.documents.length > MAX_DOCUMENTS) {
    throw new MedimailError("invalid_argument", `An archive has 1 to ${MAX_DOCUMENTS} documents.`, {
      path: "documents",
    });
  }
  const cdas = input.documents.map(({ content, cda }) => cda ?? readCda(content));
  requireOnePatient(cdas);
  requireDistinct(cdas);

  const uuid = input.uuid ?? randomUUID;
  const now = input.now ?? Date.now();
  const problems: Problem[] = [];
  const documents = cdas.map((cda, index) => {
    const document = input.documents[index] as XdmDocumentInput;
    return describe(cda, document.content, index, input, action, uuid(), problems);
  });
  // Who packs many at the same time has all of them described, then all written: each code then stays in the processor's caches.
  await Promise.resolve();
  const submissionSet = describeSet(cdas[0] as Cda, documents, input, now, uuid);
  const metadata = writeMetadata(submissionSet, titleOf(documents), documents);
  const { index, readme } = await companionsOf(
    senderOf(input, cdas[0] as Cda),
    input.software,
    documents.map((document) => document.uri),
  );
  const zip = await writeZip(
    [
      { path: "INDEX.HTM", packed: index },
      { path: "README.TXT", packed: readme },
      { path: "IHE_XDM/" },
      { path: FOLDER },
      { path: `${FOLDER}METADATA.XML`, content: Buffer.from(metadata, "utf8") },
      ...documents.map(({ path }, index) => ({ path, content: (input.documents[index] as XdmDocumentInput).content })),
    ],
    now,
  );
  return { zip, submissionSet, documents, problems };
}

interface Companions {
  index: PackedEntry;
  readme: PackedEntry;
}

/** Those of one sender are the same in each of his archives of so many documents. */
const companions = new Map<string, Companions>();
const MAX_COMPANIONS = 32;
const MAX_KEY = 2_048;
const MAX_NAMES = 64;

async function companionsOf(
  sender: Sender,
  software: PackInput["software"],
  names: readonly string[],
): Promise<Companions> {
  const key = JSON.stringify([sender, software, names.length]);
  const known = companions.get(key);
  if (known) return known;
  const packed = {
    index: await packEntry(Buffer.from(indexPage(sender, names), "utf8")),
    readme: await packEntry(Buffer.from(readmeOf(sender, software, names), "utf8")),
  };
  if (key.length > MAX_KEY || names.length > MAX_NAMES) return packed;
  if (companions.size >= MAX_COMPANIONS) companions.clear();
  companions.set(key, packed);
  return packed;
}

function describe(
  cda: Cda,
  content: Uint8Array,
  index: number,
  input: PackInput,
  action: XdmAction,
  uuid: string,
  problems: Problem[],
): DocumentEntry & { entryUUID: string } {
  const uri = `DOC${String(index + 1).padStart(4, "0")}.XML`;
  const derived = deriveDocument(cda, `documents[${index}]`, problems);
  // A literal that begins with a spread costs a microsecond for each member that follows it (V8 of Node 20).
  return Object.assign(derived, {
    uri,
    path: `${FOLDER}${uri}`,
    entryUUID: urn(uuid),
    confidentialityCodes: withMasks(derived.confidentialityCodes, input.confidentialityCodes),
    hash: hash("sha1", content, "hex"),
    size: content.byteLength,
    action,
  });
}

function describeSet(
  first: Cda,
  documents: readonly DocumentEntry[],
  input: PackInput,
  now: number,
  uuid: () => string,
): SubmissionSet & { entryUUID: string } {
  const custodian = first.header.custodian?.id;
  const patientId = documents.find((document) => document.patientId?.endsWith("^NH"))?.patientId;
  return defined({
    uniqueId: oidOfUuid(uuid()),
    entryUUID: urn(uuid()),
    sourceId: sourceIdOf(input, custodian),
    patientId: patientId ?? documents[0]?.patientId,
    submissionTime: digitsOf(new Date(now)),
    contentTypeCode: contentTypeOf(input.contentTypeCode, first.header),
    authors: authorsOf(documents),
    intendedRecipients: (input.intendedRecipients ?? []).map(recipientOf),
  });
}

function senderOf({ sender }: PackInput, { header }: Cda): Sender {
  const { custodian } = header;
  const idNat = sender?.structure?.idNat ?? (custodian?.id && splitId(custodian.id).extension);
  return defined({
    name: sender?.structure?.name ?? sender?.label ?? custodian?.name ?? "",
    idNat: idNat || undefined,
    contact: sender?.contact || undefined,
  });
}

const urn = (uuid: string): string => (uuid.startsWith("urn:uuid:") ? uuid : `urn:uuid:${uuid}`);
