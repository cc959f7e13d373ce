// A delivery worker in a process of its own, to be killed: argv[2] is the configuration as JSON.
import { createConnector } from "../../src/connector.js";

const connector = createConnector(JSON.parse(process.argv[2] ?? "{}"), { delivery: "manual" });
await connector.ready();
process.stdout.write("ready\n");
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
await connector.delivery.run({ signal: stop.signal, receipts: false });
await connector.close();
