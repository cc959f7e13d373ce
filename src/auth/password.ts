import { isMedimailError, MedimailError } from "../errors.js";
import type { CredentialSource } from "../seams/credentials.js";

export interface PasswordCredentialsOptions {
  username: string;
  /** Asked for each session; kept nowhere. */
  password: () => Promise<string>;
}

/** A user name and a password by SASL PLAIN, inside TLS only: for test operators, no MSSanté text foresees it. */
export function passwordCredentials({ username, password }: PasswordCredentialsOptions): CredentialSource {
  let closed = false;
  return {
    certificate: async () => undefined,
    async sasl() {
      if (closed) throw new MedimailError("closed", "the credentials are closed");
      return { mechanism: "plain", username, password: await secret("the password", password) };
    },
    refused: async () => false,
    async close() {
      closed = true;
    },
  };
}

/** Asks the caller's function for a secret, and answers for its failures without quoting it. */
export async function secret<T extends string | Uint8Array>(what: string, ask: () => Promise<T>): Promise<T> {
  let value: T;
  try {
    value = await ask();
  } catch (cause) {
    // Ours says which variable, file or program, and nothing of what it held; a stranger's may quote it.
    const ours = isMedimailError(cause) ? cause : undefined;
    throw new MedimailError("secret_unavailable", `${what} could not be had${ours ? `: ${ours.message}` : ""}`, {
      cause,
      retryable: true,
      ...(ours?.path === undefined ? {} : { path: ours.path }),
    });
  }
  if (typeof value === "string" ? value === "" : value.byteLength === 0)
    throw new MedimailError("secret_unavailable", `${what} is empty`);
  return value;
}
