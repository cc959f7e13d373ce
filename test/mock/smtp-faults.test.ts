import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FaultName, MockMedimail } from "../../src/mock/index.js";
import { describeFault, FAULT_NAMES } from "../../src/mock/index.js";
import { DUPONT, LABO, MOREL, mail, RawClient, smtpClient, started, submit, xoauth2 } from "./kit.js";

let mock: MockMedimail;

beforeEach(async () => {
  mock = await started();
});

afterEach(async () => {
  await mock.close();
  expect(mock.problems).toEqual([]);
});

const struck = (name: FaultName) => mock.observations.filter((o) => o.kind === "fault" && o.name === name).length;

async function plain(): Promise<{ client: RawClient; greeting: string }> {
  const client = await RawClient.connect(mock.smtp.port);
  return { client, greeting: await client.reply() };
}

describe("the script of a fault", () => {
  it("strikes as often as asked, then no more, and is observed each time", async () => {
    mock.after("RCPT").reply(451, "4.3.0").times(2);
    const client = await smtpClient(mock, LABO);
    const answers = [];
    for (const id of ["a@t.fr", "b@t.fr", "c@t.fr"]) {
      answers.push((await submit(client, id)).slice(0, 9));
      await client.smtp("RSET");
    }
    expect(answers).toEqual(["451 4.3.0", "451 4.3.0", "250 2.0.0"]);
    expect(struck("reply")).toBe(2);
    expect(mock.faults.pending()).toEqual([]);
    client.destroy();
  });

  it("lets pass what `skip` says first", async () => {
    mock.after("DOT").refuse().skip(1);
    const client = await smtpClient(mock, LABO);
    expect([(await submit(client, "a@t.fr")).slice(0, 3), (await submit(client, "b@t.fr")).slice(0, 3)]).toEqual([
      "250",
      "554",
    ]);
    client.destroy();
  });

  it("strikes only the address it is for", async () => {
    mock.faults.add({ name: "refuse", at: "rcpt", for: MOREL, times: Number.POSITIVE_INFINITY });
    const client = await smtpClient(mock, LABO);
    await client.smtp(`MAIL FROM:<${LABO}>`);
    expect((await client.smtp(`RCPT TO:<${DUPONT}>`)).slice(0, 3)).toBe("250");
    expect((await client.smtp(`RCPT TO:<${MOREL}>`)).slice(0, 3)).toBe("550");
    client.destroy();
  });

  it("is refused where it has no name or no moment", () => {
    expect(() => mock.faults.add({ name: "nothing" as FaultName })).toThrow(
      expect.objectContaining({ code: "invalid_argument", path: "name" }),
    );
    expect(() => mock.faults.add({ name: "refuse" })).toThrow(
      expect.objectContaining({ code: "invalid_argument", path: "at" }),
    );
    expect(() => mock.faults.add({ name: "refuse", at: "lunch" as "rcpt" })).toThrow(
      expect.objectContaining({ path: "at" }),
    );
    expect(() => mock.after("LUNCH")).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });

  it.each([
    { name: "bounce", at: "rcpt" },
    { name: "drop", at: "content" },
    { name: "refuse", at: "imap-lunch" },
    { name: "weak-ciphers", at: "imap-select" },
    { name: "full-mailbox", at: "imap-select" },
  ] as const)("is refused where it could never strike: %o", (script) => {
    expect(() => mock.faults.add(script)).toThrow(expect.objectContaining({ code: "invalid_argument", path: "at" }));
  });

  it("knows IMAP commands by their names", () => {
    expect(mock.after("IMAP UID FETCH").drop().fault.at).toBe("imap-fetch");
    expect(mock.after("imap authenticate").refuse().fault.at).toBe("imap-auth");
  });

  it("silence: nothing is done and no answer comes, until the client goes away", async () => {
    mock.after("DOT").silence();
    const client = await smtpClient(mock, LABO);
    const answer = submit(client, "a@t.fr");
    await mock.waitFor((o) => o.kind === "fault" && o.name === "silence");
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(() => resolve("nothing"), 150))])).toBe(
      "nothing",
    );
    client.destroy();
    expect(mock.mails).toEqual([]);
  });

  it("is described by name", () => {
    for (const name of FAULT_NAMES) expect(describeFault(name).length).toBeGreaterThan(5);
  });
});

describe("refuse and defer, at each moment", () => {
  it.each([
    ["greeting", "554", "421"],
    ["ehlo", "550", "421"],
    ["starttls", "502", "454"],
  ] as const)("%s", async (at, refusal, deferral) => {
    for (const [name, code] of [
      ["refuse", refusal],
      ["defer", deferral],
    ] as const) {
      mock.faults.add({ name, at });
      const { client, greeting } = await plain();
      const answers = [greeting];
      if (at !== "greeting") answers.push(await client.smtp("EHLO test.example"));
      if (at === "starttls") answers.push(await client.smtp("STARTTLS"));
      expect(answers.at(-1)?.slice(0, 3)).toBe(code);
      client.destroy();
    }
  });

  it.each([
    ["mail", "550 5.7.1", "451 4.3.0"],
    ["rcpt", "550 5.7.1", "450 4.2.1"],
    ["data", "554 5.5.1", "451 4.3.0"],
    ["final-dot", "554 5.6.0", "451 4.3.0"],
  ] as const)("%s", async (at, refusal, deferral) => {
    const client = await smtpClient(mock, LABO);
    for (const [name, code] of [
      ["refuse", refusal],
      ["defer", deferral],
    ] as const) {
      mock.faults.add({ name, at });
      expect((await submit(client, "x@t.fr")).slice(0, 9)).toBe(code);
      await client.smtp("RSET");
    }
    expect(mock.mails).toEqual([]);
    client.destroy();
  });

  it("auth", async () => {
    const client = await smtpClient(mock);
    const response = xoauth2(DUPONT, mock.token(DUPONT));
    mock.faults.add({ name: "defer", at: "auth" });
    expect(await client.smtp(`AUTH XOAUTH2 ${response}`)).toMatch(/^454 4\.7\.0 /);
    mock.faults.add({ name: "token-refused" });
    expect(await client.smtp(`AUTH XOAUTH2 ${response}`)).toMatch(/^535 5\.7\.8 /);
    client.destroy();
  });
});

describe("connections cut", () => {
  it.each(["greeting", "ehlo", "starttls"] as const)("drop at %s", async (at) => {
    mock.faults.add({ name: "drop", at });
    const { client, greeting } = await plain();
    const answers = [greeting];
    if (at !== "greeting") answers.push(await client.smtp("EHLO test.example"));
    if (at === "starttls") answers.push(await client.smtp("STARTTLS"));
    expect(answers.at(-1)).toBe("closed");
  });

  it("drop-before-dot: cut while the content comes, nothing stored", async () => {
    mock.faults.add({ name: "drop-before-dot", bytes: 10 });
    const client = await smtpClient(mock, LABO);
    await client.smtp(`MAIL FROM:<${LABO}>`);
    await client.smtp(`RCPT TO:<${DUPONT}>`);
    await client.smtp("DATA");
    client.send("Subject: half of it");
    expect(await client.reply()).toBe("closed");
    expect(mock.mails).toEqual([]);
  });

  it("drop-after-data: accepted, delivered, and cut without an answer", async () => {
    mock.faults.add({ name: "drop-after-data" });
    const client = await smtpClient(mock, LABO);
    expect(await submit(client, "x@t.fr")).toBe("closed");
    expect((await mock.waitForMail({ messageId: "x@t.fr" })).id).toBe(1);
    expect(mock.mailbox(DUPONT).messages()).toHaveLength(1);
  });

  it("drop-after-dot-lost: cut without an answer, nothing stored", async () => {
    mock.faults.add({ name: "drop-after-dot-lost" });
    const client = await smtpClient(mock, LABO);
    expect(await submit(client, "x@t.fr")).toBe("closed");
    expect(mock.mails).toEqual([]);
    expect(mock.mailbox(DUPONT).messages()).toEqual([]);
  });

  it("garbage: a line that is no SMTP, then the end", async () => {
    mock.faults.add({ name: "garbage", at: "mail" });
    const client = await smtpClient(mock, LABO);
    expect(await client.smtp(`MAIL FROM:<${LABO}>`)).not.toMatch(/^\d{3}/);
    expect(await client.reply()).toBe("closed");
  });

  it.each([
    ["", ""],
    ["*", "*"],
    ["dXNlcj14AWF1dGg9QmVhcmVyIHkBAQ==", "[credential]"],
    ["noop with-a-secret", "NOOP"],
  ])("token-refused-challenge: 334 with the error JSON, 535 once %j has answered it", async (answer, recorded) => {
    mock.faults.add({ name: "token-refused-challenge" });
    const client = await smtpClient(mock);
    const response = xoauth2(DUPONT, mock.token(DUPONT));
    const challenge = await client.smtp(`AUTH XOAUTH2 ${response}`);
    expect(challenge).toMatch(/^334 eyJ/);
    expect(await client.smtp(answer)).toMatch(/^535 5\.7\.8 /);
    const lines = mock.observations.flatMap((seen) => (seen.kind === "line" ? [seen.line] : []));
    expect(lines[lines.indexOf(challenge) + 1]).toBe(recorded);
    expect(await client.smtp(`AUTH XOAUTH2 ${response}`)).toMatch(/^235 /);
    client.destroy();
  });

  it("token-refused-drop: 334 with the error JSON, then cut (interfaces.md §2.2)", async () => {
    mock.faults.add({ name: "token-refused-drop" });
    const client = await smtpClient(mock);
    const answer = await client.smtp(`AUTH XOAUTH2 ${xoauth2(DUPONT, mock.token(DUPONT))}`);
    expect(JSON.parse(Buffer.from(answer.slice(4), "base64").toString())).toEqual({
      status: "401",
      schemes: "bearer",
      scope: "mail",
    });
    expect(await client.reply()).toBe("closed");
    expect(mock.observations.find((o) => o.kind === "auth")).toMatchObject({ ok: false, user: DUPONT });
  });
});

describe("slow", () => {
  it("answers after the time asked", async () => {
    mock.after("MAIL").slow(80);
    const client = await smtpClient(mock, LABO);
    const before = performance.now();
    expect(await client.smtp(`MAIL FROM:<${LABO}>`)).toMatch(/^250 /);
    expect(performance.now() - before).toBeGreaterThan(75);
    client.destroy();
  });

  it("does not hold close()", async () => {
    mock.after("MAIL").slow(60_000);
    const client = await smtpClient(mock, LABO);
    client.send(`MAIL FROM:<${LABO}>\r\n`);
    await mock.waitFor((o) => o.kind === "fault");
    const before = performance.now();
    await mock.close();
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

describe("answers of a full or unknown mailbox", () => {
  it.each([
    [{ name: "full-mailbox" as const }, "452 4.2.2"],
    [{ name: "full-mailbox" as const, reply: 552 }, "552 5.2.2"],
    [{ name: "unknown-recipient" as const }, "550 5.1.1"],
    [{ name: "size-limit" as const }, "552 5.3.4"],
    [{ name: "reply" as const, at: "rcpt" as const, reply: 450, status: "4.7.1", text: "greylisted" }, "450 4.7.1"],
  ])("%o", async (script, answer) => {
    mock.faults.add(script);
    const client = await smtpClient(mock, LABO);
    expect((await submit(client, "x@t.fr")).slice(0, 9)).toBe(answer);
    expect(struck(script.name)).toBe(1);
    client.destroy();
  });
});

describe("capabilities taken away, for the whole session", () => {
  it.each([
    ["no-dsn", "DSN"],
    ["no-pipelining", "PIPELINING"],
    ["no-size", "SIZE"],
    ["no-8bitmime", "8BITMIME"],
    ["no-smtputf8", "SMTPUTF8"],
  ] as const)("%s", async (name, word) => {
    mock.faults.add({ name });
    const client = await smtpClient(mock);
    expect(await client.smtp("EHLO again.example")).not.toContain(word);
    const next = await smtpClient(mock);
    expect(await next.smtp("EHLO again.example")).toContain(word);
    client.destroy();
    next.destroy();
  });

  it("refuses the parameters of DSN where it is not offered", async () => {
    mock.faults.add({ name: "no-dsn" });
    const client = await smtpClient(mock, LABO);
    expect(await client.smtp(`MAIL FROM:<${LABO}> ENVID=x`)).toMatch(/^555 /);
    client.destroy();
  });

  it("strip-starttls: neither offered nor accepted", async () => {
    mock.faults.add({ name: "strip-starttls" });
    const { client } = await plain();
    expect(await client.smtp("EHLO test.example")).not.toContain("STARTTLS");
    expect(await client.smtp("STARTTLS")).toMatch(/^502 /);
    client.destroy();
  });
});

describe("TLS gone wrong", () => {
  async function handshake(
    options: object = {},
  ): Promise<{ error?: string; cipher?: string; version?: string | null }> {
    const { client } = await plain();
    await client.smtp("EHLO test.example");
    await client.smtp("STARTTLS");
    try {
      const socket = await client.secure({ ca: mock.ca, ...options });
      return { cipher: socket.getCipher().name, version: socket.getProtocol() };
    } catch (error) {
      return { error: (error as { code?: string }).code ?? "" };
    } finally {
      client.destroy();
    }
  }

  it.each([
    ["expired-certificate", "CERT_HAS_EXPIRED"],
    ["wrong-name-certificate", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["untrusted-certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ] as const)("%s (ECO.1.1.5, ECO.1.1.10)", async (name, code) => {
    mock.faults.add({ name });
    expect((await handshake()).error).toBe(code);
    expect(struck(name)).toBe(1);
    expect((await handshake()).error).toBeUndefined();
  });

  it("tls-1.1: refused by a client that wants 1.2 (ECO.1.1.1), and really 1.1 for one that does not", async () => {
    mock.faults.add({ name: "tls-1.1", times: 2 });
    expect((await handshake({ minVersion: "TLSv1.2" })).error).toBeTruthy();
    expect((await handshake({ minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" })).version).toBe("TLSv1.1");
  });

  it("weak-ciphers: no suite of ECO.1.1.3", async () => {
    mock.faults.add({ name: "weak-ciphers", times: 2 });
    expect(
      (await handshake({ ciphers: "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" }))
        .error,
    ).toBeTruthy();
    expect((await handshake({ ciphers: "ALL:@SECLEVEL=0" })).cipher).toBe("AES128-SHA");
  });

  it("inject-after-starttls: text in clear comes with the answer", async () => {
    mock.faults.add({ name: "inject-after-starttls" });
    const { client } = await plain();
    await client.smtp("EHLO test.example");
    expect(await client.smtp("STARTTLS")).toMatch(/^220 /);
    expect(client.pendingText).toContain("250-injected.example");
    client.destroy();
  });
});

describe("delivery gone wrong", () => {
  it("bounce: accepted, not delivered, and a failure DSN comes back", async () => {
    mock.faults.add({ name: "bounce", status: "5.2.2", for: DUPONT });
    const client = await smtpClient(mock, LABO);
    expect(await submit(client, "x@t.fr", { rcpt: " NOTIFY=FAILURE" })).toMatch(/^250 /);
    expect(mock.mailbox(DUPONT).messages()).toEqual([]);
    const [report] = mock.mailbox(LABO).messages();
    expect(report?.raw.toString()).toMatch(/Action: failed\r\nStatus: 5\.2\.2/);
    client.destroy();
  });

  it("bounce: says nothing where NOTIFY=NEVER", async () => {
    mock.faults.add({ name: "bounce" });
    const client = await smtpClient(mock, LABO);
    await submit(client, "x@t.fr", { rcpt: " NOTIFY=NEVER" });
    expect(mock.mailbox(LABO).messages()).toEqual([]);
    client.destroy();
  });

  it("delay: a delay DSN, then delivered by release()", async () => {
    mock.faults.add({ name: "delay" });
    const client = await smtpClient(mock, LABO);
    await submit(client, "x@t.fr", { rcpt: " NOTIFY=SUCCESS,DELAY" });
    const actions = () =>
      mock
        .mailbox(LABO)
        .messages()
        .map((m) => /Action: (\w+)/.exec(m.raw.toString())?.[1]);
    expect(actions()).toEqual(["delayed"]);
    expect(mock.mailbox(DUPONT).messages()).toEqual([]);
    expect(mock.release()).toBe(1);
    expect(mock.mailbox(DUPONT).messages()).toHaveLength(1);
    expect(actions()).toEqual(["delayed", "delivered"]);
    client.destroy();
  });

  it("a mail dropped mid-way does not disturb the next session", async () => {
    mock.after("DATA").drop();
    const first = await smtpClient(mock, LABO);
    expect(await submit(first, "x@t.fr")).toBe("closed");
    const second = await smtpClient(mock, LABO);
    expect(await submit(second, "x@t.fr", { data: mail("x@t.fr") })).toMatch(/^250 /);
    second.destroy();
  });
});
