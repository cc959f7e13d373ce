import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ActivityRows,
  activityIndicators,
  dayIn,
  indicatorsToCsv,
  indicatorsToHtml,
  indicatorsToMarkdown,
  planIndicators,
} from "../../src/onboarding/index.js";
import type { RecipientState } from "../../src/seams/index.js";

const HOUR = 3_600_000;
const iso = (at: number): string => new Date(at).toISOString();
const none: ActivityRows = { sent: [], mails: [], receipts: [], received: [] };
const STATES: RecipientState[] = [
  "queued",
  "unknown",
  "accepted",
  "delivered",
  "read",
  "integrated",
  "refused",
  "failed",
  "cancelled",
];

describe("periods", () => {
  it("begin at midnight in Paris, in summer as in winter", () => {
    const { periods, stepMs } = planIndicators({ since: "2026-10-24", until: "2026-10-27" });
    expect(periods.map(({ from, start, end }) => [from, iso(start), (end - start) / HOUR])).toEqual([
      ["2026-10-24", "2026-10-23T22:00:00.000Z", 24],
      ["2026-10-25", "2026-10-24T22:00:00.000Z", 25],
      ["2026-10-26", "2026-10-25T23:00:00.000Z", 24],
    ]);
    expect(stepMs).toBe(HOUR);
  });

  it("have 23 hours where the clock goes forward", () => {
    const [day] = planIndicators({ since: "2027-03-28", until: "2027-03-29" }).periods;
    expect(((day?.end ?? 0) - (day?.start ?? 0)) / HOUR).toBe(23);
  });

  it("of weeks begin on Monday, of months on the first, and are cut at the ends", () => {
    const days = (period: "week" | "month") =>
      planIndicators({ since: "2026-11-26", until: "2026-12-09", period }).periods.map(
        ({ from, to }) => `${from} ${to}`,
      );
    expect(days("week")).toEqual(["2026-11-26 2026-11-29", "2026-11-30 2026-12-06", "2026-12-07 2026-12-08"]);
    expect(days("month")).toEqual(["2026-11-26 2026-11-30", "2026-12-01 2026-12-08"]);
  });

  it("are steps of a quarter of an hour where the zone is half an hour off", () => {
    expect(planIndicators({ since: "2026-01-01", until: "2026-01-02", timeZone: "Asia/Kolkata" }).stepMs).toBe(900_000);
    expect(planIndicators({ since: "2026-01-01", until: "2026-01-02", timeZone: "Indian/Reunion" }).stepMs).toBe(HOUR);
  });

  it("follow one another without a gap, whatever the zone and the days", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 15_000, max: 25_000 }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom("Europe/Paris", "America/Cayenne", "Pacific/Noumea", "Australia/Lord_Howe", "America/Miquelon"),
        fc.constantFrom("day" as const, "week" as const, "month" as const),
        (first, length, timeZone, period) => {
          const day = (n: number) => new Date(n * 86_400_000).toISOString().slice(0, 10);
          const { periods, stepMs } = planIndicators({
            since: day(first),
            until: day(first + length),
            timeZone,
            period,
          });
          for (const [index, { from, start, end }] of periods.entries()) {
            expect(end).toBeGreaterThan(start);
            expect(start % stepMs).toBe(0);
            expect(dayIn(start, timeZone)).toBe(from);
            expect(dayIn(start - 1, timeZone)).not.toBe(from);
            if (index > 0) expect(start).toBe(periods[index - 1]?.end);
          }
          expect(periods[0]?.from).toBe(day(first));
          expect(periods.at(-1)?.to).toBe(day(first + length - 1));
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });

  it.each([
    [{ since: "2026-02-30", until: "2026-03-01" }, "since"],
    [{ since: "2026-01-01", until: "2026-01-01" }, "until"],
    [{ since: "2000-01-01", until: "2026-01-01" }, "until"],
    [{ since: "2020-01-01", until: "2026-01-01", period: "day" as const }, "period"],
    [{ since: "2026-01-01", until: "2026-01-02", timeZone: "Europe/Atlantide" }, "timeZone"],
  ])("refuses %j", (query, path) => {
    expect(() => planIndicators(query)).toThrowError(expect.objectContaining({ code: "invalid_argument", path }));
  });
});

const plan = planIndicators({ since: "2026-11-02", until: "2026-11-05" });
const at = (time: string): number => Math.floor(Date.parse(time) / HOUR);
const SAMPLE: ActivityRows = {
  sent: [
    { step: at("2026-11-01T23:00:00Z"), action: "create", kind: "professional", state: "integrated", recipients: 5 },
    { step: at("2026-11-02T10:00:00Z"), action: "create", kind: "professional", state: "delivered", recipients: 3 },
    { step: at("2026-11-02T10:00:00Z"), action: "create", kind: "patient", state: "read", recipients: 2 },
    {
      step: at("2026-11-03T10:00:00Z"),
      action: "replace",
      kind: "professional",
      state: "refused",
      reason: "903",
      recipients: 1,
    },
    {
      step: at("2026-11-03T10:00:00Z"),
      action: "mail",
      kind: "professional",
      state: "failed",
      reason: "5.1.1",
      recipients: 2,
    },
    { step: at("2026-11-03T10:00:00Z"), action: "mail", kind: "patient", state: "queued", recipients: 4 },
    { step: at("2026-11-03T10:00:00Z"), action: "mail", kind: "patient", state: "cancelled", recipients: 7 },
    { step: at("2026-11-03T10:00:00Z"), action: "receipt", kind: "professional", state: "accepted", recipients: 9 },
    // 23:30 in Paris of the day before.
    { step: at("2026-11-01T22:00:00Z"), action: "create", kind: "professional", state: "read", recipients: 100 },
    { step: at("2026-11-04T23:00:00Z"), action: "create", kind: "professional", state: "read", recipients: 100 },
  ],
  mails: [
    { step: at("2026-11-02T10:00:00Z"), action: "create", count: 10, bytes: 3_000_000, largest: 900_000 },
    { step: at("2026-11-03T10:00:00Z"), action: "mail", count: 6, bytes: 60_000, largest: 20_000 },
    { step: at("2026-11-03T10:00:00Z"), action: "receipt", count: 9, bytes: 90_000, largest: 1_000_000 },
  ],
  receipts: [
    { step: at("2026-11-02T10:00:00Z"), kind: "dsn", matched: true, count: 8 },
    { step: at("2026-11-02T10:00:00Z"), kind: "dsn", matched: false, count: 1 },
  ],
  received: [
    { step: at("2026-11-04T10:00:00Z"), action: "create", state: "integrated", count: 4 },
    { step: at("2026-11-04T11:00:00Z"), action: "create", state: "aside", count: 1 },
  ],
  mailbox: { professional: 12, patient: 1, receipt: 3, service: 0 },
};
const indicators = activityIndicators(SAMPLE, plan, "labo@ch-exemple.mssante.fr");

describe("indicators", () => {
  it("count each recipient in its state and in those before it", () => {
    expect(indicators.totals).toEqual({
      sent: 17,
      accepted: 11,
      delivered: 11,
      read: 7,
      integrated: 5,
      refused: 1,
      failed: 2,
      unknown: 0,
      waiting: 4,
      cancelled: 7,
      mails: 16,
      bytes: 3_060_000,
      largestMailBytes: 900_000,
    });
  });

  it("give shares of what has left", () => {
    expect(indicators.rates).toEqual({
      delivered: 0.8462,
      read: 0.5385,
      integrated: 0.3846,
      refused: 0.0769,
      failed: 0.1538,
    });
    expect(activityIndicators(none, plan).rates.delivered).toBeNull();
  });

  it("belong to the day of Paris on which they were submitted", () => {
    expect(
      indicators.byPeriod.map(({ from, sent, mails, receivedDocuments }) => [from, sent, mails, receivedDocuments]),
    ).toEqual([
      ["2026-11-02", 10, 10, 0],
      ["2026-11-03", 7, 6, 0],
      ["2026-11-04", 0, 0, 5],
    ]);
  });

  it("tell types and recipients apart, and answers of our software from what was sent", () => {
    expect(indicators.byType.map(({ type, recipient, sent }) => [type, recipient, sent])).toEqual([
      ["create", "professional", 8],
      ["create", "patient", 2],
      ["replace", "professional", 1],
      ["mail", "professional", 2],
      ["mail", "patient", 4],
      ["receipt", "professional", 9],
    ]);
  });

  it("name the reasons, most frequent first", () => {
    expect(indicators.reasons).toEqual([
      { outcome: "failed", reason: "5.1.1", recipients: 2 },
      { outcome: "refused", reason: "903", recipients: 1 },
    ]);
  });

  it("count receipts and what came in", () => {
    expect(indicators.receipts).toEqual([{ kind: "dsn", matched: 8, unmatched: 1 }]);
    expect(indicators.received).toEqual({
      documents: { seen: 0, waiting: 0, integrated: 4, aside: 1 },
      mails: { professional: 12, patient: 1, receipt: 3, service: 0 },
    });
  });

  it("lose nobody: cells, periods and types add up to the totals, whatever was sent", () => {
    const row = fc.record({
      step: fc.integer({ min: at("2026-11-01T23:00:00Z"), max: at("2026-11-04T22:00:00Z") }),
      action: fc.constantFrom("create", "replace", "delete", "mail"),
      kind: fc.constantFrom("professional" as const, "patient" as const),
      state: fc.constantFrom(...STATES),
      recipients: fc.integer({ min: 1, max: 1_000 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (sent) => {
        const { totals, byPeriod, byType, cells } = activityIndicators({ ...none, sent }, plan);
        const all = sent.reduce((sum, { recipients }) => sum + recipients, 0);
        expect(totals.sent + totals.cancelled).toBe(all);
        expect(totals.sent).toBe(totals.waiting + totals.unknown + totals.failed + totals.accepted);
        for (const parts of [byPeriod, byType, cells])
          for (const name of ["sent", "delivered", "read", "refused", "failed"] as const)
            expect(parts.reduce((sum, part) => sum + part[name], 0)).toBe(totals[name]);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("leave out what is of another time, and an action that nobody knows", () => {
    const odd = {
      step: at("2026-11-02T10:00:00Z"),
      action: "other",
      kind: "professional",
      state: "read",
      recipients: 5,
    } as const;
    expect(activityIndicators({ ...none, sent: [odd] }, plan).totals.sent).toBe(0);
  });
});

describe("the forms of the indicators", () => {
  it("CSV has a line for each period, type and recipient, as a spreadsheet reads it", () => {
    const rows: Record<string, string>[] = parse(indicatorsToCsv(indicators), {
      bom: true,
      delimiter: ";",
      columns: true,
    });
    expect(rows).toHaveLength(6);
    expect(rows[0]).toMatchObject({
      Du: "2026-11-02",
      Type: "documents nouveaux",
      Destinataire: "professionnel",
      Envoyés: "8",
      Remis: "8",
    });
    const sum = rows
      .filter(({ Type }) => Type !== "accusés émis")
      .reduce((all, row) => all + Number(row["Envoyés"]), 0);
    expect(sum).toBe(indicators.totals.sent);
  });

  it("Markdown and CSV speak English when asked", () => {
    expect(indicatorsToMarkdown(indicators, "en")).toContain("| Delivered | 11 | 84.6% |");
    expect(indicatorsToMarkdown(indicators)).toContain("| Remis | 11 | 84,6 % |");
    expect(indicatorsToCsv(indicators, "en").split("\r\n")[0]).toContain("From;To;Type;Recipient;Sent");
  });

  it("the page has charts whose bars are as long as the numbers", () => {
    const html = indicatorsToHtml(indicators);
    const widths = [...html.matchAll(/<rect x="300" y="[\d.]+" width="([\d.]+)" height="20"/g)].map(([, width]) =>
      Number(width),
    );
    const { sent, accepted, delivered, read, integrated, refused, failed } = indicators.totals;
    expect(widths.map((width) => Math.round((width / (widths[0] ?? 1)) * sent * 10) / 10)).toEqual([
      sent,
      accepted,
      delivered,
      read,
      integrated,
      refused,
      failed,
    ]);
    const bars = [...html.matchAll(/<rect [^>]*height="([\d.]+)"[^>]*><title>([^<]*)\s: [^<]* ([\d\s]+)<\/title>/g)];
    const unit = Number(bars[0]?.[1]) / Number(bars[0]?.[3]);
    for (const [, height, , value] of bars) expect(Number(height)).toBeCloseTo(Number(value) * unit, 0);
    expect(bars.reduce((all, [, , , value]) => all + Number(value), 0)).toBe(indicators.totals.sent);
    expect(html).toContain("903\u00a0: INS absent du document");
    expect(html).toContain("<strong>labo@ch-exemple.mssante.fr</strong>");
  });

  it("the page says so where there was nothing, without a division by zero", () => {
    const html = indicatorsToHtml(activityIndicators(none, plan));
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("the page stays readable and small over ten years of months and a thousand days", () => {
    const many = planIndicators({ since: "2024-01-01", until: "2026-09-01", period: "day" });
    const html = indicatorsToHtml(activityIndicators(none, many));
    expect([...html.matchAll(/text-anchor="middle"/g)].length).toBeLessThanOrEqual(13);
    expect(html.length).toBeLessThan(1_000_000);
  });
});
