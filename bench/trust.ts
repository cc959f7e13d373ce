import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { createServer, type TlsOptions, connect as tlsConnect } from "node:tls";
import { createHttp } from "../src/http.js";
import { HttpServer } from "../src/mock/http/server.js";
import { issueCertificate, type Name, validity } from "../src/mock/pki/certificates.js";
import { publish } from "../src/mock/pki/publication.js";
import { createDialer } from "../src/net/index.js";
import { createTlsVerifier } from "../src/trust/index.js";

// (h) What the checks cost a connection: a handshake over loopback by bare tls.connect, and by our verifier in each mode; then both with a
// client certificate. What the server does is in each time: it runs in this process.

const ROUNDS = 9;
const CONNECTIONS = 60;

const keys = () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    privateKey,
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
};
const name = (cn: string): Name => [["CN", cn]];

const http = new HttpServer(() => {});
await http.listen(0);
const root = issueCertificate({
  subject: name("TEST AC RACINE IGC-SANTE ELEMENTAIRE"),
  keys: keys(),
  use: "authority",
  ...validity(),
});
const ofRoot = publish(http, "racine", () => root);
const org = issueCertificate({
  subject: name("TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"),
  keys: keys(),
  issuer: root,
  use: "authority",
  crlUrl: ofRoot.crlUrl,
  ...validity(),
});
const ofOrg = publish(http, "org", () => org);
const leaf = issueCertificate({
  subject: name("localhost"),
  keys: keys(),
  issuer: org,
  use: "server",
  names: ["localhost"],
  crlUrl: ofOrg.crlUrl,
  ...validity(),
});
const own = issueCertificate({ subject: name("labo"), keys: keys(), issuer: org, use: "client", ...validity() });
const certificate = { cert: own.pem + org.pem, key: own.keys.privatePem };

const listen = async (more: TlsOptions) => {
  const server = createServer({ key: leaf.keys.privatePem, cert: leaf.pem + org.pem, ...more }, (socket) =>
    socket.on("error", () => {}),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
};
const open = await listen({});
const asking = await listen({ requestCert: true, ca: root.pem });
const client = createHttp({ dialer: createDialer(), plain: true });

type Way = () => Promise<void>;
const verifier = (revocation: "off" | "strict") => createTlsVerifier({ ca: [root.pem], revocation, http: client });
const bare =
  (port: number, more: Partial<typeof certificate> = {}): Way =>
  async () => {
    const plain = connect(port, "127.0.0.1");
    await once(plain, "connect");
    const socket = tlsConnect({ socket: plain, host: "localhost", servername: "localhost", ca: [root.pem], ...more });
    await once(socket, "secureConnect");
    socket.destroy();
  };
const by =
  (make: () => ReturnType<typeof verifier>, port: number, more: { certificate?: typeof certificate } = {}): Way =>
  async () => {
    const plain = connect(port, "127.0.0.1");
    await once(plain, "connect");
    (await make().upgrade(plain, { host: "localhost", ...more })).destroy();
  };
const [off, strict] = [verifier("off"), verifier("strict")];
/** Each with the bare way that it is held against. */
const ways: Record<string, { way: Way; of: string }> = {
  "bare tls.connect": { way: bare(open.port), of: "bare tls.connect" },
  "ours, revocation off": { way: by(() => off, open.port), of: "bare tls.connect" },
  "ours, strict, list kept": { way: by(() => strict, open.port), of: "bare tls.connect" },
  "ours, strict, nothing kept (a new process)": {
    way: by(() => verifier("strict"), open.port),
    of: "bare tls.connect",
  },
  "bare, client certificate": { way: bare(asking.port, certificate), of: "bare, client certificate" },
  "ours, strict, list kept, client certificate": {
    way: by(() => strict, asking.port, { certificate }),
    of: "bare, client certificate",
  },
};

const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, { way }] of Object.entries(ways)) {
    const start = performance.now();
    for (let index = 0; index < CONNECTIONS; index++) await way();
    // The first round warms up.
    if (round >= 0) times.get(name)?.push((performance.now() - start) / CONNECTIONS);
  }
}
const median = (list: number[]) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;
console.log(`${CONNECTIONS} connections a round, ${ROUNDS} rounds, medians`);
for (const [name, { of }] of Object.entries(ways)) {
  const [ms, least] = [name, of].map((one) => median(times.get(one) ?? [])) as [number, number];
  console.log(`${name.padEnd(44)} ${ms.toFixed(2)} ms  ${(ms / least).toFixed(2)}`);
}
open.server.close();
asking.server.close();
await client.close();
await http.close();
