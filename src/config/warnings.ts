import { isThisMachine } from "../this-machine.js";
import type { Config } from "./schema.js";
import type { Secret } from "./secret.js";

/** Something allowed that a person should know of. */
export interface ConfigWarning {
  path: string;
  /** Stable. `secret_file_open` is of a file's rights, looked at by the room of settings. */
  code:
    | "secret_in_config"
    | "secret_file_open"
    | "revocation_off"
    | "white_list_off"
    | "proxy_password"
    | "database_in_clear";
  message: string;
}

/** Every warning of a configuration; the values are never in it. */
export function configWarnings(config: Config): ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  for (const [path, secret] of secretsOf(config)) {
    if (typeof secret !== "string" || secret === "") continue;
    warnings.push({
      path,
      code: "secret_in_config",
      message: 'the secret is written in the configuration; prefer {"env"}, {"file"} or {"command"}',
    });
  }
  if (config.tls.revocation === "off") {
    warnings.push({
      path: "tls.revocation",
      code: "revocation_off",
      message: "a revoked server certificate is accepted (SC.MSS/CONF.22)",
    });
  }
  if (config.trust.whiteList === undefined || config.trust.whiteList === "off") {
    warnings.push({
      path: "trust.whiteList",
      code: "white_list_off",
      message: "recipients are not checked against the trust space's white list",
    });
  }
  if (config.network.proxy !== undefined && new URL(config.network.proxy).password !== "") {
    warnings.push({
      path: "network.proxy",
      code: "proxy_password",
      message: "the proxy's password is written in the configuration",
    });
  }
  if (config.outbox.store === "postgres" && isInClear(config.outbox.url)) {
    warnings.push({
      path: "outbox.url",
      code: "database_in_clear",
      message: "what is stored goes to the database in clear (sslmode=disable)",
    });
  }
  return warnings;
}

/** Asked for, over a network. What a secret gives is not known here. */
function isInClear(url: Secret): boolean {
  if (typeof url !== "string" || !URL.canParse(url)) return false;
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get("host") ?? hostname;
  const isHere = host === "" || host.startsWith("/") || isThisMachine(host);
  return searchParams.get("sslmode") === "disable" && !isHere;
}

/** The secrets of a configuration with their paths. */
export function secretsOf(config: Config): [path: string, secret: Secret][] {
  const found: [string, Secret][] = [];
  const auth: Record<string, unknown> = config.auth;
  for (const name of ["passphrase", "password", "token", "clientSecret"]) {
    if (auth[name] !== undefined) found.push([`auth.${name}`, auth[name] as Secret]);
  }
  const { outbox } = config;
  if (outbox.store === "postgres" && (typeof outbox.url !== "string" || hasPassword(outbox.url)))
    found.push(["outbox.url", outbox.url]);
  const keys = outbox.encryptionKey ?? [];
  for (const [index, key] of keys.entries())
    found.push([keys.length === 1 ? "outbox.encryptionKey" : `outbox.encryptionKey[${index}]`, key]);
  const { fhir, ldap, regional } = config.directory ?? {};
  const directories: [string, Secret | undefined][] = [
    ["directory.fhir.key", fhir?.key],
    ["directory.ldap.account.password", ldap?.account?.password],
    ["directory.regional.sftp.password", regional?.sftp?.password],
    ["directory.regional.sftp.privateKey", regional?.sftp?.privateKey],
    ["directory.regional.sftp.passphrase", regional?.sftp?.passphrase],
  ];
  for (const [path, secret] of directories) if (secret !== undefined) found.push([path, secret]);
  return found;
}

const hasPassword = (url: string): boolean => !URL.canParse(url) || new URL(url).password !== "";
