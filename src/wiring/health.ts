import { X509Certificate } from "node:crypto";
import { abortable } from "../abortable.js";
import { checkHealthOptions } from "../config/index.js";
import type { HealthOptions } from "../connector-types.js";
import { defined } from "../defined.js";
import { type ErrorCode, errorCodeOf, isMedimailError } from "../errors.js";
import { DEFAULT_LIMITS, type Health, type HealthFacts, judge } from "../supervision/index.js";
import { readAuthorities } from "../trust/index.js";
import { clientCertificateOf } from "./client-certificate.js";
import { authoritiesOf } from "./connection.js";
import type { Core, Frame } from "./core.js";
import { readServiceNote } from "./service-watch.js";

/** A supervision asks each few seconds: a passphrase that a command gives is not asked for as often. */
const CERTIFICATE_MS = 10 * 60_000;
/** More than that nobody counts. */
const MOST_ASIDE = 100;

type OfStore = Pick<HealthFacts, "storeError" | "stats" | "note" | "aside">;

/**
 * How the service of a mailbox goes, of what is known on this machine: nothing is asked of the operator. What cannot be read is a finding, no error.
 *
 * @throws invalid_argument, aborted, closed
 */
export function healthOf(frame: Frame, open: () => Promise<Core>): (options?: HealthOptions) => Promise<Health> {
  const { clock, config, mailbox } = frame;
  const certificate = kept(
    CERTIFICATE_MS,
    () => clock.now(),
    () => certificateFacts(frame),
  );
  return async (options = {}) => {
    checkHealthOptions(options);
    const { signal, limits } = options;
    const looking = Promise.all([storeFacts(frame, open), certificate(), whiteListFacts(frame)]);
    const [ofStore, own, whiteList] = await abortable(looking, signal, "looking at the health of the service");
    const facts: HealthFacts = defined({
      now: clock.now(),
      mailbox,
      ...ofStore,
      certificate: own,
      authorities: authorityFacts(config),
      whiteList,
    });
    return judge(facts, { ...DEFAULT_LIMITS, ...defined(limits ?? {}) });
  };
}

async function storeFacts({ clock, tenant, mailbox }: Frame, open: () => Promise<Core>): Promise<OfStore> {
  try {
    const { store, inbox, storeFaults, watch, worker } = await open();
    const stats = await store.stats({ tenant, mailbox, now: clock.now() });
    const aside = (await inbox.list({ tenant, mailbox }, { state: "aside", limit: MOST_ASIDE })).length;
    const note = watch.isRunning ? watch.noteOf(worker.isPaused) : await readServiceNote(store, { tenant, mailbox });
    return defined({ stats, aside, note, storeError: storeFaults.current?.code });
  } catch (error) {
    if (isMedimailError(error) && error.code === "closed") throw error;
    return { storeError: errorCodeOf(error) };
  }
}

async function certificateFacts({ config }: Frame): Promise<HealthFacts["certificate"]> {
  try {
    const pem = await clientCertificateOf(config);
    return pem === undefined ? undefined : { notAfter: Date.parse(new X509Certificate(pem).validTo) };
  } catch (error) {
    return { error: errorCodeOf(error) };
  }
}

function authorityFacts({ tls }: Frame["config"]): { error?: ErrorCode } {
  try {
    readAuthorities(authoritiesOf(tls));
    return {};
  } catch (error) {
    return { error: errorCodeOf(error) };
  }
}

async function whiteListFacts({ trustSpace }: Frame): Promise<HealthFacts["whiteList"]> {
  if (!trustSpace) return undefined;
  try {
    const status = await trustSpace.list.status();
    if (!status) return {};
    const { entries, outdated, confirmedAt } = status;
    return { outdated, domains: entries, ...(confirmedAt === undefined ? {} : { confirmedAt }) };
  } catch (error) {
    return { error: errorCodeOf(error) };
  }
}

/** Asked for again `ms` later, by a clock that may have been set back. */
function kept<T>(ms: number, now: () => number, ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | undefined;
  return () => {
    if (!last || Math.abs(now() - last.at) >= ms) last = { at: now(), value: ask() };
    return last.value;
  };
}
