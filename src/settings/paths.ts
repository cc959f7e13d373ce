import { resolve } from "node:path";
import type { Config, Secret } from "../config/index.js";

/**
 * The same configuration with every relative path made absolute against `baseDir`: certificates, white list, stores, files of secrets, and
 * a program of a secret that is named with a folder (`./token.sh`).
 */
export function resolvePaths(config: Config, baseDir: string): Config {
  const at = (path: string) => resolve(baseDir, path);
  const { whiteList } = config.trust;
  return {
    ...config,
    tls: {
      ...config.tls,
      revocationFolder: at(config.tls.revocationFolder),
      ...(config.tls.ca ? { ca: config.tls.ca.map(at) } : {}),
    },
    trust: {
      ...config.trust,
      ...(whiteList === undefined || whiteList === "off" ? {} : { whiteList: at(whiteList) }),
    },
    auth: resolveAuth(config.auth, baseDir),
    outbox: resolveOutbox(config.outbox, baseDir),
    ...(config.cache ? { cache: { path: at(config.cache.path) } } : {}),
    ...(config.directory ? { directory: resolveDirectory(config.directory, baseDir) } : {}),
  };
}

function resolveOutbox(outbox: Config["outbox"], baseDir: string): Config["outbox"] {
  const { encryptionKey } = outbox;
  return {
    ...outbox,
    ...(outbox.store === "sqlite" ? { path: resolve(baseDir, outbox.path) } : {}),
    ...(outbox.store === "postgres" ? { url: resolveDatabaseUrl(outbox.url, baseDir) } : {}),
    ...(encryptionKey ? { encryptionKey: encryptionKey.map((key) => resolveSecretPath(key, baseDir)) } : {}),
  } as Config["outbox"];
}

/** It may name files too. */
function resolveDatabaseUrl(secret: Secret, baseDir: string): Secret {
  if (typeof secret !== "string") return resolveSecretPath(secret, baseDir);
  if (!URL.canParse(secret)) return secret;
  const url = new URL(secret);
  const named = ["sslrootcert", "sslcert", "sslkey"].filter((name) => url.searchParams.has(name));
  for (const name of named) url.searchParams.set(name, resolve(baseDir, url.searchParams.get(name) ?? ""));
  return named.length === 0 ? secret : url.href;
}

function resolveDirectory(directory: NonNullable<Config["directory"]>, baseDir: string): Config["directory"] {
  const at = (path: string) => resolve(baseDir, path);
  const { index, fhir, ldap, regional } = directory;
  const ca = (files: string[] | undefined) => (files ? { ca: files.map(at) } : {});
  return {
    ...directory,
    ...(index === undefined ? {} : { index: at(index) }),
    ...(fhir ? { fhir: { ...fhir, ...ca(fhir.ca), ...resolveSecrets(fhir, ["key"], baseDir) } } : {}),
    ...(ldap
      ? {
          ldap: {
            ...ldap,
            ...ca(ldap.ca),
            ...(ldap.account
              ? { account: { ...ldap.account, ...resolveSecrets(ldap.account, ["password"], baseDir) } }
              : {}),
          },
        }
      : {}),
    ...(regional
      ? {
          regional: {
            ...regional,
            index: at(regional.index),
            ...(regional.folder === undefined ? {} : { folder: at(regional.folder) }),
            ...(regional.sftp
              ? {
                  sftp: {
                    ...regional.sftp,
                    ...resolveSecrets(regional.sftp, ["password", "privateKey", "passphrase"], baseDir),
                  },
                }
              : {}),
          },
        }
      : {}),
  };
}

function resolveSecrets<T extends object, K extends keyof T>(
  of: T,
  names: readonly K[],
  baseDir: string,
): Partial<Pick<T, K>> {
  const found: Partial<Pick<T, K>> = {};
  for (const name of names)
    if (of[name] !== undefined) found[name] = resolveSecretPath(of[name] as Secret, baseDir) as T[K];
  return found;
}

const FILES = ["p12", "cert", "key"] as const;
const SECRETS = ["passphrase", "password", "token", "clientSecret"] as const;

function resolveAuth(auth: Config["auth"], baseDir: string): Config["auth"] {
  const changed: Record<string, unknown> = { ...auth };
  for (const name of FILES) {
    if (typeof changed[name] === "string") changed[name] = resolve(baseDir, changed[name]);
  }
  for (const name of SECRETS) {
    if (changed[name] !== undefined) changed[name] = resolveSecretPath(changed[name] as Secret, baseDir);
  }
  return changed as Config["auth"];
}

function resolveSecretPath(secret: Secret, baseDir: string): Secret {
  if (typeof secret === "string" || "env" in secret) return secret;
  if ("file" in secret) return { file: resolve(baseDir, secret.file) };
  const [program = "", ...rest] = secret.command;
  return /^\.\.?[\\/]/.test(program) ? { command: [resolve(baseDir, program), ...rest] } : secret;
}
