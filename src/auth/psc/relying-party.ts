import { createPrivateKey, type webcrypto } from "node:crypto";
import type * as openid from "openid-client";
import { MedimailError } from "../../errors.js";
import { steadyNow, systemClock } from "../../seams/clock.js";
import { secret } from "../password.js";
import { pscError } from "./failure.js";
import { openidClient } from "./library.js";
import type { ClientProof, ProSanteConnectOptions } from "./types.js";

const WELL_KNOWN = { wallet: "wallet-openid-configuration", standard: "openid-configuration" } as const;
/** A discovery document serves so long; endpoints move, keys too. */
const LIFE_MS = 24 * 3_600_000;

/** The software as Pro Santé Connect knows it, and where Pro Santé Connect says that everything is. Found at the first use. */
export class RelyingParty {
  readonly #options: ProSanteConnectOptions;
  #found: { configuration: Promise<openid.Configuration>; at: number } | undefined;

  constructor(options: ProSanteConnectOptions) {
    this.#options = options;
    this.#discoveryUrl();
  }

  /** @throws MedimailError those of HTTP; `login_failed` where the document does not hold */
  async configuration(): Promise<openid.Configuration> {
    const now = steadyNow(systemClock)();
    if (this.#found && now - this.#found.at < LIFE_MS) return await this.#found.configuration;
    const found = { configuration: this.#discover(), at: now };
    this.#found = found;
    try {
      return await found.configuration;
    } catch (error) {
      if (this.#found === found) this.#found = undefined;
      throw error;
    }
  }

  async #discover(): Promise<openid.Configuration> {
    const { clientId, proof, http, clockSkew = 30 } = this.#options;
    const server = this.#discoveryUrl();
    const client = await openidClient();
    const customFetch: openid.CustomFetch = (url, { method, headers, body, signal }) =>
      http.fetch(url, {
        method: method === "POST" ? "POST" : "GET",
        headers: headers as Record<string, string>,
        ...(body === undefined || body === null ? {} : { body: body as string | URLSearchParams }),
        ...(signal ? { signal } : {}),
        maxBytes: 1_000_000,
      });
    try {
      const configuration = await client.discovery(
        server,
        clientId,
        {
          [client.clockTolerance]: clockSkew,
          ...(proof.method === "tls_client_auth" ? { use_mtls_endpoint_aliases: true } : {}),
        },
        await proofOf(proof),
        {
          [client.customFetch]: customFetch,
          // What is asked without TLS is this machine only: the HTTP function sees to it.
          execute: server.protocol === "http:" ? [client.allowInsecureRequests] : [],
        },
      );
      // The signature of the ID token is checked, although it comes straight from the server.
      client.enableNonRepudiationChecks(configuration);
      return configuration;
    } catch (error) {
      throw pscError(error, "finding Pro Santé Connect");
    }
  }

  #discoveryUrl(): URL {
    const { issuer, discovery = "wallet" } = this.#options;
    const name = (WELL_KNOWN as Readonly<Record<string, string>>)[discovery];
    const url = name === undefined ? discovery : `${issuer.replace(/\/+$/, "")}/.well-known/${name}`;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || !url.includes("/.well-known/"))
      throw new MedimailError("config_invalid", "the issuer (or its discovery document) is not a URL", {
        path: "auth.issuer",
      });
    return new URL(url);
  }
}

/** Asked at each discovery, so that a secret that was changed is taken up within a day. */
async function proofOf(proof: ClientProof): Promise<openid.ClientAuth> {
  const client = await openidClient();
  switch (proof.method) {
    case "client_secret_basic":
      return client.ClientSecretBasic(await secret("the client secret", proof.secret));
    case "client_secret_post":
      return client.ClientSecretPost(await secret("the client secret", proof.secret));
    case "private_key_jwt": {
      const key = await signingKey(await secret("the client's private key", proof.key), proof.alg ?? "RS256");
      return client.PrivateKeyJwt(proof.kid === undefined ? { key } : { key, kid: proof.kid });
    }
    case "tls_client_auth":
      return client.TlsClientAuth();
  }
}

const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256" },
  ES256: { name: "ECDSA", namedCurve: "P-256" },
} as const;

async function signingKey(pem: string, alg: keyof typeof ALGORITHMS): Promise<webcrypto.CryptoKey> {
  try {
    const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
    return await crypto.subtle.importKey("pkcs8", der, ALGORITHMS[alg], false, ["sign"]);
  } catch (cause) {
    throw new MedimailError("config_invalid", `the client's private key is not a PEM key for ${alg}`, {
      path: "auth.key",
      cause,
    });
  }
}
