// A publisher's program: when a document is validated in the software, it goes to its recipients by MSSanté, and its states come back.
// It runs against the mock, so it needs no account. With an operator, only the configuration changes.
import { type CdaHeaderInput, createConnector, wrapPdf } from "medimail-connector";
import { startMockMedimail } from "medimail-connector/mock";

/** What the software knows of a report when a doctor validates it. Every person here is invented. */
interface ValidatedReport {
  number: string;
  version: number;
  validatedBy: string;
  correspondents: string[];
  pdf: Uint8Array;
  header: CdaHeaderInput;
}

export async function main({ log }: { log: (line: string) => void }) {
  await using mock = await startMockMedimail({ autoReceipts: { deliver: true, read: true } });
  const config = await mock.config("labo@ch-exemple.mssante.fr");
  // Receipts are looked for every second here; 30 s is kinder to an operator.
  await using connector = createConnector(config, {
    receiptPollMs: 1_000,
  });
  await connector.ready();

  // One listener for all submissions. `reference` is the software's own number; an address would say too much in a log.
  connector.on("*", (event) => log(`event ${event.event} ${event.reference}`));

  /** Called by the software at validation, and called again where it is not sure that the first call ended. */
  const onValidated = (report: ValidatedReport) =>
    connector.documents.submit({
      documents: [{ cda: wrapPdf(report.pdf, report.header) }],
      to: report.correspondents,
      patient: true,
      requestRead: true,
      actor: report.validatedBy,
      reference: report.number,
      // The same key with the same content gives back the first submission; with another content it is an error.
      idempotencyKey: `${report.number}-v${report.version}`,
    });

  const report = validatedReport();
  const submission = await onValidated(report);
  log(`submitted ${submission.messageIds.length} mails, new: ${submission.created}`);
  const again = await onValidated(report);
  log(`submitted again, new: ${again.created}`);

  // Nothing has to wait here: the work survives this process. This program waits only to show how it ends.
  const { ok, recipients } = await submission.settled({ until: "read", signal: AbortSignal.timeout(20_000) });
  for (const recipient of recipients) log(`${recipient.kind} ${recipient.state}`);
  return { ok, sameSubmission: again.id === submission.id, mailsAtOperator: mock.mails.length };
}

function validatedReport(): ValidatedReport {
  const at = "20260114093000+0100";
  const laboratory = { id: "1.2.250.1.71.4.2.2^1990000017", name: "Laboratoire EXEMPLE" };
  const practiceSetting = { code: "AMBULATOIRE", codeSystem: "1.2.250.1.213.1.1.4.9", displayName: "Ambulatoire" };
  const doctor = {
    id: "1.2.250.1.71.4.2.1^899900000019",
    person: { family: "EXEMPLE", given: "Aurore", prefix: "DR" },
  };
  return {
    number: "R-2026-000123",
    version: 1,
    validatedBy: "899900000019",
    correspondents: ["claire.morel@medecin.mssante.fr"],
    pdf: readPdfOfTheSoftware(),
    header: {
      // The software gives its documents ids of its own: two calls then wrap the same bytes.
      id: "1.2.250.1.999.1.7^R-2026-000123-1",
      setId: "1.2.250.1.999.1.7^R-2026-000123",
      versionNumber: 1,
      effectiveTime: at,
      relatedDocuments: [],
      templateIds: [],
      code: { code: "11502-2", codeSystem: "2.16.840.1.113883.6.1", displayName: "CR d'examens biologiques" },
      title: "Compte rendu de biologie",
      languageCode: "fr-FR",
      confidentialityCode: { code: "N", codeSystem: "2.16.840.1.113883.5.25", displayName: "Normal" },
      patient: {
        // Of the test authority: accepted with a test operator only.
        ins: { value: "285059999901220", oid: "1.2.250.1.213.1.4.10" },
        localIds: ["1.2.250.1.999.1.2^IPP-42"],
        birthName: "INVENTEE",
        familyNames: [{ qualifier: "BR", value: "INVENTEE" }],
        givenNames: [{ qualifier: "BR", value: "Camille" }],
        birthTime: "19850512",
        gender: "F",
      },
      authors: [{ time: at, ...doctor, organization: laboratory }],
      legalAuthenticator: { time: at, ...doctor, organization: laboratory },
      custodian: laboratory,
      recipients: [],
      serviceEvents: [
        { translations: [], low: at, performer: { ...doctor, organization: { ...laboratory, practiceSetting } } },
      ],
      encounter: {
        low: at,
        facilityType: { code: "SA25", codeSystem: "1.2.250.1.71.4.2.4", displayName: "Laboratoire" },
      },
    },
  };
}

/** Stands for the report as the software printed it; a blank page. */
function readPdfOfTheSoftware(): Uint8Array {
  return Buffer.from(
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
  );
}
