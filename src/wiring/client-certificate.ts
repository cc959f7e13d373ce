import { readClientCertificate } from "../auth/index.js";
import type { Config } from "../config/index.js";
import { readNamedFile, resolveSecret } from "../settings/index.js";

/** The certificate (PEM) that a configuration authenticates with; undefined where it authenticates otherwise. Its dates are not judged. */
export async function clientCertificateOf({ auth }: Config, signal?: AbortSignal): Promise<string | undefined> {
  if (auth.method !== "certificate") return undefined;
  const passphrase =
    auth.passphrase === undefined
      ? undefined
      : await resolveSecret(auth.passphrase, { what: "auth.passphrase", ...(signal ? { signal } : {}) });
  const file = (path: string, what: string) => readNamedFile(path, what, { path: what });
  return readClientCertificate({
    ...(auth.p12 === undefined ? {} : { p12: file(auth.p12, "auth.p12") }),
    ...(auth.cert === undefined ? {} : { cert: file(auth.cert, "auth.cert").toString("utf8") }),
    ...(auth.key === undefined ? {} : { key: file(auth.key, "auth.key").toString("utf8") }),
    ...(passphrase === undefined ? {} : { passphrase }),
  });
}
