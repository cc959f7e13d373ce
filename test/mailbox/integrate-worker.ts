// A child process of integrate-crash.test.ts: takes documents in, and writes each into a file before it answers, as a software would.
import { appendFileSync } from "node:fs";
import { createConnector } from "medimail-connector";

const { config, journal, dieAt } = JSON.parse(process.argv[2] ?? "{}") as {
  config: unknown;
  journal: string;
  dieAt: number;
};
const connector = createConnector(config, { delivery: "manual" });
let handed = 0;
await connector.inbox.integrate(
  ({ document, attempt }) => {
    handed += 1;
    appendFileSync(journal, `${document.uniqueId} ${document.action} ${attempt}\n`);
    if (handed === dieAt) process.kill(process.pid, "SIGKILL");
  },
  { signal: new AbortController().signal, once: true },
);
await connector.close();
