import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { ProSanteConnectSession } from "../auth/index.js";
import type { Config } from "../config/index.js";
import { type Diagnosis, type DiagnosisParts, diagnose } from "../diagnosis/index.js";
import { type MailService, ProfileCache } from "../discovery/index.js";
import { MedimailError } from "../errors.js";
import { silentLogger } from "../log.js";
import { networkDenied } from "../net/index.js";
import { systemClock, systemRandom } from "../seams/index.js";
import { discoveryOf } from "./discovery.js";
import { clientName, sessionSeams } from "./operator.js";
import { trustSpaceOf } from "./trust-space.js";

const LOOK_UP_MS = 10_000;

/**
 * Tries a configuration from the operator's name to the mailbox (`medimail doctor`).
 *
 * @throws config_invalid, file_not_found and their likes where the authorities cannot be read.
 */
export async function diagnoseOperator(
  config: Config,
  { signal, session }: { signal: AbortSignal; session?: Pick<ProSanteConnectSession, "credentials"> },
): Promise<Diagnosis> {
  const trustSpace = trustSpaceOf(config, { log: silentLogger });
  const { dialer, tls, credentials, requireAuthorities, close } = sessionSeams(config, {
    session,
    trustSpace,
    logger: silentLogger,
  });
  requireAuthorities();
  try {
    return await diagnose({
      dialer,
      tls,
      credentials,
      revocation: config.tls.revocation,
      viaProxy: config.network.proxy !== undefined,
      now: () => systemClock.now(),
      mailbox: config.mailbox.address,
      clientName: clientName(),
      lookUp: (service, during) => hostsOf(config, service, during),
      signal,
    });
  } finally {
    await close();
    await trustSpace?.close();
  }
}

async function hostsOf(
  config: Config,
  service: MailService,
  signal: AbortSignal,
): ReturnType<DiagnosisParts["lookUp"]> {
  const pinned = config.operator === "discover" ? undefined : config.operator[service];
  if (!pinned) return await discovered(config, service, signal);
  const { host, port } = pinned;
  const seen = { source: "pinned" as const, from: `operator.${service}`, hosts: [`${host}:${port}`] };
  const endpoints = [{ host, port }];
  // The proxy resolves the name.
  if (config.network.proxy !== undefined) return { endpoints, seen: { ...seen, viaProxy: true } };
  return { endpoints, seen: { ...seen, addresses: isIP(host) === 0 ? await addressesOf(host) : [host] } };
}

async function discovered(
  config: Config,
  service: MailService,
  signal: AbortSignal,
): ReturnType<DiagnosisParts["lookUp"]> {
  const discovery = discoveryOf(config, config.mailbox.address, {
    cache: new ProfileCache(),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });
  const profile = await discovery.profile({ signal });
  // Within the life of the profile: what is shown is what is connected to.
  const endpoints = await discovery.endpoints(service).endpoints({ signal });
  const [first] = profile[service];
  return {
    endpoints,
    seen: {
      ...(first ? { source: first.source, from: first.from } : {}),
      hosts: endpoints.map(({ host, port }) => `${host}:${port}`),
      addresses: endpoints.flatMap(({ addresses = [] }) => addresses),
    },
  };
}

/** By the system's resolver, as connections to a pinned host are. */
async function addressesOf(host: string): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error("no answer"), { code: "ETIMEOUT" })), LOOK_UP_MS);
  });
  try {
    return (await Promise.race([lookup(host, { all: true }), late])).map(({ address }) => address);
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    throw new MedimailError(
      "dns_failed",
      `the name ${host} could not be resolved (${typeof code === "string" ? code : "no answer"})`,
      { cause, ...networkDenied(cause) },
    );
  } finally {
    clearTimeout(timer);
  }
}
