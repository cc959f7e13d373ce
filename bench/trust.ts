import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { createServer, connect as tlsConnect } from "node:tls";
import { createHttp } from "../src/http.js";
import { HttpServer } from "../src/mock/http/server.js";
import { issueCertificate, type Name, validity } from "../src/mock/pki/certificates.js";
import { publish } from "../src/mock/pki/publication.js";
import { createDialer } from "../src/net/index.js";
import { createTlsVerifier } from "../src/trust/index.js";

// (h) What the checks cost a connection: a handshake over loopback by bare tls.connect, and by our verifier in each mode.

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
const server = createServer({ key: leaf.keys.privatePem, cert: leaf.pem + org.pem }, (socket) =>
  socket.on("error", () => {}),
);
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const client = createHttp({ dialer: createDialer(), plain: true });

type Way = () => Promise<void>;
const verifier = (revocation: "off" | "strict") => createTlsVerifier({ ca: [root.pem], revocation, http: client });
const by = (make: () => ReturnType<typeof verifier>): Way => {
  return async () => {
    const plain = connect(port, "127.0.0.1");
    await once(plain, "connect");
    (await make().upgrade(plain, { host: "localhost" })).destroy();
  };
};
const [off, strict] = [verifier("off"), verifier("strict")];
const ways: Record<string, Way> = {
  "bare tls.connect": async () => {
    const plain = connect(port, "127.0.0.1");
    await once(plain, "connect");
    const socket = tlsConnect({ socket: plain, host: "localhost", servername: "localhost", ca: [root.pem] });
    await once(socket, "secureConnect");
    socket.destroy();
  },
  "ours, revocation off": by(() => off),
  "ours, strict, list kept": by(() => strict),
  "ours, strict, nothing kept (a new process)": by(() => verifier("strict")),
};

const times = new Map(Object.keys(ways).map((way) => [way, [] as number[]]));
for (let round = -1; round < ROUNDS; round++) {
  for (const [way, once] of Object.entries(ways)) {
    const start = performance.now();
    for (let index = 0; index < CONNECTIONS; index++) await once();
    // The first round warms up.
    if (round >= 0) times.get(way)?.push((performance.now() - start) / CONNECTIONS);
  }
}
const median = (list: number[]) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;
const bare = median(times.get("bare tls.connect") ?? []);
console.log(`${CONNECTIONS} connections a round, ${ROUNDS} rounds, medians`);
for (const [way, list] of times)
  console.log(`${way.padEnd(44)} ${median(list).toFixed(2)} ms  ${(median(list) / bare).toFixed(2)}`);
server.close();
await client.close();
await http.close();
