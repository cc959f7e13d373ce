// Unattended software: an APP mailbox, whose client certificate speaks for the establishment. No person, no token; what must be watched is the
// certificate's end. It runs against the mock, so it needs no account.
import { realpathSync } from "node:fs";
import { createConnector, wrapPdf } from "medimail-connector";
import { startMockMedimail } from "medimail-connector/mock";
import { validatedReport } from "./report.mts";

export async function main({ log }: { log: (line: string) => void }) {
  await using mock = await startMockMedimail({ autoReceipts: { deliver: true } });
  // The p12 file, its passphrase from the environment, and the SASL step that the operator asks for: all are of the configuration.
  const config = await mock.config("labo@ch-exemple.mssante.fr");
  await using connector = createConnector(config);
  const report = validatedReport();
  const submission = await connector.documents.submit({
    documents: [{ cda: wrapPdf(report.pdf, report.header) }],
    to: report.correspondents,
    idempotencyKey: report.number,
  });
  const { ok } = await submission.settled({ until: "delivered", signal: AbortSignal.timeout(20_000) });
  log(`delivered: ${ok}`);
  const authentications = mock.observations.flatMap((seen) => (seen.kind === "auth" ? [seen.mechanism] : []));
  const certificates = mock.observations.filter((seen) => seen.kind === "tls" && seen.clientCertificate?.authorized);
  return {
    ok,
    certificates: certificates.length > 0,
    passwords: authentications.filter((name) => name === "PLAIN").length,
  };
}

if (import.meta.filename === realpathSync(process.argv[1] ?? ".")) await main({ log: console.log });
