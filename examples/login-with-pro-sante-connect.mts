// A professional in front of the software: logged in with Pro Santé Connect, his mailbox opens with his token. A desktop program; a web program uses
// `loginHandler` in its place. It runs against the mock, so it needs no account and no card.
import { realpathSync } from "node:fs";
import { createConnector, createProSanteConnect, isMedimailError, loopbackLogin } from "medimail-connector";
import { startMockMedimail } from "medimail-connector/mock";

export async function main({ log, browser }: { log: (line: string) => void; browser: (url: URL) => void }) {
  await using mock = await startMockMedimail({ psc: { accessTtl: 60 } });
  const { issuer, client } = mock.psc;

  // One for the program. The issuer and the client are those of the contract with Pro Santé Connect.
  await using psc = createProSanteConnect({
    issuer,
    clientId: client.id,
    proof: { method: "client_secret_basic", secret: async () => client.secret },
  });

  // One for each professional. Its tokens are in memory only, and renewed ahead of their end.
  await using session = await loopbackLogin(psc, { open: browser });
  log(`logged in, practices: ${session.professional.practices.length}`);

  const config = {
    ...(await mock.config("martin.dupont@medecin.mssante.fr")),
    auth: { method: "pro-sante-connect", issuer, clientId: client.id, clientSecret: { env: "PSC_SECRET" } },
    outbox: { store: "memory" },
  };
  await using connector = createConnector(config, { session });
  const folders = await connector.mailbox.folders();
  log(`folders: ${folders.length}`);

  // The professional leaves: the mail sessions end, the rest of the software goes on.
  await session.logout();
  const after = await connector.mailbox.folders().then(
    () => "open",
    (error: unknown) => (isMedimailError(error) ? error.code : "another error"),
  );
  log(`after the logout: ${after}`);
  return { folders: folders.length > 0, after };
}

// In place of the professional's browser; the mock's card is in its reader.
if (import.meta.filename === realpathSync(process.argv[1] ?? "."))
  await main({ log: console.log, browser: (url) => void fetch(url) });
