import type { TLSSocket } from "node:tls";
import type { Config } from "../config/index.js";
import { MedimailError, type Problem } from "../errors.js";
import { createHttp, type Http } from "../http.js";
import type { Logger } from "../log.js";
import type { NewSubmission } from "../seams/index.js";
import { readAuthorities, WhiteList } from "../trust/index.js";
import { authoritiesOf, dialerOf } from "./connection.js";

export interface TrustSpace {
  readonly list: WhiteList;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** The white list of a configuration, kept in `file`. Nothing is read or asked before it is needed. */
export function openTrustSpace(
  config: Pick<Config, "trust" | "network"> & { tls: Pick<Config["tls"], "ca"> },
  file: string,
  options: { log?: Logger; now?: () => number } = {},
): TrustSpace {
  let opened: Http | undefined;
  const http = () => {
    opened ??= createHttp({
      dialer: dialerOf(config),
      // The publisher's server has a certificate of IGC-Santé, which is in no system's store.
      ca: readAuthorities(authoritiesOf(config.tls)).pem,
    });
    return opened;
  };
  const { whiteListUrl, whiteListMaxAgeDays } = config.trust;
  const list = new WhiteList({
    file,
    http: { fetch: async (url, request) => http().fetch(url, request) },
    ...(whiteListUrl === undefined ? {} : { url: whiteListUrl }),
    ...(whiteListMaxAgeDays === undefined ? {} : { maxAgeMs: whiteListMaxAgeDays * DAY_MS }),
    ...options,
  });
  return { list, close: async () => opened?.close() };
}

/** The white list as the configuration names it; undefined where there is none. */
export function trustSpaceOf(config: Config, options: { log?: Logger; now?: () => number }): TrustSpace | undefined {
  const file = whiteListFile(config);
  return file === undefined ? undefined : openTrustSpace(config, file, options);
}

/** The file of `trust.whiteList`; undefined where recipients are not checked. */
export function whiteListFile(config: Config): string | undefined {
  const { whiteList } = config.trust;
  return whiteList === "off" ? undefined : whiteList;
}

/**
 * Whether the server is of the organisation that the list names for a domain (`trust.compareOperator`). Where the list names none, or there is no
 * list, nothing is compared.
 *
 * @throws certificate_invalid; the socket is destroyed
 */
export async function assertListedOperator(
  { list }: TrustSpace,
  secured: TLSSocket,
  { host, domain, signal }: { host: string; domain: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const [verdict] = await list.check([domain], signal ? { signal } : {});
  const listed = (verdict?.operators ?? []).map(({ name }) => folded(name));
  const shown = [secured.getPeerCertificate().subject?.O ?? []].flat().map(folded);
  if (listed.length === 0 || shown.some((organisation) => listed.includes(organisation))) return;
  secured.destroy();
  throw new MedimailError(
    "certificate_invalid",
    `the certificate of ${host} is of another organisation than the white list names for ${domain}`,
    { requirement: "ECO.1.1.10", hint: "Ask the operator; trust.compareOperator asks for this comparison." },
  );
}

const folded = (name: string): string => name.normalize("NFC").replace(/\s+/g, " ").trim().toLowerCase();

/**
 * Refuses a submission to an address outside the trust space, before it is stored (ope-whitelist).
 *
 * @returns warnings where the list is too old to refuse, or there is none
 * @throws recipient_outside_trust_space
 */
export async function checkTrustSpace(
  space: TrustSpace,
  mails: NewSubmission["mails"],
  signal?: AbortSignal,
): Promise<Problem[]> {
  const addresses = mails.flatMap(({ recipients }) => recipients.map(({ address }) => address));
  const domains = [...new Set(addresses.map((address) => address.slice(address.lastIndexOf("@") + 1).toLowerCase()))];
  const verdicts = await space.list.check(domains, signal ? { signal } : {});
  const outside = verdicts.filter(({ verdict }) => verdict === "outside").map(({ domain }) => domain);
  if (outside.length > 0)
    throw new MedimailError(
      "recipient_outside_trust_space",
      `not in the white list of the trust space: ${outside.join(", ")}`,
      { path: "to", hint: "Check the address. A domain that has just been opened appears within a day." },
    );
  return verdicts
    .filter(({ verdict }) => verdict === "unknown")
    .map(({ domain }) => ({
      severity: "warning",
      code: "trust_space_unchecked",
      message: `${domain} is not in the white list, which is too old (or missing) to refuse it: the operator decides.`,
      path: "to",
    }));
}
