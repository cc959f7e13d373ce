import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What the mock signs its tokens with, made at its start. */
export class SigningKey {
  readonly #key: KeyObject;
  /** JSON Web Key Set. */
  readonly jwks: { keys: object[] };
  readonly #kid = randomBytes(6).toString("hex");

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.#key = privateKey;
    this.jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: this.#kid, use: "sig", alg: "RS256" }] };
  }

  jwt(claims: object): string {
    const signed = `${encoded({ alg: "RS256", typ: "JWT", kid: this.#kid })}.${encoded(claims)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), this.#key).toString("base64url")}`;
  }
}

export const handle = (): string => randomBytes(24).toString("base64url");

/** PKCE S256 (RFC 7636). */
export const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");
