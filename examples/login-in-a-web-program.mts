// A web program: professionals log in with Pro Santé Connect in their browsers, and each sees his own mailbox. It runs against the mock, so it needs
// no account and no card. With express: app.use(async (request, response, next) => { if (!(await login(request, response))) next(); }).

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createConnector, createProSanteConnect, loginHandler, type ProSanteConnectSession } from "medimail-connector";
import { startMockMedimail } from "medimail-connector/mock";

export async function main({
  log,
  browser,
}: {
  log: (line: string) => void;
  browser: (origin: string) => Promise<string>;
}) {
  await using mock = await startMockMedimail({ psc: true });
  const { issuer, client } = mock.psc;
  await using psc = createProSanteConnect({
    issuer,
    clientId: client.id,
    proof: { method: "client_secret_basic", secret: async () => client.secret },
  });

  // Sessions of ours, by a cookie of ours; Pro Santé Connect's tokens never leave this process's memory.
  const sessions = new Map<string, ProSanteConnectSession>();
  const server = createServer((request, response) => {
    void (async () => {
      if (await login(request, response)) return;
      const session = sessions.get(/(?:^|;\s*)session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "");
      if (!session) return void response.writeHead(302, { location: "/login/psc" }).end();
      await using connector = createConnector(config, { session, delivery: "manual" });
      const folders = await connector.mailbox.folders();
      response.end(`folders: ${folders.length}`);
    })().catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    ...(await mock.config("martin.dupont@medecin.mssante.fr")),
    auth: { method: "pro-sante-connect", issuer, clientId: client.id, clientSecret: { env: "PSC_SECRET" } },
    outbox: { store: "memory" },
  };
  const login = loginHandler(psc, {
    redirectUri: `${origin}/callback`,
    onLogin: (session, _request, response) => {
      const id = randomUUID();
      sessions.set(id, session);
      log(`logged in, practices: ${session.professional.practices.length}`);
      response.writeHead(302, { location: "/", "set-cookie": `session=${id}; HttpOnly; SameSite=Lax; Path=/` }).end();
    },
  });
  try {
    const page = await browser(origin);
    log(page);
    return { page, sessions: sessions.size };
  } finally {
    for (const session of sessions.values()) await session.close();
    server.closeAllConnections();
    server.close();
  }
}

if (import.meta.filename === realpathSync(process.argv[1] ?? "."))
  await main({
    log: console.log,
    browser: async (origin) => {
      console.log(`open ${origin} in a browser; Ctrl+C ends`);
      await once(process, "SIGINT");
      return "ended";
    },
  });
