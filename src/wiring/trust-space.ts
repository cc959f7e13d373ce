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

/** The file of `trust.whiteList`; undefined where recipients are not checked. */
export function whiteListFile(config: Config): string | undefined {
  const { whiteList } = config.trust;
  return whiteList === "off" ? undefined : whiteList;
}

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
