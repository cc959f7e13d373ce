import { type ClientCertificateInput, readClientCertificate } from "../auth/index.js";
import type { Config, Secret } from "../config/index.js";
import { type Defined, defined } from "../defined.js";
import { readNamedFile, resolveSecret } from "../settings/index.js";

/** What a configuration says of a client certificate, whatever the method: a p12 file, or PEM files. */
interface KeyFiles {
  p12?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  passphrase?: Secret | undefined;
}

interface KeyReaders {
  p12: (() => Promise<Buffer>) | undefined;
  cert: (() => Promise<string>) | undefined;
  key: (() => Promise<string>) | undefined;
  passphrase: (() => Promise<string>) | undefined;
}

/** One reader for each part that the configuration names, asked again for each session. They throw as `readNamedFile` and `resolveSecret`. */
export function keyReaders(files: KeyFiles, signal?: AbortSignal): Defined<KeyReaders> {
  const { p12, passphrase } = files;
  const pem = (part: "cert" | "key") => {
    const path = files[part];
    return path === undefined ? undefined : async () => read(path, `auth.${part}`).toString("utf8");
  };
  return defined<KeyReaders>({
    p12: p12 === undefined ? undefined : async () => read(p12, "auth.p12"),
    cert: pem("cert"),
    key: pem("key"),
    passphrase:
      passphrase === undefined
        ? undefined
        : () => resolveSecret(passphrase, { what: "auth.passphrase", ...(signal ? { signal } : {}) }),
  });
}

const read = (path: string, what: string): Buffer => readNamedFile(path, what, { path: what });

/** All of them at once. */
export async function keyMaterial(files: KeyFiles, signal?: AbortSignal): Promise<ClientCertificateInput> {
  const { p12, cert, key, passphrase } = keyReaders(files, signal);
  return defined({ p12: await p12?.(), cert: await cert?.(), key: await key?.(), passphrase: await passphrase?.() });
}

/** The certificate (PEM) that a configuration authenticates with; undefined where it authenticates otherwise. Its dates are not judged. */
export async function clientCertificateOf({ auth }: Config, signal?: AbortSignal): Promise<string | undefined> {
  return auth.method === "certificate" ? readClientCertificate(await keyMaterial(auth, signal)) : undefined;
}
