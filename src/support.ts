import { parseConfig, parseOperatorPart } from "./config/index.js";
import type { ConnectorOptions } from "./connector-types.js";
import type { Diagnosis } from "./diagnosis/index.js";
import { type CheckedProfile, ProfileCache } from "./discovery/index.js";
import { type ErrorCode, isMedimailError, type MedimailError } from "./errors.js";
import { type Logger, safeLogger } from "./log.js";
import {
  type ContactRole,
  certificateFacts,
  dayIn,
  type SheetVolumes,
  sheetInput,
  type TechnicalSheet,
  technicalSheet,
} from "./onboarding/index.js";
import { systemClock, systemRandom } from "./seams/index.js";
import { clientCertificateOf, diagnoseOperator, discoveryOf } from "./wiring/index.js";

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
 * @throws `config_invalid`, `file_not_found` (authorities); never for a step that fails
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

export interface SheetOptions {
  /** Day of the sheet, `YYYY-MM-DD`. Default: today in Paris. */
  date?: string;
  modes?: readonly ("sending" | "mailbox")[];
  /** As Mipih sees them: those of the way out, which the machine does not know. */
  sourceAddresses?: readonly string[];
  contacts?: Readonly<Partial<Record<ContactRole, string>>>;
  /** Declared, or measured: see `sheetVolumes`. */
  volumes?: SheetVolumes;
  signal?: AbortSignal;
}

/**
 * The connector's sheet for Mipih, filled from its configuration and its certificate, whose private key is opened to find it and goes nowhere
 * (`medimail onboarding sheet`). What nobody knows is a blank; so is a certificate that cannot be read, since the sheet is often wanted before it is
 * there: `certificateError` then says why.
 *
 * @throws `config_invalid`, `invalid_argument`, `aborted`
 */
export async function describeConnector(
  config: unknown,
  { signal, ...options }: SheetOptions = {},
): Promise<{ sheet: TechnicalSheet; certificateExpiry?: string; certificateError?: MedimailError }> {
  const parsed = parseConfig(config);
  const date = dayIn(systemClock.now());
  try {
    const pem = await clientCertificateOf(parsed, signal);
    if (pem !== undefined) {
      const certificate = certificateFacts(pem);
      const sheet = technicalSheet(sheetInput(parsed, { date, ...options, certificate }));
      return { sheet, certificateExpiry: certificate.validTo };
    }
  } catch (error) {
    if (!isMedimailError(error) || !UNREADABLE.has(error.code)) throw error;
    return { sheet: technicalSheet(sheetInput(parsed, { date, ...options })), certificateError: error };
  }
  return { sheet: technicalSheet(sheetInput(parsed, { date, ...options })) };
}

const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  "file_not_found",
  "file_unreadable",
  "secret_unavailable",
  "certificate_invalid",
]);
