import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { DirectoryPart } from "../config/index.js";
import { defined } from "../defined.js";
import {
  Directories,
  FhirDirectory,
  LazyIndex,
  type LdapAttributes,
  LdapDirectory,
  sharedRate,
} from "../directory/index.js";
import { createHttp, type Http } from "../http.js";
import type { Logger } from "../log.js";
import type { Runtime } from "../runtime.js";
import type { Clock, Dialer, Directory, DirectorySource, TlsVerifier } from "../seams/index.js";
import { resolveSecret } from "../settings/index.js";
import { createTlsVerifier } from "../trust/index.js";
import { authoritiesOf, dialerOf } from "./connection.js";

/** Where the public extraction is searched without a configuration (CLI.md). */
export const DEFAULT_INDEX = "medimail-annuaire.db";
const PRODUCTION = "https://gateway.api.esante.gouv.fr/fhir/v2";

export interface OpenDirectories {
  readonly directories: Directories;
  close(): Promise<void>;
}

/** The directories of a configuration. Nothing is asked, read or opened before somebody searches. */
export function openDirectories(
  config: DirectoryPart,
  options: { runtime?: Pick<Runtime, "directoryRate">; log: Logger; clock?: Clock },
): OpenDirectories {
  const { index, fhir, ldap, regional, order, ask } = config.directory ?? {};
  const { clock, runtime, log } = options;
  const dialer = dialerOf(config);
  const opened: Http[] = [];
  const lazyHttp = (ca?: readonly string[], plain = false): Pick<Http, "fetch"> => {
    let http: Http | undefined;
    return {
      async fetch(url, request) {
        if (!http) {
          http = createHttp({
            dialer,
            plain,
            ...(ca ? { ca: authoritiesOf({ ca: [...ca] }).map(String) } : {}),
          });
          opened.push(http);
        }
        return http.fetch(url, request);
      },
    };
  };
  const sources: Directory[] = [];
  const isAlone = !fhir && !ldap && !regional;
  // The usual file counts where it is there, or where there is nothing else: its absence is then the answer.
  if (index !== undefined || isAlone || existsSync(resolve(DEFAULT_INDEX)))
    sources.push(new LazyIndex("extraction", resolve(index ?? DEFAULT_INDEX)));
  if (fhir) {
    const url = fhir.url ?? PRODUCTION;
    sources.push(
      new FhirDirectory(
        defined({
          url,
          key: () => resolveSecret(fhir.key, { what: "directory.fhir.key" }),
          http: lazyHttp(fhir.ca),
          // A runtime of a caller's own making may have none.
          rate: runtime?.directoryRate?.(url) ?? sharedRate(url),
          timeoutMs: fhir.timeoutMs,
          clock,
        }),
      ),
    );
  }
  if (ldap) sources.push(ldapOf(config, ldap, { dialer, http: lazyHttp(undefined, true), log, clock }));
  if (regional) sources.push(new LazyIndex("regional", resolve(regional.index)));
  const timeoutMs: Partial<Record<DirectorySource, number>> = {};
  // A search of several requests has time for each.
  if (fhir?.timeoutMs !== undefined) timeoutMs.fhir = fhir.timeoutMs * 3;
  if (ldap?.timeoutMs !== undefined) timeoutMs.ldap = ldap.timeoutMs;
  const directories = new Directories(sources, defined({ order, ask, clock, timeoutMs }));
  return {
    directories,
    async close() {
      await directories.close();
      await Promise.all(opened.map((http) => http.close()));
    },
  };
}

type LdapConfig = NonNullable<NonNullable<DirectoryPart["directory"]>["ldap"]>;

function ldapOf(
  { tls }: DirectoryPart,
  { account, ca, ...settings }: LdapConfig,
  { dialer, http, log, clock }: { dialer: Dialer; http: Pick<Http, "fetch">; log: Logger; clock: Clock | undefined },
): LdapDirectory {
  let verifier: TlsVerifier | undefined;
  const verify: TlsVerifier = {
    upgrade(socket, to) {
      verifier ??= createTlsVerifier({
        ca: authoritiesOf(ca ? { ca } : tls),
        revocation: tls.revocation,
        revocationFolder: tls.revocationFolder,
        http,
        log,
      });
      return verifier.upgrade(socket, to);
    },
  };
  return new LdapDirectory(
    defined({
      ...settings,
      attributes: settings.attributes as LdapAttributes | undefined,
      credentials: account && {
        dn: account.dn,
        password: () => resolveSecret(account.password, { what: "directory.ldap.account.password" }),
      },
      dialer,
      tls: verify,
      clock,
    }),
  );
}
