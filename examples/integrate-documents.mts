// Documents that arrive are taken into the software by themselves: each once, answered and filed when it is in the patient's record.
// It runs against the mock, so it needs no account. With an operator, only the configuration changes.
import { realpathSync } from "node:fs";
import { createConnector, wrapPdf } from "medimail-connector";
import { startMockMedimail } from "medimail-connector/mock";
import { validatedReport } from "./report.mts";

const LABORATORY = "labo@ch-exemple.mssante.fr";
const DOCTOR = "claire.morel@medecin.mssante.fr";

export async function main({ log }: { log: (line: string) => void }) {
  await using mock = await startMockMedimail();
  await using laboratory = createConnector(await mock.config(LABORATORY), { receiptPollMs: 1_000 });
  await using connector = createConnector(await mock.config(DOCTOR));

  const reports = ["R-2026-000123", "R-2026-000124"].map((number) => validatedReport(number));
  const sent = [];
  for (const { pdf, header } of reports) {
    const documents = [{ cda: wrapPdf(pdf, header) }];
    sent.push(await laboratory.documents.submit({ documents, to: [DOCTOR], requestRead: true }));
  }
  for (const submission of sent) await submission.settled({ signal: AbortSignal.timeout(20_000) });

  // In the software this runs for ever, in one process or in several. Killed at any moment, it goes on where it was.
  const record = new Map<string, Uint8Array>();
  const stop = new AbortController();
  const working = connector.inbox.integrate(
    async ({ document, patient, attempt }) => {
      // The patient's identity is the software's to judge: here the INS of metadata and document must agree.
      if (patient?.agreement === "differ") throw new Error("a person must look at this one");
      if (!document.uniqueId || !document.content) throw new Error("nothing to file");
      if (document.action === "delete") record.delete(document.uniqueId);
      else record.set(document.uniqueId, document.content);
      log(`filed ${document.typeCode} (${document.action}), attempt ${attempt}`);
    },
    { signal: stop.signal, pollMs: 500 },
  );

  // The sender learns it: the receipt goes back once the document is in the record.
  const outcomes = [];
  for (const submission of sent) {
    const { ok } = await submission.settled({ until: "integrated", signal: AbortSignal.timeout(20_000) });
    outcomes.push(ok);
  }
  stop.abort();
  await working;

  const left = await connector.inbox.list({ state: "aside" });
  return { integrated: outcomes, record: record.size, aside: left.length };
}

if (import.meta.filename === realpathSync(process.argv[1] ?? ".")) await main({ log: console.log });
