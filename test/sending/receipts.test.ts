import { describe, expect, it } from "vitest";
import type { Receipt } from "../../src/message/types.js";
import type { RecipientRow, RecipientState } from "../../src/seams/index.js";
import { decideReceipt } from "../../src/sending/receipts.js";

const ADDRESS = "claire.martin@medecin.mssante.fr";

function row(state: RecipientState, changes: Partial<RecipientRow> = {}): RecipientRow {
  return {
    id: 7,
    mailId: 3,
    submission: "s1",
    address: ADDRESS,
    kind: "professional",
    state,
    messageId: "m@x.mssante.fr",
    attempts: 1,
    updatedAt: 0,
    ...changes,
  };
}

type DsnAction = Extract<Receipt, { kind: "dsn" }>["recipients"][number]["action"];
const dsn = (action: DsnAction, status = "2.0.0"): Receipt => ({
  kind: "dsn",
  recipients: [{ address: ADDRESS, action, status }],
});
const mdn = (disposition: Extract<Receipt, { kind: "mdn" }>["disposition"], error?: { code?: string }): Receipt => ({
  kind: "mdn",
  automatic: false,
  disposition,
  finalRecipient: ADDRESS,
  ...(error ? { error } : {}),
});
const ko = (code: string): Receipt => ({ kind: "ko", error: { code }, from: ADDRESS });

/** What a receipt makes of a state: the new state (or the old one), and the events told. */
function after(state: RecipientState, receipt: Receipt): [RecipientState, ...string[]] {
  const [decision] = decideReceipt(receipt, [row(state)], 5);
  return [decision?.change?.state ?? state, ...(decision?.events.map((event) => event.event) ?? [])];
}

describe("a receipt moves a recipient forward only", () => {
  const table: [string, RecipientState, Receipt, [RecipientState, ...string[]]][] = [
    ["a delivery report after acceptance", "accepted", dsn("delivered"), ["delivered", "delivered"]],
    ["a late delivery report after the reading", "read", dsn("delivered"), ["read"]],
    ["the same delivery report again", "delivered", dsn("delivered"), ["delivered"]],
    ["a delivery report of an unknown hand-over settles it", "unknown", dsn("delivered"), ["delivered", "delivered"]],
    ["a reading of a mail that we still hold for queued", "queued", mdn("displayed"), ["read", "read"]],
    ["a reading without a delivery report", "accepted", mdn("displayed"), ["read", "read"]],
    ["an integration", "read", mdn("processed"), ["integrated", "integrated"]],
    [
      "a relay to a system without reports is the best news that will come",
      "accepted",
      dsn("relayed"),
      ["delivered", "delivered"],
    ],
    ["a relay settles an unknown hand-over", "unknown", dsn("relayed"), ["delivered", "delivered"]],
    ["a delay changes nothing and is told", "accepted", dsn("delayed", "4.4.1"), ["accepted", "deferred"]],
    ["a failure after acceptance", "accepted", dsn("failed", "5.1.1"), ["failed", "failed"]],
    [
      "a failure after a report of delivery: a person must look",
      "delivered",
      dsn("failed", "5.1.1"),
      ["failed", "failed"],
    ],
    ["a failure after the reading: it did arrive", "read", dsn("failed", "5.1.1"), ["read"]],
    ["the same failure again", "failed", dsn("failed", "5.1.1"), ["failed"]],
    ["a delivery after a failure: it arrived after all", "failed", dsn("delivered"), ["delivered", "delivered"]],
    ["a refusal to integrate", "delivered", mdn("processed", { code: "902" }), ["refused", "refused"]],
    ["a failure mail", "delivered", ko("905"), ["refused", "refused"]],
    [
      "an integration after a refusal: the identity was mended",
      "refused",
      mdn("processed"),
      ["integrated", "integrated"],
    ],
    ["a refusal after the integration is told, the state stands", "integrated", ko("900"), ["integrated", "refused"]],
    ["a reading after a refusal", "refused", mdn("displayed"), ["refused"]],
    ["a deletion without reading", "accepted", mdn("deleted"), ["accepted"]],
    ["a denied receipt", "accepted", mdn("denied"), ["accepted"]],
  ];
  it.each(table)("%s", (_name, state, receipt, expected) => {
    expect(after(state, receipt)).toEqual(expected);
  });
});

describe("a receipt finds its recipient", () => {
  const two = [row("accepted"), row("accepted", { id: 8, address: "paul.durand@medecin.mssante.fr" })];

  it("by the address, whatever its case", () => {
    const report: Receipt = {
      kind: "dsn",
      recipients: [{ address: "Paul.Durand@MEDECIN.mssante.fr", action: "delivered" }],
    };
    expect(decideReceipt(report, two, 1).map((decision) => decision.recipientId)).toEqual([8]);
  });

  it("by the original recipient where the mail was redirected", () => {
    const report: Receipt = {
      kind: "dsn",
      recipients: [{ address: "cabinet@elsewhere.mssante.fr", originalRecipient: ADDRESS, action: "delivered" }],
    };
    expect(decideReceipt(report, two, 1).map((decision) => decision.recipientId)).toEqual([7]);
  });

  it("without an address where the mail had one recipient", () => {
    expect(
      decideReceipt({ kind: "mdn", automatic: true, disposition: "displayed" }, [row("accepted")], 1)[0]?.change?.state,
    ).toBe("read");
  });

  it("not at all where a stranger says that he read it", () => {
    const report: Receipt = {
      kind: "mdn",
      automatic: false,
      disposition: "displayed",
      finalRecipient: "other@x.mssante.fr",
    };
    expect(decideReceipt(report, [row("delivered")], 1)).toEqual([]);
  });

  it("where the news is bad, even under an address that is not ours: a person must look", () => {
    const bounce: Receipt = {
      kind: "dsn",
      recipients: [{ address: "alias@x.mssante.fr", action: "failed", status: "5.1.1" }],
    };
    expect(decideReceipt(bounce, [row("accepted")], 1)[0]?.change?.state).toBe("failed");
    expect(
      decideReceipt({ ...ko("902"), from: "pfi@x.mssante.fr" } as Receipt, [row("accepted")], 1)[0]?.change?.state,
    ).toBe("refused");
  });

  it.each([
    ["5.1.10", "Unknown mailbox: the address does not exist (5.1.10)."],
    ["5.4.4", "Unknown domain (5.4.4)."],
    ["5.2.1", "The mailbox is closed or suspended (5.2.1)."],
    ["5.2.2", "The mailbox is full (5.2.2)."],
    ["4.4.7", "The operator gave up: the recipient's server did not take the mail in time (4.4.7)."],
    ["5.7.606", "The recipient's operator does not allow this mail (5.7.606)."],
    ["5.0.0", "Not delivered (5.0.0)."],
  ])("says in words why a mail of status %s did not arrive (mes-bounce)", (status, message) => {
    const report: Receipt = { kind: "dsn", recipients: [{ address: ADDRESS, action: "failed", status }] };
    expect(decideReceipt(report, [row("accepted")], 1)[0]?.change?.error).toMatchObject({ message, status });
  });

  it("not at all where the mail had several and none is named", () => {
    expect(decideReceipt({ kind: "mdn", automatic: true, disposition: "displayed" }, two, 1)).toEqual([]);
  });

  it("keeps the application code of a refusal (900-906)", () => {
    const [decision] = decideReceipt(mdn("processed", { code: "904" }), [row("delivered")], 1);
    expect(decision?.change?.error).toMatchObject({ code: "integration_refused", application: "904" });
  });

  it("says in words what a bounce means (mes-bounce)", () => {
    const texts = ["5.1.1", "5.2.1", "5.2.2", "5.3.4"].map(
      (status) => decideReceipt(dsn("failed", status), [row("accepted")], 1)[0]?.change?.error?.message,
    );
    expect(texts).toEqual([
      expect.stringContaining("Unknown mailbox"),
      expect.stringContaining("closed or suspended"),
      expect.stringContaining("full"),
      expect.stringContaining("too large"),
    ]);
  });
});
