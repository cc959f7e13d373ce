// A software that a bundler made one file of: it sends a document to the mock, makes a PDF, and prints what became of them.
import { createConnector, renderPdf } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { biology } from "../rendering/samples.js";
import { cdaOf } from "../tools/documents.js";

async function main(): Promise<void> {
  const mock = await startMockMedimail();
  const config = { ...(await mock.config("labo@ch-exemple.mssante.fr")), outbox: { store: "memory" } };
  const connector = createConnector(config, { preparationThreads: 1 });
  const cda = cdaOf();
  const submission = await connector.documents.submit({
    documents: [{ cda }],
    to: ["martin.dupont@medecin.mssante.fr"],
  });
  const { ok } = await submission.settled({ signal: AbortSignal.timeout(20_000) });
  const { origin } = await renderPdf(biology());
  await connector.close();
  await mock.close();
  console.log(JSON.stringify({ ok, mails: mock.mails.length, origin }));
}

void main();
