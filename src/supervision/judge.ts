import { defined } from "../defined.js";
import { isoTime, sayCheck } from "./say.js";
import type {
  Health,
  HealthCheck,
  HealthFacts,
  HealthLimits,
  HealthReason,
  HealthStatus,
  LineState,
  ServiceNote,
} from "./types.js";

const DAY_MS = 86_400_000;

export const DEFAULT_LIMITS: HealthLimits = {
  queue: { warningMs: 15 * 60_000, criticalMs: 2 * 3_600_000 },
  failing: { warningMs: 5 * 60_000, criticalMs: 3_600_000 },
  certificate: { warningDays: 30, criticalDays: 7 },
};

/** The note is written each minute: silence for three is no late write. By the clock on the wall, which may have been set either way. */
export const SILENT_MS = 3 * 60_000;

const STATUSES: readonly HealthStatus[] = ["ok", "warning", "critical"];

/** 0 `ok`, 1 `warning`, 2 `critical`. */
export const levelOf = (status: HealthStatus): number => STATUSES.indexOf(status);

const worst = (statuses: readonly HealthStatus[]): HealthStatus =>
  STATUSES[Math.max(0, ...statuses.map(levelOf))] ?? "ok";

type Found = Omit<HealthCheck, "message">;

/** What is known, as a person or a supervision wants to hear it. Pure. */
export function judge(facts: HealthFacts, limits: HealthLimits = DEFAULT_LIMITS): Health {
  const found = [
    store(facts),
    service(facts),
    queue(facts, limits),
    line("operator", "operator_fails", facts, limits),
    line("receipts", "receipts_fail", facts, limits),
    decisions(facts),
    inbox(facts),
    certificate(facts, limits),
    authorities(facts),
    whiteList(facts),
  ].filter((check) => check !== undefined);
  const checks = found.map((check) => ({ ...defined(check), message: sayCheck(check) }));
  return {
    status: worst(checks.map(({ status }) => status)),
    mailbox: facts.mailbox,
    at: isoTime(facts.now),
    checks,
  };
}

function store({ storeError }: HealthFacts): Found {
  return storeError === undefined
    ? { name: "outbox", status: "ok" }
    : { name: "outbox", status: "critical", reason: "store_unavailable", error: storeError };
}

function service({ stats, note, now }: HealthFacts): Found | undefined {
  if (!stats) return undefined;
  const last = note && isoTime(note.at);
  if (!isHeard(note, now)) {
    const status = stats.due > 0 ? "critical" : "warning";
    return { name: "service", status, reason: "nobody_delivers", ...(last === undefined ? {} : { last }) };
  }
  return note.paused
    ? { name: "service", status: "warning", reason: "delivery_paused", ...(last === undefined ? {} : { last }) }
    : { name: "service", status: "ok", ...(last === undefined ? {} : { last }) };
}

/** A note of the future is of a clock that was set back since: it is written anew within a minute. */
const isHeard = (note: ServiceNote | undefined, now: number): note is ServiceNote =>
  note !== undefined && Math.abs(now - note.at) <= SILENT_MS;

function queue({ stats }: HealthFacts, limits: HealthLimits): Found | undefined {
  if (!stats) return undefined;
  const { due, oldestDueMs: oldestMs, byState } = stats;
  const status = due === 0 ? "ok" : reached(oldestMs, limits.queue);
  return {
    name: "queue",
    status,
    ...reason(status, "mails_wait"),
    ...(due > 0 ? { oldestMs } : {}),
    counts: { ...byState, due },
  };
}

/** Of a service that nobody uses any more, its last failure says nothing of today. */
function line(
  name: "operator" | "receipts",
  why: HealthReason,
  { note, now, stats }: HealthFacts,
  limits: HealthLimits,
): Found | undefined {
  if (!isHeard(note, now) || !stats) return undefined;
  const { okAt, failing }: LineState = note[name];
  const last = okAt === undefined ? {} : { last: isoTime(okAt) };
  if (!failing) return { name, status: "ok", ...last };
  const { since, code, final } = failing;
  const judged = final ? "critical" : reached(Math.max(0, now - since), limits.failing);
  // Who is not logged in reads and sends nothing, as at night; where nothing is queued, nothing waits for the operator.
  const mild = code === "login_required" || (name === "operator" && (stats.byState.queued ?? 0) === 0);
  const status = mild && judged === "critical" ? "warning" : judged;
  return { name, status, ...reason(status, why), error: code, since: isoTime(since), ...last };
}

function decisions({ stats }: HealthFacts): Found | undefined {
  if (!stats) return undefined;
  const { byState, unmatchedReceipts } = stats;
  const unknown = byState.unknown ?? 0;
  const status = unknown > 0 ? "warning" : "ok";
  return { name: "decisions", status, ...reason(status, "outcome_unknown"), counts: { unknown, unmatchedReceipts } };
}

function inbox({ aside }: HealthFacts): Found | undefined {
  if (aside === undefined) return undefined;
  const status = aside > 0 ? "warning" : "ok";
  return { name: "inbox", status, ...reason(status, "documents_aside"), counts: { aside } };
}

function certificate({ certificate: own, now }: HealthFacts, limits: HealthLimits): Found | undefined {
  if (!own) return undefined;
  if ("error" in own)
    return { name: "certificate", status: "critical", reason: "certificate_unusable", error: own.error };
  const { warningDays, criticalDays } = limits.certificate;
  const left = own.notAfter - now;
  const status = left <= criticalDays * DAY_MS ? "critical" : left <= warningDays * DAY_MS ? "warning" : "ok";
  return { name: "certificate", status, ...reason(status, "certificate_expires"), expires: isoTime(own.notAfter) };
}

function authorities({ authorities: { error } }: HealthFacts): Found {
  return error === undefined
    ? { name: "authorities", status: "ok" }
    : { name: "authorities", status: "critical", reason: "authorities_unusable", error };
}

/** Without a list that can refuse, recipients go unchecked: nothing stands still. */
function whiteList({ whiteList: list }: HealthFacts): Found | undefined {
  if (!list) return undefined;
  if (!("domains" in list))
    return list.error === undefined
      ? { name: "whiteList", status: "warning", reason: "white_list_missing" }
      : { name: "whiteList", status: "warning", reason: "white_list_unusable", error: list.error };
  const status = list.outdated ? "warning" : "ok";
  return {
    name: "whiteList",
    status,
    ...reason(status, "white_list_outdated"),
    ...(list.confirmedAt === undefined ? {} : { last: list.confirmedAt }),
    counts: { domains: list.domains },
  };
}

const reason = (status: HealthStatus, why: HealthReason): { reason?: HealthReason } =>
  status === "ok" ? {} : { reason: why };

const reached = (ms: number, { warningMs, criticalMs }: { warningMs: number; criticalMs: number }): HealthStatus =>
  ms >= criticalMs ? "critical" : ms >= warningMs ? "warning" : "ok";
