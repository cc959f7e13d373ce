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

interface Found {
  login: openid.Configuration;
  /**
   * Without a look at the keys: an answer that is refused because they cannot be had just now has used up the right to renew, and the one that it brought is
   * lost with it. It comes straight from the server, by TLS (OpenID Connect Core §3.1.3.7).
   */
  renewal: openid.Configuration;
}

/** The software as Pro Santé Connect knows it, and where Pro Santé Connect says that everything is. Found at the first use. */
export class RelyingParty {
  readonly #options: ProSanteConnectOptions;
  #found: { party: Promise<Found>; at: number } | undefined;

  constructor(options: ProSanteConnectOptions) {
    this.#options = options;
    this.#discoveryUrl();
  }

  get clientId(): string {
    return this.#options.clientId;
  }

  /** @throws MedimailError those of HTTP; `login_failed` where the document does not hold */
  async configuration(): Promise<openid.Configuration> {
    return (await this.#current()).login;
  }

  /** For renewing: see {@link Found.renewal}. @throws as {@link configuration} */
  async renewal(): Promise<openid.Configuration> {
    return (await this.#current()).renewal;
  }

  /** Something of it did not hold: the document and the keys are asked for again by the next who needs them, and not kept for their life. */
  forget(): void {
    this.#found = undefined;
  }

  async #current(): Promise<Found> {
    const now = steadyNow(systemClock)();
    if (this.#found && now - this.#found.at < LIFE_MS) return await this.#found.party;
    const found = { party: this.#discover(), at: now };
    this.#found = found;
    try {
      return await found.party;
    } catch (error) {
      if (this.#found === found) this.#found = undefined;
      throw error;
    }
  }

  async #discover(): Promise<Found> {
    const { clientId, proof, http, clockSkew = 30 } = this.#options;
    const server = this.#discoveryUrl();
    const client = await openidClient();
    let found = false;
    const customFetch: openid.CustomFetch = (url, { method, headers, body, signal }) =>
      http.fetch(url, {
        method: method === "POST" ? "POST" : "GET",
        headers: headers as Record<string, string>,
        ...(body === undefined || body === null ? {} : { body: body as string | URLSearchParams }),
        // The library's own limit, 30 s whatever ours is, would be taken for a caller who gives up.
        ...(signal && found ? { signal } : {}),
        maxBytes: 1_000_000,
      });
    const metadata = {
      [client.clockTolerance]: clockSkew,
      ...(proof.method === "tls_client_auth" ? { use_mtls_endpoint_aliases: true } : {}),
    };
    // What is asked without TLS is this machine only: the HTTP function sees to it.
    const execute = server.protocol === "http:" ? [client.allowInsecureRequests] : [];
    try {
      const auth = await proofOf(proof);
      const options = { [client.customFetch]: customFetch, execute };
      const login = await client.discovery(server, clientId, metadata, auth, options);
      const renewal = new client.Configuration(login.serverMetadata(), clientId, metadata, auth);
      for (const each of execute) each(renewal);
      renewal[client.customFetch] = customFetch;
      for (const each of [login, renewal]) each.timeout = 0;
      found = true;
      // The signature of the ID token is checked, although it comes straight from the server.
      client.enableNonRepudiationChecks(login);
      return { login, renewal };
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
