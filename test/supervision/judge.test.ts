import { describe, expect, it } from "vitest";
import {
  DEFAULT_LIMITS,
  type HealthCheckName,
  type HealthFacts,
  judge,
  type LineState,
} from "../../src/supervision/index.js";

const NOW = Date.parse("2026-11-29T12:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MAILBOX = "labo@ch-exemple.mssante.fr";

const stats = (change: {
  queued?: number;
  unknown?: number;
  due?: number;
  oldestDueMs?: number;
  unmatched?: number;
}) => ({
  byState: { queued: change.queued ?? 0, accepted: 40, unknown: change.unknown ?? 0 },
  due: change.due ?? 0,
  oldestDueMs: change.oldestDueMs ?? 0,
  unmatchedReceipts: change.unmatched ?? 0,
});
const note = (change: { at?: number; paused?: boolean; operator?: LineState; receipts?: LineState } = {}) => ({
  at: NOW - 30_000,
  paused: false,
  operator: { okAt: NOW - 2 * HOUR },
  receipts: { okAt: NOW - 10_000 },
  ...change,
});
const WELL: HealthFacts = {
  now: NOW,
  mailbox: MAILBOX,
  stats: stats({}),
  note: note(),
  aside: 0,
  certificate: { notAfter: NOW + 200 * DAY },
  authorities: {},
  whiteList: { outdated: false, domains: 1_200, confirmedAt: "2026-11-29T04:00:00Z" },
};

/** `undefined`: not known. */
type Change = { [K in keyof HealthFacts]?: HealthFacts[K] | undefined };

/** What is said of one check where one fact is another. */
function judged(name: HealthCheckName, change: Change, limits = DEFAULT_LIMITS): string {
  const health = judge({ ...WELL, ...change } as HealthFacts, limits);
  const check = health.checks.find((one) => one.name === name);
  if (!check) return "absent";
  // No other check is touched: the whole is as this one is.
  expect(health.status, name).toBe(check.status);
  return check.reason === undefined ? check.status : `${check.status} ${check.reason}`;
}
const failing = (ago: number, final = false, code = "connection_refused") =>
  ({ okAt: NOW - DAY, failing: { since: NOW - ago, code, final } }) as LineState;

describe("the health of a service, where all is well", () => {
  it("is ok in each check, with its figures", () => {
    expect(judge(WELL)).toEqual({
      status: "ok",
      mailbox: MAILBOX,
      at: "2026-11-29T12:00:00.000Z",
      checks: [
        { name: "outbox", status: "ok", message: "all is well" },
        { name: "service", status: "ok", last: "2026-11-29T11:59:30.000Z", message: "all is well" },
        {
          name: "queue",
          status: "ok",
          counts: { queued: 0, accepted: 40, unknown: 0, due: 0 },
          message: "all is well",
        },
        { name: "operator", status: "ok", last: "2026-11-29T10:00:00.000Z", message: "all is well" },
        { name: "receipts", status: "ok", last: "2026-11-29T11:59:50.000Z", message: "all is well" },
        { name: "decisions", status: "ok", counts: { unknown: 0, unmatchedReceipts: 0 }, message: "all is well" },
        { name: "inbox", status: "ok", counts: { aside: 0 }, message: "all is well" },
        { name: "certificate", status: "ok", expires: "2027-06-17T12:00:00.000Z", message: "all is well" },
        { name: "authorities", status: "ok", message: "all is well" },
        {
          name: "whiteList",
          status: "ok",
          last: "2026-11-29T04:00:00Z",
          counts: { domains: 1_200 },
          message: "all is well",
        },
      ],
    });
  });

  it("has no check of a certificate or a white list where there is none", () => {
    const { certificate: _, whiteList: __, ...without } = WELL;
    expect(judge(without).checks.map(({ name }) => name)).toEqual(
      expect.not.arrayContaining(["certificate", "whiteList"]),
    );
  });
});

describe("a check", () => {
  it.each<[string, HealthCheckName, Change, string]>([
    ["nobody ever delivered, nothing is due", "service", { note: undefined }, "warning nobody_delivers"],
    [
      "nobody ever delivered, a mail is due",
      "service",
      { note: undefined, stats: stats({ queued: 1, due: 1 }) },
      "critical nobody_delivers",
    ],
    ["the service was heard 3 minutes ago", "service", { note: note({ at: NOW - 3 * MINUTE }) }, "ok"],
    ["it is silent for longer", "service", { note: note({ at: NOW - 3 * MINUTE - 1 }) }, "warning nobody_delivers"],
    ["its clock was set back since", "service", { note: note({ at: NOW + 3 * HOUR }) }, "warning nobody_delivers"],
    ["the delivery is paused", "service", { note: note({ paused: true }) }, "warning delivery_paused"],
    [
      "a mail is due for a moment",
      "queue",
      { stats: stats({ queued: 9, due: 9, oldestDueMs: 15 * MINUTE - 1 }) },
      "ok",
    ],
    [
      "a mail is due for 15 minutes",
      "queue",
      { stats: stats({ queued: 9, due: 9, oldestDueMs: 15 * MINUTE }) },
      "warning mails_wait",
    ],
    [
      "a mail is due for 2 hours",
      "queue",
      { stats: stats({ queued: 9, due: 9, oldestDueMs: 2 * HOUR }) },
      "critical mails_wait",
    ],
    [
      "the operator fails for a moment",
      "operator",
      { note: note({ operator: failing(4 * MINUTE) }), stats: stats({ queued: 3 }) },
      "ok",
    ],
    [
      "the operator fails for 5 minutes",
      "operator",
      { note: note({ operator: failing(5 * MINUTE) }), stats: stats({ queued: 3 }) },
      "warning operator_fails",
    ],
    [
      "the operator fails for an hour",
      "operator",
      { note: note({ operator: failing(HOUR) }), stats: stats({ queued: 3 }) },
      "critical operator_fails",
    ],
    ["… but nothing waits for him", "operator", { note: note({ operator: failing(HOUR) }) }, "warning operator_fails"],
    [
      "the operator refuses us",
      "operator",
      { note: note({ operator: failing(1, true, "auth_refused") }), stats: stats({ queued: 3 }) },
      "critical operator_fails",
    ],
    [
      "nobody is logged in",
      "operator",
      { note: note({ operator: failing(9 * HOUR, true, "login_required") }), stats: stats({ queued: 3 }) },
      "warning operator_fails",
    ],
    [
      "receipts cannot be had for an hour",
      "receipts",
      { note: note({ receipts: failing(HOUR) }) },
      "critical receipts_fail",
    ],
    [
      "the mailbox refuses us",
      "receipts",
      { note: note({ receipts: failing(1, true, "auth_refused") }) },
      "critical receipts_fail",
    ],
    ["a mail is in doubt", "decisions", { stats: stats({ unknown: 1 }) }, "warning outcome_unknown"],
    ["receipts belong to no mail", "decisions", { stats: stats({ unmatched: 12 }) }, "ok"],
    ["a document is set aside", "inbox", { aside: 1 }, "warning documents_aside"],
    ["our certificate ends in 31 days", "certificate", { certificate: { notAfter: NOW + 31 * DAY } }, "ok"],
    [
      "our certificate ends in 30 days",
      "certificate",
      { certificate: { notAfter: NOW + 30 * DAY } },
      "warning certificate_expires",
    ],
    [
      "our certificate ends in 7 days",
      "certificate",
      { certificate: { notAfter: NOW + 7 * DAY } },
      "critical certificate_expires",
    ],
    [
      "our certificate has ended",
      "certificate",
      { certificate: { notAfter: NOW - DAY } },
      "critical certificate_expires",
    ],
    [
      "our certificate cannot be read",
      "certificate",
      { certificate: { error: "secret_unavailable" } },
      "critical certificate_unusable",
    ],
    [
      "the authorities cannot be read",
      "authorities",
      { authorities: { error: "file_not_found" } },
      "critical authorities_unusable",
    ],
    ["there is no white list yet", "whiteList", { whiteList: {} }, "warning white_list_missing"],
    [
      "the white list is too old",
      "whiteList",
      { whiteList: { outdated: true, domains: 3 } },
      "warning white_list_outdated",
    ],
    [
      "the white list cannot be read",
      "whiteList",
      { whiteList: { error: "white_list_invalid" } },
      "warning white_list_unusable",
    ],
  ])("where %s", (_, name, change, expected) => {
    expect(judged(name, change)).toBe(expected);
  });

  it("of what an outbox that cannot be used would say is absent, the others are there", () => {
    const { stats: _, note: __, aside: ___, ...without } = WELL;
    const { status, checks } = judge({ ...without, storeError: "storage_failed" });
    expect(status).toBe("critical");
    expect(checks.map(({ name, reason }) => reason ?? name)).toEqual([
      "store_unavailable",
      "certificate",
      "authorities",
      "whiteList",
    ]);
  });

  it("has the limits that are given", () => {
    const certificate = { warningDays: 60, criticalDays: 45 };
    const facts = { certificate: { notAfter: NOW + 50 * DAY } };
    expect(judged("certificate", facts, { ...DEFAULT_LIMITS, certificate })).toBe("warning certificate_expires");
  });

  it("says in a sentence what it found, with the code of the fault", () => {
    const { checks } = judge({
      ...WELL,
      note: note({ operator: failing(2 * HOUR) }),
      stats: stats({ queued: 3, due: 3, oldestDueMs: 130 * MINUTE }),
    });
    const [queue, operator] = ["queue", "operator"].map((name) => checks.find((check) => check.name === name));
    expect(queue?.message).toBe("3 mails should have left, the oldest 130 minutes ago");
    expect(operator).toMatchObject({
      error: "connection_refused",
      since: "2026-11-29T10:00:00.000Z",
      message: "the operator takes no mail from us since 2026-11-29T10:00:00.000Z (connection_refused)",
    });
  });
});
