import { describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { shownTrace } from "../../src/traces/index.js";
import { COLLEAGUE, configOf, DOCTOR, LABO, pair, QUICK, soon, states } from "../sending/kit.js";
import { cdaOf, fictionalIns, headerOf, pdfOf } from "../tools/documents.js";

/** What the client wrote, verb first, before or after TLS. */
function said(mock: MockMedimail, protocol: "smtp" | "imap", tls: boolean): string[] {
  const lines = mock.observations.flatMap((seen) => (seen.kind === "line" && seen.from === "client" ? [seen] : []));
  const verb = (line: string) => line.split(" ")[protocol === "smtp" ? 0 : 1]?.toUpperCase() ?? "";
  return lines.filter((seen) => seen.protocol === protocol && seen.tls === tls).map((seen) => verb(seen.line));
}

describe("the connector as the operator sees it", () => {
  it("says nothing before TLS but what TLS needs, and asks for the capabilities again after it (ECO.1.0.1, ECO.1.0.2, RFC 3207)", async () => {
    await using both = await pair();
    const { connector, mock } = both;
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await submission.settled({ until: "delivered", signal: soon() });
    expect(said(mock, "smtp", false)).toEqual(["EHLO", "STARTTLS"]);
    expect(said(mock, "smtp", true).slice(0, 2)).toEqual(["EHLO", "MAIL"]);
    expect(new Set(said(mock, "imap", false))).toEqual(new Set(["CAPABILITY", "STARTTLS"]));
    expect(said(mock, "imap", true).slice(0, 2)).toEqual(["CAPABILITY", "AUTHENTICATE"]);
  });

  it("takes a server of the authority that was given, in TLS 1.2 or later (ECO.1.1.1, ECO.1.1.4)", async () => {
    await using both = await pair();
    const { connector, mock } = both;
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await submission.settled({ until: "accepted", signal: soon() });
    const tls = mock.observations.flatMap((seen) => (seen.kind === "tls" ? [seen] : []));
    expect(tls.length).toBeGreaterThan(0);
    expect(tls.filter((seen) => seen.what !== "established" || !/^TLSv1\.[23]$/.test(seen.version ?? ""))).toEqual([]);
  });

  it("reads receipts by UID and leaves them unread (RFC 9051, RFC 3501)", async () => {
    await using both = await pair();
    const { connector, mock } = both;
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await submission.settled({ until: "delivered", signal: soon() });
    expect(said(mock, "imap", true)).toContain("UID");
    expect(said(mock, "imap", true)).not.toContain("FETCH");
    const flags = mock
      .mailbox(LABO)
      .messages()
      .map((message) => message.has("\\Seen"));
    expect([flags.length, flags.includes(true)]).toEqual([1, false]);
  });
});

// Rows of the catalogue that are seen in what the connector does, not in the mail that it sends.
describe("the connector as the software sees it", () => {
  it("takes submissions while the operator cannot be reached, and sends them afterwards (ECO.1.2.3)", async () => {
    await using both = await pair();
    const { connector, mock } = both;
    mock.faults.add({ name: "drop", at: "greeting", times: 2 });
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    expect(submission.created).toBe(true);
    const { ok } = await submission.settled({ until: "accepted", signal: soon() });
    expect(ok).toBe(true);
  });

  it("authenticates again by itself, once, when a token is refused (ECO.1.2.1, RFC 7628)", async () => {
    await using mock = await startMockMedimail();
    await using connector = createConnector(await configOf(mock, DOCTOR), QUICK);
    const refusal = mock.faults.add({ name: "token-refused-drop", times: 1 });
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [COLLEAGUE] });
    expect((await submission.settled({ until: "accepted", signal: soon() })).ok).toBe(true);
    expect([refusal.struck, (await submission.status()).recipients[0]?.attempts]).toEqual([1, 1]);
  });

  it("opens a mailbox session again by itself where the server cut it (ECO.1.2.7)", async () => {
    await using both = await pair({ delivery: "manual" });
    const { connector, mock } = both;
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    const stop = new AbortController();
    const run = connector.delivery.run({ signal: stop.signal, receipts: false });
    await submission.settled({ until: "accepted", signal: soon() });
    stop.abort();
    await run;
    const cut = mock.faults.add({ name: "drop", at: "imap-fetch", times: 1 });
    const { read, matched } = await connector.receipts.poll({ signal: soon() });
    expect([cut.struck, read, matched]).toEqual([1, 1, 1]);
  });

  it("shows the receipts it got as states, each with its event (ECO.3.1.6, out-ack)", async () => {
    await using both = await pair();
    const { connector, mock } = both;
    const submission = await connector.documents.submit({
      documents: [{ cda: cdaOf(1) }],
      to: [DOCTOR],
      requestRead: true,
    });
    await submission.settled({ until: "delivered", signal: soon() });
    mock.read(DOCTOR, submission.messageIds[0] as string);
    const { ok } = await submission.settled({ until: "read", signal: soon() });
    expect(ok).toBe(true);
    const names: string[] = [];
    for await (const event of connector.events({ after: 0, signal: AbortSignal.timeout(200) })) names.push(event.event);
    expect(names).toEqual(["queued", "accepted", "delivered", "read"]);
    expect((await connector.outbox.receipts()).map((receipt) => receipt.kind).sort()).toEqual(["dsn", "mdn"]);
  });

  it.each(["new", "legacy"] as const)("reads a failed integration, form %s (in-mdn-ko)", async (form) => {
    await using both = await pair();
    const { connector, mock } = both;
    const submission = await connector.documents.submit({
      documents: [{ cda: cdaOf(1) }],
      to: [DOCTOR],
      requestRead: true,
    });
    await submission.settled({ until: "accepted", signal: soon() });
    mock.refuseIntegration(DOCTOR, submission.messageIds[0] as string, "902", { form });
    const { recipients } = await submission.settled({ until: "integrated", signal: soon() });
    expect([recipients[0]?.state, recipients[0]?.error?.application]).toEqual(["refused", "902"]);
  });

  it("refuses to write to a patient whose INS has a wrong key (ECO.3.1.5)", async () => {
    await using both = await pair({ delivery: "manual" });
    const ins = fictionalIns();
    const wrong = `${ins.slice(0, 13)}${ins.endsWith("01") ? "02" : "01"}`;
    const patient = { ...headerOf().patient, ins: { value: wrong, oid: "1.2.250.1.213.1.4.8" } };
    const documents = [{ cda: cdaOf(1, pdfOf(500), { patient }) }];
    await expect(both.connector.documents.submit({ documents, patient: true })).rejects.toMatchObject({
      code: "ins_key_invalid",
    });
    expect(await both.connector.outbox.list()).toEqual([]);
  });

  it("keeps a history of every transmission, which can be shown (SC.MSS/UX.37)", async () => {
    await using both = await pair();
    const { connector } = both;
    const submission = await connector.documents.submit({
      documents: [{ cda: cdaOf(1) }],
      to: [DOCTOR],
      patient: true,
      actor: "899900000019",
    });
    await submission.settled({ until: "accepted", signal: soon() });
    const traces = [];
    for await (const trace of connector.traces.list()) traces.push(shownTrace(trace));
    expect(traces.map(({ actor, action, ok }) => [actor, action, ok])).toEqual([
      ["899900000019", "send", true],
      ["899900000019", "send", true],
    ]);
    expect(JSON.stringify(traces)).not.toContain(fictionalIns());
  });

  it("accepts the auto-reply box of ANS as a patient's, without an INS (mes-test)", async () => {
    await using both = await pair({ delivery: "manual" });
    const box = "reponse.automatique-test@patient.mssante.fr";
    const submission = await both.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [box] });
    expect(await states(both.connector, submission.id)).toEqual({ [box]: "queued" });
    expect((await submission.status()).recipients[0]?.kind).toBe("patient");
  });
});
