import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import { createConnector, isMedimailError } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { cdaOf, headerOf } from "../tools/documents.js";
import { COLLEAGUE, configOf, DOCTOR, pair, QUICK, soon, states } from "./kit.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-outbox-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (error) => (isMedimailError(error) ? error.code : `another error: ${error}`),
  );

describe("the same submission again", () => {
  it("with the same key and content gives back the first", async () => {
    await using it = await pair({ delivery: "manual" });
    const submission = { documents: [{ cda: cdaOf(1) }], to: [DOCTOR], idempotencyKey: "report-1" };
    const first = await it.connector.documents.submit(submission);
    const second = await it.connector.documents.submit(submission);
    expect([second.id, second.created, first.created]).toEqual([first.id, false, true]);
  });

  it("with the same key, submitted twice at once, is stored once", async () => {
    await using it = await pair({ delivery: "manual" });
    const submission = { documents: [{ cda: cdaOf(1) }], to: [DOCTOR], idempotencyKey: "report-1" };
    const both = await Promise.all([
      it.connector.documents.submit(submission),
      it.connector.documents.submit(submission),
    ]);
    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
    expect(both.filter(({ created }) => created)).toHaveLength(1);
  });

  it("with the same key and other content is an error", async () => {
    await using it = await pair({ delivery: "manual" });
    await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR], idempotencyKey: "k" });
    expect(
      await codeOf(
        it.connector.documents.submit({ documents: [{ cda: cdaOf(2) }], to: [DOCTOR], idempotencyKey: "k" }),
      ),
    ).toBe("idempotency_conflict");
  });

  it("without a key: the same document, action and recipient is not sent twice unless asked", async () => {
    await using it = await pair({ delivery: "manual" });
    const submission = { documents: [{ cda: cdaOf(1) }], to: [DOCTOR] };
    await it.connector.documents.submit(submission);
    expect(await codeOf(it.connector.documents.submit(submission))).toBe("already_sent");
    expect(await codeOf(it.connector.documents.submit({ ...submission, to: [COLLEAGUE] }))).toBe("nothing");
    expect(await codeOf(it.connector.documents.submit({ ...submission, resend: true }))).toBe("nothing");
  });

  it("as a deletion repeats the bytes and is an action of its own", async () => {
    await using it = await pair({ delivery: "manual" });
    const submission = { documents: [{ cda: cdaOf(1) }], to: [DOCTOR] };
    await it.connector.documents.submit(submission);
    expect(await codeOf(it.connector.documents.submit({ ...submission, action: "delete" }))).toBe("nothing");
    expect(await codeOf(it.connector.documents.submit({ ...submission, action: "delete" }))).toBe("already_sent");
  });

  it("is free again once the recipient was refused", async () => {
    await using it = await pair();
    it.mock.faults.add({ name: "unknown-recipient", times: 1 });
    const submission = { documents: [{ cda: cdaOf(1) }], to: [DOCTOR] };
    const first = await it.connector.documents.submit(submission);
    expect((await first.settled({ signal: soon() })).recipients[0]).toMatchObject({
      state: "failed",
      error: { code: "recipient_refused", status: "5.1.1" },
    });
    const second = await it.connector.documents.submit(submission);
    expect((await second.settled({ signal: soon() })).ok).toBe(true);
  });
});

describe("what is not allowed is refused before anything is stored", () => {
  it.each([
    [
      "two patients",
      {
        documents: [
          { cda: cdaOf(1) },
          {
            cda: cdaOf(2, undefined, {
              patient: {
                ...headerOf().patient,
                ins: { value: "185057800604955", oid: "1.2.250.1.213.1.4.8" },
                localIds: [],
              },
            }),
          },
        ],
        to: [DOCTOR],
      },
    ],
    ["a header that is injected", { documents: [{ cda: cdaOf(1) }], to: [DOCTOR], subjectExtra: "x\r\nBcc: a@b.fr" }],
    ["a mask", { documents: [{ cda: cdaOf(1) }], to: [DOCTOR], confidentiality: ["MASQUE_PS"] }],
    ["no document", { documents: [], to: [DOCTOR] }],
  ])("%s", async (_name, submission) => {
    await using it = await pair({ delivery: "manual" });
    expect(await codeOf(it.connector.documents.submit(submission))).not.toBe("nothing");
    expect(await it.connector.outbox.list()).toEqual([]);
  });
});

describe("the caller's own transaction", () => {
  async function own(): Promise<{ path: string; database: Database.Database }> {
    const path = join(folder, `own-${Math.random().toString(36).slice(2)}.db`);
    const database = new Database(path);
    database.exec("PRAGMA journal_mode=WAL; CREATE TABLE reports (id TEXT PRIMARY KEY, validated INTEGER)");
    return { path, database };
  }

  it("commits the report and its sending together, or neither", async () => {
    await using mock = await startMockMedimail();
    const { path, database } = await own();
    await using connector = createConnector(await configOf(mock, undefined, { outbox: { store: "sqlite", path } }), {
      ...QUICK,
      delivery: "manual",
    });
    await connector.ready();

    database.exec("BEGIN IMMEDIATE; INSERT INTO reports VALUES ('r1', 1)");
    await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] }, { tx: database });
    database.exec("ROLLBACK");
    expect(await connector.outbox.list()).toEqual([]);

    database.exec("BEGIN IMMEDIATE; INSERT INTO reports VALUES ('r1', 1)");
    const submission = await connector.documents.submit(
      { documents: [{ cda: cdaOf(1) }], to: [DOCTOR] },
      { tx: database },
    );
    database.exec("COMMIT");
    expect((await connector.outbox.list()).map(({ id }) => id)).toEqual([submission.id]);
    database.close();
  });
});

describe("a hand-over in doubt", () => {
  it("is unknown, and held by default; a retry asks for a person's word", async () => {
    await using it = await pair({}, { autoReceipts: { deliver: false } });
    it.mock.faults.add({ name: "drop-after-data", times: 1 });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    const settled = await submission.settled({ signal: soon() });
    expect(settled.recipients[0]).toMatchObject({ state: "unknown", error: { code: "delivery_unknown" } });
    expect(await codeOf(it.connector.outbox.retry(submission.id))).toBe("submission_state");
    expect(it.mock.mailbox(DOCTOR).messages("INBOX")).toHaveLength(1);
  });

  it("is settled by a later DSN", async () => {
    await using it = await pair();
    it.mock.faults.add({ name: "drop-after-data", times: 1 });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    for await (const event of submission.events({ signal: soon() })) if (event.event === "delivered") break;
    expect(await states(it.connector, submission.id)).toEqual({ [DOCTOR]: "delivered" });
    expect(it.mock.mailbox(DOCTOR).messages("INBOX")).toHaveLength(1);
  });

  it("found in Sent is accepted, where the operator files what it accepts", async () => {
    await using it = await pair({}, { filesSent: true, autoReceipts: { deliver: false } });
    it.mock.faults.add({ name: "drop-after-data", times: 1 });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    expect((await submission.settled({ signal: soon() })).ok).toBe(true);
    expect(it.mock.mailbox(DOCTOR).messages("INBOX")).toHaveLength(1);
  });

  it("absent from Sent was not accepted, and is sent again under the same Message-ID", async () => {
    await using it = await pair({}, { filesSent: true, autoReceipts: { deliver: false } });
    it.mock.faults.add({ name: "drop-after-dot-lost", times: 1 });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    expect((await submission.settled({ signal: soon(20_000) })).ok).toBe(true);
    expect(
      it.mock
        .mailbox(DOCTOR)
        .messages("INBOX")
        .map((message) => message.messageId),
    ).toEqual(submission.messageIds);
  });

  it("is settled mail by mail: of two, the one in Sent does not go out again", async () => {
    await using it = await pair(
      { settings: { concurrency: 1 } },
      { filesSent: true, autoReceipts: { deliver: false } },
    );
    it.mock.faults.add({ name: "drop-after-dot-lost", for: DOCTOR });
    it.mock.faults.add({ name: "drop-after-data", for: COLLEAGUE });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR, COLLEAGUE] });
    expect((await submission.settled({ signal: soon(20_000) })).ok).toBe(true);
    for (const address of [DOCTOR, COLLEAGUE]) expect(it.mock.mailbox(address).messages("INBOX")).toHaveLength(1);
  });

  it("is sent again by the policy resend, under the same Message-ID", async () => {
    await using it = await pair({ unknownPolicy: "resend" }, { autoReceipts: { deliver: false } });
    it.mock.faults.add({ name: "drop-after-dot-lost", times: 1 });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    expect((await submission.settled({ signal: soon(20_000) })).ok).toBe(true);
    expect(
      it.mock
        .mailbox(DOCTOR)
        .messages("INBOX")
        .map((message) => message.messageId),
    ).toEqual(submission.messageIds);
  });

  it("is sent again by a person who says so", async () => {
    await using it = await pair({}, { autoReceipts: { deliver: false } });
    it.mock.faults.add({ name: "drop-after-dot-lost", times: 1 });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await submission.settled({ signal: soon() });
    await it.connector.outbox.retry(submission.id, { resend: true, actor: "dr-x" });
    expect((await submission.settled({ signal: soon() })).ok).toBe(true);
  });

  it("is settled by a person who knows", async () => {
    await using it = await pair({}, { autoReceipts: { deliver: false } });
    it.mock.faults.add({ name: "drop-after-data", times: 1 });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await submission.settled({ signal: soon() });
    await it.connector.outbox.resolve(submission.id, "accepted");
    expect(await states(it.connector, submission.id)).toEqual({ [DOCTOR]: "accepted" });
  });

  it("lost before the final dot is a plain retry", async () => {
    await using it = await pair({}, { autoReceipts: { deliver: false } });
    it.mock.faults.add({ name: "drop", at: "data", times: 1 });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    expect((await submission.settled({ signal: soon() })).ok).toBe(true);
    expect(it.mock.mailbox(DOCTOR).messages("INBOX")).toHaveLength(1);
  });
});

describe("a person at the outbox", () => {
  it("withdraws what has not left, which frees the document", async () => {
    await using it = await pair({ delivery: "manual" });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await submission.cancel();
    expect((await submission.settled()).recipients[0]?.state).toBe("cancelled");
    expect(await codeOf(it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] }))).toBe(
      "nothing",
    );
  });

  it("pauses a submission and resumes it", async () => {
    await using it = await pair({ delivery: "manual" });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await it.connector.outbox.pause(submission.id);
    const stop = new AbortController();
    const run = it.connector.delivery.run({ signal: stop.signal });
    const other = await it.connector.documents.submit({ documents: [{ cda: cdaOf(2) }], to: [DOCTOR] });
    await other.settled({ signal: soon() });
    expect(await states(it.connector, submission.id)).toEqual({ [DOCTOR]: "queued" });
    await it.connector.outbox.resume(submission.id);
    expect((await submission.settled({ signal: soon() })).ok).toBe(true);
    stop.abort();
    await run;
  });

  it("sends a dead letter again", async () => {
    await using it = await pair();
    it.mock.faults.add({ name: "refuse", at: "rcpt", times: 1 });
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await submission.settled({ signal: soon() });
    expect((await it.connector.outbox.list({ state: "failed" })).map(({ id }) => id)).toEqual([submission.id]);
    await it.connector.outbox.retry(submission.id);
    expect((await submission.settled({ signal: soon() })).ok).toBe(true);
  });

  it("sees receipts that match nothing", async () => {
    await using it = await pair();
    const report = [
      "From: <>",
      "To: labo@ch-exemple.mssante.fr",
      "Message-ID: <stray@x>",
      "MIME-Version: 1.0",
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "x",
      "--b",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; x",
      "",
      "Final-Recipient: rfc822; a@b.mssante.fr",
      "Action: failed",
      "Status: 5.1.1",
      "",
      "--b",
      "Content-Type: text/rfc822-headers",
      "",
      "Message-ID: <nobody-sent-this@x>",
      "",
      "--b--",
      "",
    ].join("\r\n");
    it.mock.mailbox("labo@ch-exemple.mssante.fr").deliver(Buffer.from(report));
    await expect
      .poll(
        async () =>
          (await it.connector.outbox.receipts({ unmatchedOnly: true })).map((receipt) => receipt.originalMessageId),
        { timeout: 10_000 },
      )
      .toEqual(["nobody-sent-this@x"]);
  });

  it("does not see the submissions of another tenant", async () => {
    await using mock = await startMockMedimail();
    const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path: join(folder, "tenants.db") } });
    await using one = createConnector(config, { ...QUICK, delivery: "manual", tenant: "one" });
    await using two = createConnector(config, { ...QUICK, delivery: "manual", tenant: "two" });
    const submission = await one.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    expect(await two.outbox.list()).toEqual([]);
    expect(await codeOf(two.outbox.cancel(submission.id))).toBe("submission_not_found");
  });
});

describe("health content at rest", () => {
  it("is encrypted with the caller's key, and erased after the retention", async () => {
    await using mock = await startMockMedimail();
    const path = join(folder, "secret.db");
    const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path } });
    const key = new Uint8Array(32).fill(7);
    const cda = cdaOf(1, undefined, { title: "CANARYTITLE" });
    {
      await using connector = createConnector(config, { ...QUICK, encryptionKey: key, contentRetentionMs: "never" });
      const submission = await connector.documents.submit({ documents: [{ cda }], to: [DOCTOR], patient: true });
      await submission.settled({ signal: soon() });
      const bytes = Buffer.concat([readFileSync(path), readFileSync(`${path}-wal`)]).toString("latin1");
      expect(bytes).not.toContain("MOREL");
      expect(bytes).not.toContain("@patient.mssante.fr");
    }
    expect(await codeOf(createConnector(config, { ...QUICK, delivery: "manual" }).ready())).toBe("storage_key_wrong");
    {
      await using connector = createConnector(config, { ...QUICK, encryptionKey: key, contentRetentionMs: 0 });
      await expect
        .poll(async () => (await connector.outbox.list()).every((row) => row.erasedAt !== undefined), {
          timeout: 10_000,
        })
        .toBe(true);
      expect(await codeOf(connector.outbox.retry((await connector.outbox.list())[0]?.id ?? ""))).toBe(
        "submission_state",
      );
    }
  });
});
