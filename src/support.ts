import { assertSupported, parseConfig, parseOperatorPart } from "./config/index.js";
import type { ConnectorOptions } from "./connector-types.js";
import type { Diagnosis } from "./diagnosis/index.js";
import { type CheckedProfile, ProfileCache } from "./discovery/index.js";
import { type Logger, safeLogger } from "./log.js";
import { systemClock, systemRandom } from "./seams/index.js";
import { diagnoseOperator, discoveryOf } from "./wiring/index.js";

export interface SupportOptions {
  signal?: AbortSignal;
  logger?: Logger;
}

/**
 * Tries a configuration from the operator's name to the mailbox, and says of each step what was seen, how long it took, and what to do where it
 * failed (docs/doctor.md): for a support screen of a business software. Sends nothing, opens no mail. Where the signal is aborted, what was found until
 * then is returned, `interrupted`.
 *
 * @param config as for {@link createConnector}; `session` is the professional who is logged in, where the method is `pro-sante-connect`
 * @throws `config_invalid`, `not_supported`, `file_not_found` (authorities); never for a step that fails
 *
 * @example
 * const { ok, firstFailure } = await diagnose(loadConfigFile("medimail.json"));
 * if (!ok) show(firstFailure?.step, firstFailure?.error?.code, firstFailure?.advice);
 */
export async function diagnose(
  config: unknown,
  { signal, session }: SupportOptions & Pick<ConnectorOptions, "session"> = {},
): Promise<Diagnosis> {
  const parsed = parseConfig(config);
  assertSupported(parsed);
  return await diagnoseOperator(parsed, {
    signal: signal ?? new AbortController().signal,
    ...(session ? { session } : {}),
  });
}

/**
 * Looks up the hosts of a mailbox's operator (ECO.1.1.9, docs/discovery.md), with where each fact came from and what was refused. What it finds is
 * kept nowhere.
 *
 * @param settings the parts `operator`, `network` and `tls` of a configuration; none: the defaults of discovery
 * @throws `invalid_argument` where it is not an address or a domain, `config_invalid`, `aborted`
 */
export async function discoverOperator(
  addressOrDomain: string,
  settings: { operator?: unknown; network?: unknown; tls?: unknown } = {},
  { signal, logger }: SupportOptions = {},
): Promise<CheckedProfile> {
  const { operator = "discover", network = {}, tls = {} } = settings;
  const discovery = discoveryOf(parseOperatorPart({ operator, network, tls }), addressOrDomain, {
    cache: new ProfileCache(),
    clock: systemClock,
    random: systemRandom,
    logger: safeLogger(logger, "debug"),
  });
  return await discovery.inspect(signal ? { signal } : {});
}
