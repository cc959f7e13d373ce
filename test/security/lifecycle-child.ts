// A publisher's program that sends one document and closes: it must end by itself. argv[2]: the configuration as JSON.
import { getEventListeners } from "node:events";
import { createConnector } from "../../src/connector.js";
import { cdaOf } from "../tools/documents.js";

const signal = new AbortController().signal;
const connector = createConnector(JSON.parse(process.argv[2] ?? "{}"), { receiptPollMs: 20, eventPollMs: 20 });
const off = connector.on("*", () => {
  throw new Error("a listener that throws");
});
const submission = await connector.documents.submit(
  { documents: [{ cda: cdaOf(1) }], to: ["martin.dupont@medecin.mssante.fr"] },
  { signal },
);
for await (const event of submission.events({ signal })) if (event.event === "delivered") break;
const { ok } = await submission.settled({ until: "delivered", signal });
off();
await connector.close();
await connector.close();
const late = await connector.documents.submit({ documents: [], to: [] }).catch((error) => error.code);
process.stdout.write(JSON.stringify({ ok, late, listeners: getEventListeners(signal, "abort").length }));
