import type { HttpRoute, HttpServer } from "../http/server.js";
import type { Certificate } from "./certificates.js";
import { makeCrl } from "./crl.js";
import { makeOcsp, ocspFailure, readOcspRequest } from "./ocsp.js";

/** Where an authority says what it has revoked. */
export interface Publication {
  crlUrl: string;
  ocspUrl: string;
  /** The certificate, by its serial number, is revoked from now on. */
  revoke(serial: string): void;
}

const DER = { "content-type": "application/octet-stream" };

/** Serves the list and the responder of an authority, under its name. */
export function publish(http: HttpServer, name: string, authority: () => Certificate): Publication {
  const revoked = new Set<string>();
  const crl: HttpRoute = () =>
    new Response(new Uint8Array(makeCrl({ issuer: authority(), revoked: [...revoked], number: 1 + revoked.size })), {
      headers: { "content-type": "application/pkix-crl" },
    });
  const ocsp: HttpRoute = async (request) => {
    const body = new Uint8Array(await request.arrayBuffer());
    return new Response(new Uint8Array(answer(body, authority(), revoked)), {
      headers: { ...DER, "content-type": "application/ocsp-response" },
    });
  };
  http.on(`/crl/${name}.crl`, crl, { surface: "crl", operation: `${name}.crl` });
  http.on(`/ocsp/${name}`, ocsp, { surface: "ocsp", operation: name });
  return {
    get crlUrl() {
      return `${http.url}/crl/${name}.crl`;
    },
    get ocspUrl() {
      return `${http.url}/ocsp/${name}`;
    },
    revoke: (serial) => void revoked.add(serial),
  };
}

function answer(body: Uint8Array, issuer: Certificate, revoked: ReadonlySet<string>): Buffer {
  try {
    const { serial, nonce } = readOcspRequest(body);
    return makeOcsp({ issuer, serial, status: revoked.has(serial) ? "revoked" : "good", ...(nonce ? { nonce } : {}) });
  } catch {
    // Malformed request.
    return ocspFailure(1);
  }
}
