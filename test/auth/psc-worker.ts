// A software that logs in, sends, reads, and then dies of a fault of its own: argv[2] is what it needs, as JSON.
import { createConnector, createProSanteConnect, jsonLogger } from "../../src/index.js";

const { config, psc, to, cda } = JSON.parse(process.argv[2] ?? "{}");
const client = createProSanteConnect({
  issuer: psc.issuer,
  clientId: psc.id,
  proof: { method: "client_secret_basic", secret: async () => psc.secret },
});
const session = await client.ciba({ loginHint: psc.professional });
const connector = createConnector(config, {
  session,
  allowTestIdentities: true,
  logger: jsonLogger((line) => void process.stderr.write(line)),
  logLevel: "debug",
});
const submission = await connector.documents.submit({ documents: [{ cda: Buffer.from(cda, "base64") }], to: [to] });
await submission.settled({ until: "accepted", signal: AbortSignal.timeout(20_000) });
await connector.mailbox.list().toArray({ limit: 1 });
// What a test looks for, over a channel that is no file.
process.send?.(await session.accessToken());
await session.logout();
await connector.mailbox.folders().catch((error: unknown) => console.error(error, session, connector));
throw new Error("a fault of the software's own");
