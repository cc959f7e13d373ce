import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, type MockReady, startMockMedimail } from "../../src/mock/index.js";
import { writeDocuments } from "./documents.js";
import { cli, startCli, temporaryFolder } from "./harness.js";

interface Line {
  event?: string;
  recipient?: string;
  submission?: string;
  messageId?: string;
  error?: { code: string; message?: string; hint?: string };
}

const folder = temporaryFolder();
const files = writeDocuments(folder);
const DOCTOR = "martin.dupont@medecin.mssante.fr";
const OTHER = "claire.morel@medecin.mssante.fr";
const PATIENT = "287039999904155@patient.mssante.fr";
const SENDER = "labo@ch-exemple.mssante.fr";
let mock: MockMedimail;
let ready: MockReady;
let configs = 0;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock"), autoReceipts: { deliver: true } });
  ready = await mock.ready();
});
afterAll(() => mock.close());

/** The sender's configuration with an outbox of its own. */
function config(change: (config: Record<string, unknown>) => object = (same) => same): string {
  const base = JSON.parse(readFileSync(ready.configs[SENDER] ?? "", "utf8")) as Record<string, unknown>;
  configs += 1;
  const path = join(folder, "mock", `test-${configs}.json`);
  writeFileSync(path, JSON.stringify(change({ ...base, outbox: { store: "sqlite", path: `test-${configs}.db` } })));
  return path;
}

/** Level 1 whose body is a file of word processing. */
function rtfDocument(): string {
  const path = join(folder, "rtf.xml");
  const cda = readFileSync(files.cda, "utf8");
  const body =
    '<component><nonXMLBody><text mediaType="application/rtf" representation="B64">e1xydGYxfQ==</text></nonXMLBody></component>';
  writeFileSync(path, `${cda.slice(0, cda.indexOf("<component>"))}${body}</ClinicalDocument>`);
  return path;
}

const level3 = () => ["--cda", files.cda, "--pdf", files.pdf];
const send = (path: string, ...more: string[]) => cli("send", "--config", path, "--json", ...more);

describe("send", () => {
  it("waits for accepted by default, one line per event", async () => {
    const result = await send(config(), ...level3(), "--to", DOCTOR);
    expect(result.code).toBe(0);
    const lines = result.lines<Line>();
    expect(lines.map(({ event }) => event)).toEqual(["queued", "accepted"]);
    expect(lines[1]).toMatchObject({ recipient: DOCTOR, submission: lines[0]?.submission });
    expect(mock.mails.some((mail) => mail.messageId === lines[1]?.messageId)).toBe(true);
  });

  it("waits for delivered, to a professional and the patient", async () => {
    const result = await send(config(), ...level3(), "--to", DOCTOR, "--patient", "--wait", "delivered");
    expect(result.code).toBe(0);
    const delivered = result.lines<Line>().filter(({ event }) => event === "delivered");
    expect(delivered.map(({ recipient }) => recipient).sort()).toEqual([PATIENT, DOCTOR].sort());
  });

  it("waits for read, and asks for the receipt that it waits for (ECO.2.3.2)", async () => {
    const run = startCli(["send", "--config", config(), "--json", ...level3(), "--to", DOCTOR, "--wait", "read"]);
    const { messageId = "" } = JSON.parse(await run.line((line) => line.includes('"delivered"'))) as Line;
    mock.read(DOCTOR, messageId);
    const result = await run.result;
    expect([result.code, result.lines<Line>().at(-1)?.event]).toEqual([0, "read"]);
  });

  it("says that nothing but receipts is waited for, once the operator has the mail", async () => {
    mock.faults.add({ name: "delay", at: "after-dot", times: 1 });
    const run = startCli(["send", "--config", config(), "--json", ...level3(), "--to", DOCTOR, "--wait", "delivered"]);
    const { submission } = JSON.parse(await run.line((line) => line.includes('"accepted"'))) as Line;
    run.interrupt();
    const result = await run.result;
    mock.release();
    expect([result.code, result.lines<Line>().at(-1)?.error?.hint]).toEqual([
      130,
      `the operator has the submission ${submission}: medimail outbox run reads the receipts`,
    ]);
  });

  it("counts a later state than the one asked", async () => {
    const path = config();
    const first = await send(path, ...level3(), "--to", DOCTOR, "--wait", "delivered", "--key", "k1");
    const again = await send(path, ...level3(), "--to", DOCTOR, "--wait", "accepted", "--key", "k1");
    expect([first.code, again.code]).toEqual([0, 0]);
    expect(again.lines<Line>()[0]?.submission).toBe(first.lines<Line>()[0]?.submission);
  });

  it("--wait no ends once the submission is durable, and outbox run delivers it", async () => {
    const path = config();
    const result = await send(path, ...level3(), "--to", DOCTOR, "--wait", "no");
    expect([result.code, result.lines<Line>().map(({ event }) => event)]).toEqual([0, ["queued"]]);
    const worker = startCli(["outbox", "run", "--config", path, "--json"]);
    await worker.line((line) => line.includes('"accepted"'));
    worker.interrupt("SIGTERM");
    expect((await worker.result).code).toBe(0);
  });

  it("ends at once with 1 where an address is refused, and the others still get theirs", async () => {
    const result = await send(config(), ...level3(), "--to", "nobody@medecin.mssante.fr", "--to", OTHER);
    const lines = result.lines<Line>();
    expect(result.code).toBe(1);
    expect(lines.map(({ event, recipient }) => `${event} ${recipient}`)).toEqual(
      expect.arrayContaining(["failed nobody@medecin.mssante.fr", `accepted ${OTHER}`]),
    );
    expect(lines.at(-1)?.error?.code).toBe("recipient_refused");
  });

  it("ends at once with 1 where the server's certificate is not trusted", async () => {
    mock.faults.add({ name: "untrusted-certificate" });
    const started = Date.now();
    const result = await send(config(), ...level3(), "--to", DOCTOR);
    mock.faults.clear();
    expect([result.code, Date.now() - started < 20_000]).toEqual([1, true]);
    expect(["tls_failed", "certificate_invalid"]).toContain(result.lines<Line>().at(-1)?.error?.code);
  });

  it("ends at once with 1 where authentication is refused", async () => {
    const path = config((base) => ({
      ...base,
      mailbox: { address: DOCTOR, type: "PER" },
      auth: { method: "token", token: "wrong" },
    }));
    const result = await send(path, ...level3(), "--to", OTHER);
    expect(result.code).toBe(1);
    expect(["auth_refused", "token_refused"]).toContain(result.lines<Line>().at(-1)?.error?.code);
  });

  it("ends with 1, not as interrupted, when the time is over before anything is stored", async () => {
    const result = await send(config(), ...level3(), "--to", DOCTOR, "--timeout", "0");
    expect([result.code, result.lines<Line>().at(-1)?.error?.code]).toEqual([1, "timeout"]);
  });

  it("ends with 1 when the time is over, and the work stays in the outbox", async () => {
    const path = config((base) => ({
      ...base,
      operator: { smtp: { host: "127.0.0.1", port: 9 }, imap: { host: "127.0.0.1", port: 9 } },
    }));
    const result = await send(path, ...level3(), "--to", DOCTOR, "--timeout", "1");
    expect([result.code, result.lines<Line>().at(-1)?.error?.code]).toEqual([1, "timeout"]);
    const [row] = (await cli("outbox", "list", "--config", path, "--json")).value<
      { state: string; recipients: object[] }[]
    >();
    expect(row).toMatchObject({
      state: "queued",
      recipients: [{ address: DOCTOR, kind: "professional", state: "queued" }],
    });
  });

  it("is interrupted with 130, and the work stays in the outbox", async () => {
    const path = config((base) => ({
      ...base,
      operator: { smtp: { host: "127.0.0.1", port: 9 }, imap: { host: "127.0.0.1", port: 9 } },
    }));
    const run = startCli(["send", "--config", path, "--json", ...level3(), "--to", DOCTOR]);
    await run.line((line) => line.includes('"queued"'));
    run.interrupt("SIGINT");
    const result = await run.result;
    expect([result.code, result.lines<Line>().at(-1)?.error?.code]).toEqual([130, "aborted"]);
  });

  it.each([
    [
      "a level 1 whose body is no PDF and that pages cannot show (ECO.2.1.1)",
      ["--cda", rtfDocument(), "--to", DOCTOR],
      "pdf_missing",
    ],
    [
      "a PDF that is no PDF/A-1 where one is required (ECO.2.1.5)",
      [...level3(), "--to", DOCTOR, "--require-pdfa"],
      "pdf_not_pdfa1",
    ],
    ["a patient who opposes (MSS/va1.20)", [...level3(), "--patient", "--oppose-patient"], "opposition_patient"],
    [
      "an identity that is not qualified (INS/va1.53)",
      [...level3(), "--to", DOCTOR, "--identity-status", "validee"],
      "identity_not_qualified",
    ],
    ["a mask", [...level3(), "--to", DOCTOR, "--confidentiality", "MASQUE_PS"], "mask_forbids_recipient"],
  ])("refuses %s before anything is stored: exit 1", async (_, options, code) => {
    const path = config();
    const result = await send(path, ...options);
    expect([result.code, result.lines<Line>().map(({ error }) => error?.code)]).toEqual([1, [code]]);
    expect((await cli("outbox", "list", "--config", path, "--json")).value()).toEqual([]);
  });

  it("sends to professionals in spite of an opposition that is acknowledged (MSS/va1.22)", async () => {
    const refused = await send(config(), ...level3(), "--to", DOCTOR, "--oppose-professionals");
    const acknowledged = await send(config(), ...level3(), "--to", DOCTOR, "--acknowledge-opposition");
    expect([refused.lines<Line>().at(-1)?.error?.code, acknowledged.code]).toEqual(["opposition_professional", 0]);
  });

  it("--eml writes the mails, one file each, and sends and stores nothing", async () => {
    const path = config();
    const before = mock.mails.length;
    const out = join(folder, "eml");
    const result = await send(path, ...level3(), "--to", DOCTOR, "--patient", "--eml", out);
    expect(result.code).toBe(0);
    const lines = result.lines<{ eml: string; messageId: string; size: number }>();
    expect(readdirSync(out).sort()).toEqual(lines.map(({ messageId }) => `${messageId.split("@")[0]}.eml`).sort());
    for (const { eml, size } of lines) expect(readFileSync(eml).length).toBe(size);
    expect([mock.mails.length, (await cli("outbox", "list", "--config", path, "--json")).value()]).toEqual([
      before,
      [],
    ]);
    rmSync(out, { recursive: true });
  });

  it("makes the PDF/A-1 of a level 3 that comes without one, under the name of ECO.2.1.6 (ECO.2.1.1, ECO.2.1.5)", async () => {
    const result = await send(config(), "--cda", files.cda, "--to", DOCTOR);
    const accepted = result.lines<Line>().find(({ event }) => event === "accepted");
    const raw = mock.mails.find(({ messageId }) => messageId === accepted?.messageId)?.raw ?? Buffer.alloc(0);
    const { attachments } = await simpleParser(raw);
    const pdf = attachments.find(({ contentType }) => contentType === "application/pdf");
    expect(pdf?.filename).toMatch(/\.pdf$/);
    expect(pdf?.content.toString("latin1")).toContain("<pdfaid:part>1</pdfaid:part>");
  });

  it("gives back the first submission where the same document comes again without its PDF", async () => {
    const path = config();
    const first = await send(path, "--cda", files.cda, "--to", DOCTOR, "--key", "made");
    const again = await send(path, "--cda", files.cda, "--to", DOCTOR, "--key", "made");
    expect([first.code, again.code]).toEqual([0, 0]);
    expect(again.lines<Line>()[0]?.submission).toBe(first.lines<Line>()[0]?.submission);
  });

  it("carries the caller's text, subject, reply address and end of exchange", async () => {
    const body = join(folder, "body.txt");
    writeFileSync(body, "Bonjour,\nvoici le résultat.\n");
    const options = [
      "--patient",
      "--fin",
      "--body",
      body,
      "--reply-to",
      "secretariat.cardiologie@ch-exemple.mssante.fr",
      "--subject-extra",
      "suite",
      "--request-read",
    ];
    const result = await send(config(), ...level3(), ...options);
    const accepted = result.lines<Line>().find(({ event }) => event === "accepted");
    const mail = mock.mails.find(({ messageId }) => messageId === accepted?.messageId)?.raw.toString("latin1") ?? "";
    expect(mail).toMatch(/^X-MSS-MES: FIN\r$/m);
    expect(mail).toMatch(/^Reply-To: .*secretariat\.cardiologie@ch-exemple\.mssante\.fr/m);
    expect(mail).toMatch(/^Disposition-Notification-To: /m);
  });

  it("says of a fault that only a person mends what mailbox says of it, and keeps the mail queued", async () => {
    const path = config((base) => ({ ...base, auth: { ...(base["auth"] as object), passphrase: "wrong-one" } }));
    const sent = await send(path, ...level3(), "--to", DOCTOR);
    const read = await cli("mailbox", "list", "--config", path, "--json");
    const listed = await cli("outbox", "list", "--config", path, "--json");
    const fault = { code: "secret_unavailable", retryable: false };
    expect(read.value()).toMatchObject({ error: fault });
    expect(sent.lines<Line>().slice(1)).toMatchObject([{ event: "deferred", error: fault }, { error: fault }]);
    expect(listed.value()).toMatchObject([{ state: "queued", recipients: [{ state: "queued", error: fault }] }]);
    // A bad configuration is exit 2, wherever it is met.
    expect([sent.code, read.code]).toEqual([2, 2]);
  });

  it("warns of secrets and of revocation set to off on stderr, and never prints a secret, --verbose included", async () => {
    const path = config();
    const { passphrase } = (JSON.parse(readFileSync(path, "utf8")) as { auth: { passphrase: string } }).auth;
    const result = await send(path, ...level3(), "--to", DOCTOR, "--verbose");
    expect(result.err).toContain("auth.passphrase");
    expect(result.err).toContain("tls.revocation");
    expect(result.out + result.err).not.toContain(passphrase);
    expect(result.err).not.toContain("INVENTEE");
  });
});
