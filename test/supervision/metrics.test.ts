import { describe, expect, it } from "vitest";
import { type Health, healthMetrics, judge } from "../../src/supervision/index.js";

const NOW = Date.parse("2026-11-29T12:00:00Z");

function health(mailbox: string): Health {
  return judge({
    now: NOW,
    mailbox,
    stats: { byState: { queued: 2, accepted: 5 }, due: 2, oldestDueMs: 1_500, unmatchedReceipts: 1 },
    note: { at: NOW - 1_000, paused: false, operator: { okAt: NOW - 2_500 }, receipts: {} },
    aside: 0,
    certificate: { notAfter: NOW + 864_000_000 },
    authorities: {},
  });
}

describe("the figures for Prometheus", () => {
  it("are gauges with the mailbox as a label, each family once, for any number of mailboxes", () => {
    const text = healthMetrics([health("a@x.mssante.fr"), health("b@x.mssante.fr")]);
    expect(text.split("\n")).toEqual(
      expect.arrayContaining([
        "# TYPE medimail_health gauge",
        'medimail_health{mailbox="a@x.mssante.fr"} 1',
        'medimail_health{mailbox="b@x.mssante.fr"} 1',
        'medimail_health_check{mailbox="a@x.mssante.fr",check="certificate"} 1',
        'medimail_health_check{mailbox="a@x.mssante.fr",check="queue"} 0',
        'medimail_recipients{mailbox="a@x.mssante.fr",state="queued"} 2',
        'medimail_mails_due{mailbox="a@x.mssante.fr"} 2',
        'medimail_oldest_due_seconds{mailbox="a@x.mssante.fr"} 1.5',
        'medimail_receipts_unmatched{mailbox="a@x.mssante.fr"} 1',
        `medimail_operator_success_timestamp_seconds{mailbox="a@x.mssante.fr"} ${(NOW - 2_500) / 1_000}`,
        `medimail_certificate_expiry_timestamp_seconds{mailbox="a@x.mssante.fr"} ${(NOW + 864_000_000) / 1_000}`,
      ]),
    );
    const families = text.split("\n").filter((line) => line.startsWith("# TYPE "));
    expect(new Set(families).size).toBe(families.length);
    expect(text.endsWith("\n# EOF\n")).toBe(true);
  });

  it("leave out what is not known: no look for receipts, no white list", () => {
    const text = healthMetrics([health("a@x.mssante.fr")]);
    expect(text).not.toMatch(/receipts_success|white_list/);
  });

  it("have only lines of the format, whatever a mailbox is called", () => {
    const text = healthMetrics([health('a"\\\n@x')]);
    expect(text).toContain('mailbox="a\\"\\\\\\n@x"');
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(
        /^(# (HELP|TYPE) medimail_\w+ .+|# EOF|medimail_\w+\{mailbox="(?:[^"\\]|\\.)*"(,\w+="\w+")*\} [\d.]+)$/,
      );
  });
});
