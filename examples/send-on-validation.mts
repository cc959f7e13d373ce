// A publisher's program: when a document is validated in the software, it goes to its recipients by MSSanté, and its states come back.
// It runs against the mock, so it needs no account. With an operator, only the configuration changes.
import { realpathSync } from "node:fs";
import { createConnector, wrapPdf } from "medimail-connector";
import { startMockMedimail } from "medimail-connector/mock";
import { type ValidatedReport, validatedReport } from "./report.mts";

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

if (import.meta.filename === realpathSync(process.argv[1] ?? ".")) await main({ log: console.log });
