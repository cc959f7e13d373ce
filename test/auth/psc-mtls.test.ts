import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProSanteConnect, isMedimailError } from "../../src/index.js";
import { MockPsc } from "../../src/mock/index.js";
import { testAuthority } from "../tools/certificates.js";

const authority = testAuthority();
const own = authority.issue({ cn: "labsoft", usage: "client" });
let psc: MockPsc;
let close: () => void;

/** A Pro Santé Connect behind TLS that knows the software by its certificate (RFC 8705). */
beforeAll(async () => {
  const server = createServer(
    { ...authority.issue({ dns: ["localhost"] }), ca: authority.cert, requestCert: true, rejectUnauthorized: false },
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      const known = (request.socket as TLSSocket).authorized && subject?.CN === "labsoft";
      const headers = new Headers({ ...(request.headers as Record<string, string>) });
      // The certificate stands for the secret.
      if (known)
        headers.set(
          "authorization",
          request.headers.authorization ??
            `Basic ${Buffer.from(`${psc.client.id}:${psc.client.secret}`).toString("base64")}`,
        );
      const { method = "GET" } = request;
      const given = await psc.handle(
        new Request(new URL(request.url ?? "/", psc.issuer), {
          method,
          headers,
          ...(method === "POST" ? { body: Buffer.concat(chunks).toString("utf8") } : {}),
        }),
      );
      response.writeHead(given.status, Object.fromEntries(given.headers)).end(Buffer.from(await given.arrayBuffer()));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  psc = new MockPsc({
    issuer: `https://localhost:${(server.address() as AddressInfo).port}/auth/realms/esante-wallet`,
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterAll(() => close());

describe("tls_client_auth at Pro Santé Connect", () => {
  const software = (certificate: { cert: string; key: string }) =>
    createProSanteConnect({
      issuer: psc.issuer,
      clientId: psc.client.id,
      ca: [authority.cert],
      proof: { method: "tls_client_auth", certificate: async () => certificate },
    });

  it("proves the software by its certificate, and sends no secret (psc-mtls)", async () => {
    await using client = software(own);
    await using session = await client.ciba({ loginHint: psc.professional.SubjectNameID });
    expect(psc.accepts(await session.accessToken())).toBe(true);
  });

  it("is refused with the certificate of another", async () => {
    await using client = software(authority.issue({ cn: "other", usage: "client" }));
    const error = await client.ciba({ loginHint: psc.professional.SubjectNameID }).catch((thrown: unknown) => thrown);
    expect(isMedimailError(error) && error.code).toBe("login_failed");
  });
});
