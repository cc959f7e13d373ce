import { systemClock, systemRandom } from "../src/seams/index.js";
import { prepare, type SenderProfile } from "../src/sending/index.js";
import { cdaOf, pdfOf } from "../test/tools/documents.js";

export const FROM = "labo@ch-exemple.mssante.fr";
export const TO = "martin.dupont@medecin.mssante.fr";

/** A PDF of 6 KB that does not compress makes, as level-1 CDA in its archive and beside it, a mail of about 20 KB. */
const PDF_BYTES = 6_000;

export const PROFILE: SenderProfile = {
  tenant: "default",
  mailbox: FROM,
  software: { name: "Bench", version: "1.0", nil: "BENCH00001", oid: "1.2.250.1.999.1" },
  sender: { label: "Laboratoire - CH EXEMPLE" },
  clock: systemClock,
  random: systemRandom,
  allowTestIdentities: true,
};

let serial = 0;

/** Documents that were never sent: each has an id and a PDF of its own. */
export function freshDocuments(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => {
    serial += 1;
    return cdaOf(serial, pdfOf(PDF_BYTES, serial));
  });
}

export interface ReadyMade {
  messageId: string;
  raw: Buffer;
}

/** The mails that the connector would send of fresh documents, whole. */
export async function readyMade(count: number): Promise<ReadyMade[]> {
  const mails: ReadyMade[] = [];
  for (const cda of freshDocuments(count)) {
    const { composed } = await prepare({ documents: [{ cda }], to: [TO] }, PROFILE);
    const [mail] = composed.mails;
    const body = mail && composed.bodies[mail.body];
    if (!mail || !body) throw new Error("nothing was composed");
    mails.push({ messageId: mail.messageId, raw: Buffer.concat([mail.head, body]) });
  }
  return mails;
}
