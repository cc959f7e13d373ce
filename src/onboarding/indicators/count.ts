import type { InboxState, SentCount } from "../../seams/index.js";
import type {
  ActivityIndicators,
  ActivityRows,
  IndicatorCell,
  IndicatorPlan,
  Outcomes,
  Period,
  SentType,
} from "./types.js";

export const SENT_TYPES: readonly SentType[] = ["create", "replace", "delete", "mail", "receipt", "failure"];
const KINDS = ["professional", "patient"] as const;
const RECEIPTS = ["dsn", "mdn", "ko"] as const;
const INBOX_STATES: readonly InboxState[] = ["seen", "waiting", "integrated", "aside"];

/** Answers of our software are not what the structure has sent. */
export const isAnswer = (type: SentType): boolean => type === "receipt" || type === "failure";

/**
 * The indicators of what the stores counted. Counts outside of the periods are left out.
 *
 * @param mailbox whose they are, for the reader
 */
export function activityIndicators(rows: ActivityRows, plan: IndicatorPlan, mailbox?: string): ActivityIndicators {
  const place = placeOf(plan);
  const cells = new Map<string, IndicatorCell & { period: number }>();
  for (const row of rows.sent) {
    const period = place(row.step);
    if (period === undefined || !isType(row.action)) continue;
    const key = `${period} ${row.action} ${row.kind}`;
    const cell = cells.get(key) ?? { period, type: row.action, recipient: row.kind, ...none() };
    add(cell, row);
    cells.set(key, cell);
  }
  const all = [...cells.values()].sort(
    (a, b) =>
      a.period - b.period ||
      SENT_TYPES.indexOf(a.type) - SENT_TYPES.indexOf(b.type) ||
      KINDS.indexOf(a.recipient) - KINDS.indexOf(b.recipient),
  );
  const ours = all.filter(({ type }) => !isAnswer(type));
  // One pass over each list: a year of hours against a thousand periods would be slow otherwise.
  const weight = plan.periods.map(() => ({ mails: 0, bytes: 0, receivedDocuments: 0 }));
  let largestMailBytes = 0;
  for (const { step, action, count, bytes, largest } of rows.mails) {
    const within = weight[place(step) ?? -1];
    if (!within || !isType(action) || isAnswer(action)) continue;
    within.mails += count;
    within.bytes += bytes;
    largestMailBytes = Math.max(largestMailBytes, largest);
  }
  const documents = Object.fromEntries(INBOX_STATES.map((state) => [state, 0])) as Record<InboxState, number>;
  for (const { step, state, count } of rows.received) {
    const within = weight[place(step) ?? -1];
    if (!within) continue;
    within.receivedDocuments += count;
    documents[state] += count;
  }
  const totals = {
    ...sum(ours),
    mails: total(weight, ({ mails }) => mails),
    bytes: total(weight, ({ bytes }) => bytes),
    largestMailBytes,
  };
  const left = totals.sent - totals.waiting;
  const rate = (part: number): number | null => (left === 0 ? null : Math.round((part / left) * 10_000) / 10_000);
  const { since, until, period, timeZone, periods } = plan;
  return {
    ...(mailbox === undefined ? {} : { mailbox }),
    since,
    until,
    period,
    timeZone,
    totals,
    rates: {
      delivered: rate(totals.delivered),
      read: rate(totals.read),
      integrated: rate(totals.integrated),
      refused: rate(totals.refused),
      failed: rate(totals.failed),
    },
    byType: SENT_TYPES.flatMap((type) =>
      KINDS.flatMap((recipient) => {
        const same = all.filter((cell) => cell.type === type && cell.recipient === recipient);
        return same.length === 0 ? [] : [{ type, recipient, ...sum(same) }];
      }),
    ),
    byPeriod: periods.map((each, index) => ({
      ...days(each),
      ...sum(ours.filter((cell) => cell.period === index)),
      ...(weight[index] as (typeof weight)[number]),
    })),
    cells: all.map(({ period: index, ...cell }) => ({ ...days(periods[index] as Period), ...cell })),
    reasons: reasonsOf(
      rows.sent.filter(({ step, action }) => place(step) !== undefined && isType(action) && !isAnswer(action)),
    ),
    receipts: RECEIPTS.flatMap((kind) => {
      const same = rows.receipts.filter((row) => row.kind === kind && place(row.step) !== undefined);
      if (same.length === 0) return [];
      const matched = total(
        same.filter((row) => row.matched),
        ({ count }) => count,
      );
      return [{ kind, matched, unmatched: total(same, ({ count }) => count) - matched }];
    }),
    received: {
      documents,
      ...(rows.mailbox ? { mails: rows.mailbox } : {}),
    },
  };
}

/** Which period a step of the stores lies in. */
function placeOf({ periods, stepMs }: IndicatorPlan): (step: number) => number | undefined {
  return (step) => {
    const at = step * stepMs;
    let low = 0;
    let high = periods.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { start, end } = periods[middle] as Period;
      if (at < start) high = middle - 1;
      else if (at >= end) low = middle + 1;
      else return middle;
    }
    return undefined;
  };
}

const isType = (action: string): action is SentType => (SENT_TYPES as readonly string[]).includes(action);

const days = ({ from, to }: Period): { from: string; to: string } => ({ from, to });

const none = (): Outcomes => ({
  sent: 0,
  accepted: 0,
  delivered: 0,
  read: 0,
  integrated: 0,
  refused: 0,
  failed: 0,
  unknown: 0,
  waiting: 0,
  cancelled: 0,
});

/** Where a recipient in this state counts. */
const COUNTS: Readonly<Record<SentCount["state"], readonly (keyof Outcomes)[]>> = {
  queued: ["sent", "waiting"],
  unknown: ["sent", "unknown"],
  accepted: ["sent", "accepted"],
  delivered: ["sent", "accepted", "delivered"],
  read: ["sent", "accepted", "delivered", "read"],
  integrated: ["sent", "accepted", "delivered", "read", "integrated"],
  refused: ["sent", "accepted", "delivered", "refused"],
  failed: ["sent", "failed"],
  cancelled: ["cancelled"],
};

function add(outcomes: Outcomes, { state, recipients }: SentCount): void {
  for (const name of COUNTS[state]) outcomes[name] += recipients;
}

function sum(all: readonly Outcomes[]): Outcomes {
  const result = none();
  for (const one of all) for (const name of Object.keys(result) as (keyof Outcomes)[]) result[name] += one[name];
  return result;
}

const total = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((all, row) => all + of(row), 0);

function reasonsOf(sent: readonly SentCount[]): ActivityIndicators["reasons"] {
  const counted = new Map<string, ActivityIndicators["reasons"][number]>();
  for (const { state, reason = "?", recipients } of sent) {
    if (state !== "refused" && state !== "failed") continue;
    const key = `${state} ${reason}`;
    counted.set(key, { outcome: state, reason, recipients: (counted.get(key)?.recipients ?? 0) + recipients });
  }
  return [...counted.values()].sort((a, b) => b.recipients - a.recipients || a.reason.localeCompare(b.reason));
}
