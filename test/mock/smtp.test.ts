import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MockMedimail } from "../../src/mock/index.js";
import {
  DUPONT,
  LABO,
  MOREL,
  mail,
  PATIENT,
  RawClient,
  SECRETARIAT,
  smtpClient,
  started,
  submit,
  xoauth2,
} from "./kit.js";

let mock: MockMedimail;

beforeEach(async () => {
  mock = await started({ sizeLimit: 200_000 });
});

afterEach(async () => {
  await mock.close();
  expect(mock.problems).toEqual([]);
});

describe("before TLS (ECO.1.0.1)", () => {
  it("offers STARTTLS and no authentication", async () => {
    const client = await RawClient.connect(mock.smtp.port);
    await client.reply();
    const ehlo = await client.smtp("EHLO test.example");
    expect(ehlo).toContain("STARTTLS");
    expect(ehlo).not.toMatch(/AUTH|SIZE|DSN/);
    client.destroy();
  });

  it.each(["MAIL FROM:<labo@ch-exemple.mssante.fr>", "AUTH PLAIN AGFiAGNk", "RSET", "VRFY x", "HELO x", "DATA"])(
    "refuses %s with 530 5.7.0",
    async (command) => {
      const client = await RawClient.connect(mock.smtp.port);
      await client.reply();
      await client.smtp("EHLO test.example");
      expect(await client.smtp(command)).toMatch(/^530 5\.7\.0 /);
      client.destroy();
    },
  );

  it("ends a session whose client sends commands in clear after STARTTLS (RFC 3207)", async () => {
    const client = await RawClient.connect(mock.smtp.port);
    await client.reply();
    await client.smtp("EHLO test.example");
    expect(await client.smtp("STARTTLS\r\nMAIL FROM:<x@y.fr>")).toMatch(/^421 /);
    expect(await client.reply()).toBe("closed");
  });

  it("forgets the greeting after the handshake: MAIL needs a new EHLO", async () => {
    const client = await RawClient.connect(mock.smtp.port);
    await client.reply();
    await client.smtp("EHLO test.example");
    await client.smtp("STARTTLS");
    await client.secure({ ca: mock.ca });
    expect(await client.smtp(`MAIL FROM:<${LABO}>`)).toMatch(/^503 /);
    client.destroy();
  });
});

describe("under TLS", () => {
  it("offers what a MSSanté operator offers", async () => {
    const client = await smtpClient(mock);
    const ehlo = await client.smtp("EHLO test.example");
    for (const word of [
      "SIZE 200000",
      "PIPELINING",
      "8BITMIME",
      "SMTPUTF8",
      "DSN",
      "ENHANCEDSTATUSCODES",
      "AUTH XOAUTH2 EXTERNAL PLAIN",
    ])
      expect(ehlo).toContain(word);
    client.destroy();
  });

  it("takes MAIL without AUTH from an APP mailbox's certificate", async () => {
    const client = await smtpClient(mock, LABO);
    expect(await submit(client, "1@test.fr")).toMatch(/^250 2\.0\.0 /);
    client.destroy();
  });

  it("refuses MAIL without a certificate and without AUTH", async () => {
    const client = await smtpClient(mock);
    expect(await client.smtp(`MAIL FROM:<${LABO}>`)).toMatch(/^530 5\.7\.0 /);
    client.destroy();
  });

  it("refuses a certificate of another authority", async () => {
    const client = await RawClient.connect(mock.smtp.port);
    await client.reply();
    await client.smtp("EHLO test.example");
    await client.smtp("STARTTLS");
    const { certificate, key } = await mock.untrustedCertificate(LABO);
    await client.secure({ ca: mock.ca, cert: certificate, key });
    await client.smtp("EHLO test.example");
    expect(await client.smtp(`MAIL FROM:<${LABO}>`)).toMatch(/^530 5\.7\.0 /);
    const seen = await mock.waitFor((o) => o.kind === "tls" && o.what === "established");
    expect(seen).toMatchObject({ clientCertificate: { authorized: false } });
    client.destroy();
  });

  it("accepts a token with and without initial response", async () => {
    const response = xoauth2(DUPONT, mock.token(DUPONT));
    const one = await smtpClient(mock);
    expect(await one.smtp(`AUTH XOAUTH2 ${response}`)).toMatch(/^235 2\.7\.0 /);
    const two = await smtpClient(mock);
    expect(await two.smtp("AUTH XOAUTH2")).toBe("334 ");
    expect(await two.smtp(response)).toMatch(/^235 2\.7\.0 /);
    one.destroy();
    two.destroy();
  });

  it("refuses a revoked token with 535 5.7.8, and takes the one issued after", async () => {
    mock.revokeToken(DUPONT);
    const client = await smtpClient(mock);
    expect(await client.smtp(`AUTH XOAUTH2 ${xoauth2(DUPONT, "mock.old")}`)).toMatch(/^535 5\.7\.8 /);
    expect(await client.smtp(`AUTH XOAUTH2 ${xoauth2(DUPONT, mock.issueToken(DUPONT))}`)).toMatch(/^235 /);
    client.destroy();
  });

  it("refuses the token of another mailbox", async () => {
    const client = await smtpClient(mock);
    expect(await client.smtp(`AUTH XOAUTH2 ${xoauth2(DUPONT, mock.token(MOREL))}`)).toMatch(/^535 /);
    client.destroy();
  });

  it("accepts EXTERNAL for the certificate's mailbox and refuses it for another", async () => {
    const client = await smtpClient(mock, LABO);
    expect(await client.smtp(`AUTH EXTERNAL ${Buffer.from(DUPONT).toString("base64")}`)).toMatch(/^535 /);
    expect(await client.smtp("AUTH EXTERNAL =")).toMatch(/^235 /);
    client.destroy();
  });

  it("refuses a sender who is not the authenticated mailbox with 553 5.7.1", async () => {
    const client = await smtpClient(mock, LABO);
    expect(await client.smtp(`MAIL FROM:<${DUPONT}>`)).toMatch(/^553 5\.7\.1 /);
    client.destroy();
  });

  it("takes the null path from an authenticated client, for receipts (RFC 8098)", async () => {
    const client = await smtpClient(mock, LABO);
    expect(await client.smtp("MAIL FROM:<>")).toMatch(/^250 2\.1\.0 /);
    client.destroy();
  });

  it("knows a patient's mailbox by the key of the INS alone", async () => {
    const client = await smtpClient(mock, LABO);
    const wrong = PATIENT.replace(
      /^\d{15}/,
      (ins) => ins.slice(0, 13) + String((Number(ins.slice(13)) % 97) + 1).padStart(2, "0"),
    );
    await client.smtp(`MAIL FROM:<${LABO}>`);
    expect(await client.smtp(`RCPT TO:<${PATIENT}>`)).toMatch(/^250 2\.1\.5 /);
    expect(await client.smtp(`RCPT TO:<${wrong}>`)).toMatch(/^550 5\.1\.1 /);
    client.destroy();
  });

  it("refuses an unknown mailbox with 550 5.1.1 and an unknown domain with 550 5.1.2", async () => {
    const client = await smtpClient(mock, LABO);
    await client.smtp(`MAIL FROM:<${LABO}>`);
    expect(await client.smtp("RCPT TO:<personne@medecin.mssante.fr>")).toMatch(/^550 5\.1\.1 /);
    expect(await client.smtp("RCPT TO:<x@ailleurs.example>")).toMatch(/^550 5\.1\.2 /);
    client.destroy();
  });

  it("refuses a mail over SIZE at MAIL, and at the dot where MAIL did not say", async () => {
    const client = await smtpClient(mock, LABO);
    expect(await client.smtp(`MAIL FROM:<${LABO}> SIZE=200001`)).toMatch(/^552 5\.3\.4 /);
    expect(await submit(client, "big@test.fr", { data: mail("big@test.fr", { body: "x".repeat(200_000) }) })).toMatch(
      /^552 5\.3\.4 /,
    );
    expect(await submit(client, "small@test.fr")).toMatch(/^250 /);
    client.destroy();
  });

  it("answers pipelined commands in order (RFC 2920)", async () => {
    const client = await smtpClient(mock, LABO);
    client.send(`MAIL FROM:<${LABO}>\r\nRCPT TO:<${DUPONT}>\r\nRCPT TO:<personne@medecin.mssante.fr>\r\nDATA\r\n`);
    const codes = [await client.reply(), await client.reply(), await client.reply(), await client.reply()].map((r) =>
      r.slice(0, 3),
    );
    expect(codes).toEqual(["250", "250", "550", "354"]);
    client.send(`${mail("p@test.fr")}.\r\nNOOP\r\n`);
    expect([await client.reply(), await client.reply()].map((r) => r.slice(0, 3))).toEqual(["250", "250"]);
    client.destroy();
  });

  it("keeps the bytes of DATA as sent, dots unstuffed", async () => {
    const client = await smtpClient(mock, LABO);
    const body = ".une ligne\r\n..deux\r\n.\u00e9t\u00e9";
    await submit(client, "dots@test.fr", { data: mail("dots@test.fr", { body }).replace(/^\./gm, "..") });
    const got = await mock.waitForMail({ messageId: "dots@test.fr" });
    expect(got.raw.toString("utf8")).toBe(mail("dots@test.fr", { body }));
    client.destroy();
  });

  it("ends a mail at CRLF.CRLF only, wherever the packets are cut", async () => {
    const client = await smtpClient(mock, LABO);
    await client.smtp(`MAIL FROM:<${LABO}>`);
    await client.smtp(`RCPT TO:<${DUPONT}>`);
    await client.smtp("DATA");
    const sent = `${mail("cut@test.fr")}a\n.\nMAIL FROM:<x@y.fr>\r\n.\nb\r\n`;
    for (const byte of Buffer.from(`${sent.replace("\r\n.\n", "\r\n..\n")}.\r\n`)) client.send(Buffer.from([byte]));
    expect(await client.reply()).toMatch(/^250 /);
    expect((await mock.waitForMail({ messageId: "cut@test.fr" })).raw.toString()).toBe(sent);
    client.destroy();
  });

  it("takes an empty mail: a dot as the first line", async () => {
    const client = await smtpClient(mock, LABO);
    expect(await submit(client, "", { data: "" })).toMatch(/^250 /);
    expect(mock.mails[0]?.raw.length).toBe(0);
    client.destroy();
  });

  it("keeps ENVID, RET, NOTIFY and ORCPT, decoded (RFC 3461)", async () => {
    const client = await smtpClient(mock, LABO);
    await submit(client, "dsn@test.fr", {
      mail: " RET=HDRS ENVID=a+2Bb",
      rcpt: ` NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;${DUPONT}`,
    });
    const got = await mock.waitForMail({ to: DUPONT });
    expect(got).toMatchObject({
      envid: "a+b",
      ret: "HDRS",
      recipients: [{ notify: ["SUCCESS", "FAILURE"], originalRecipient: `rfc822;${DUPONT}` }],
    });
    expect(await mock.waitFor((o) => o.kind === "mail")).toMatchObject({
      from: LABO,
      to: [DUPONT],
      parameters: { RET: "HDRS", ENVID: "a+2Bb", NOTIFY: "SUCCESS,FAILURE" },
    });
    client.destroy();
  });

  it.each([
    ["MAIL FROM:<labo@ch-exemple.mssante.fr> FOO=1", "555"],
    ["MAIL FROM:<labo@ch-exemple.mssante.fr> SIZE=x", "501"],
    ["MAIL FROM:labo@ch-exemple.mssante.fr", "501"],
    ["RCPT TO:<a@b.fr>", "503"],
    ["DATA", "503"],
    ["EXPN list", "502"],
    ["STARTTLS", "503"],
    ["AUTH CRAM-MD5", "504"],
    ["AUTH PLAIN ***", "501"],
  ])("answers %s with %s", async (command, code) => {
    const client = await smtpClient(mock, LABO);
    expect((await client.smtp(command)).slice(0, 3)).toBe(code);
    client.destroy();
  });

  it("delivers to each mailbox, with a Return-Path before the bytes that were sent", async () => {
    const client = await smtpClient(mock, LABO);
    await submit(client, "d@test.fr");
    const [message] = mock.mailbox(DUPONT).messages();
    expect(message?.header("return-path")).toBe(`<${LABO}>`);
    expect(message?.raw.toString().endsWith(mail("d@test.fr"))).toBe(true);
    expect(mock.mailbox(LABO).messages("Sent")).toHaveLength(0);
    client.destroy();
  });
});

describe("files what it accepts where asked (filesSent)", () => {
  it("puts a copy, seen, into the sender's Sent folder", async () => {
    await using filing = await started({ filesSent: true });
    const client = await smtpClient(filing, LABO);
    await submit(client, "sent@test.fr");
    const [copy] = filing.mailbox(LABO).messages("Sent");
    expect(copy?.messageId).toBe("sent@test.fr");
    expect(copy?.flags).toEqual(["\\Seen"]);
    client.destroy();
  });
});

describe("hostile clients", () => {
  it("ends a session whose line is too long with 500 5.5.6", async () => {
    const client = await RawClient.connect(mock.smtp.port);
    await client.reply();
    client.send("x".repeat(100_000));
    expect(await client.reply()).toMatch(/^500 5\.5\.6 /);
    expect(await client.reply()).toBe("closed");
  });

  it("sends away a client that only errs", async () => {
    const client = await RawClient.connect(mock.smtp.port);
    await client.reply();
    await client.smtp("EHLO test.example");
    const answers: string[] = [];
    while (answers.at(-1) !== "closed") answers.push(await client.smtp("STARTTLS now"));
    expect(answers.at(-2)).toMatch(/^421 /);
    expect(answers.length).toBeLessThan(30);
  });

  it("limits the recipients of a mail", async () => {
    await using small = await started({ limits: { recipients: 1 } });
    const client = await smtpClient(small, LABO);
    await client.smtp(`MAIL FROM:<${LABO}>`);
    await client.smtp(`RCPT TO:<${DUPONT}>`);
    expect(await client.smtp(`RCPT TO:<${MOREL}>`)).toMatch(/^452 4\.5\.3 /);
    client.destroy();
  });

  it("limits the sessions", async () => {
    await using small = await started({ limits: { sessions: 1 } });
    const one = await RawClient.connect(small.smtp.port);
    await one.reply();
    const two = await RawClient.connect(small.smtp.port);
    expect(await two.reply()).toMatch(/^421 /);
    one.destroy();
  });

  it("survives a client that goes away at each stage, and stores nothing of it", async () => {
    const stages: ((client: RawClient) => Promise<unknown>)[] = [
      async () => {},
      (client) => client.smtp(`MAIL FROM:<${LABO}>`),
      async (client) => {
        await client.smtp(`MAIL FROM:<${LABO}>`);
        await client.smtp(`RCPT TO:<${DUPONT}>`);
        await client.smtp("DATA");
        client.send("Subject: a moiti");
      },
      async (client) => client.smtp("AUTH XOAUTH2"),
    ];
    for (const stage of stages) {
      const client = await smtpClient(mock, LABO);
      await stage(client);
      client.destroy();
    }
    const after = await smtpClient(mock, LABO);
    expect(await submit(after, "after@test.fr")).toMatch(/^250 /);
    expect(mock.mails.map((m) => m.messageId)).toEqual(["after@test.fr"]);
    after.destroy();
  });

  it("survives a client that stops in the handshake", async () => {
    const client = await RawClient.connect(mock.smtp.port);
    await client.reply();
    await client.smtp("EHLO test.example");
    await client.smtp("STARTTLS");
    client.send("not a ClientHello");
    expect(await mock.waitFor((o) => o.kind === "tls")).toMatchObject({ what: "failed" });
    client.destroy();
  });
});

describe("the transcript", () => {
  it("has both sides and no credential", async () => {
    const secret = mock.token(SECRETARIAT);
    const client = await smtpClient(mock);
    await client.smtp(`AUTH XOAUTH2 ${xoauth2(SECRETARIAT, secret)}`);
    const other = await smtpClient(mock);
    await other.smtp("AUTH XOAUTH2");
    await other.smtp(xoauth2(SECRETARIAT, secret));
    const written = JSON.stringify(mock.observations);
    expect(written).toContain("AUTH XOAUTH2 [credential]");
    expect(written).toContain("235 2.7.0");
    expect(written).not.toContain(secret);
    expect(written).not.toContain(xoauth2(SECRETARIAT, secret));
    expect(mock.observations.filter((o) => o.kind === "auth")).toMatchObject([
      { user: SECRETARIAT, ok: true, tls: true, initialResponse: true },
      { user: SECRETARIAT, ok: true, tls: true, initialResponse: false },
    ]);
    client.destroy();
    other.destroy();
  });

  it("replaces the content by its size", async () => {
    const client = await smtpClient(mock, LABO);
    await submit(client, "t@test.fr");
    const lines = mock.observations.flatMap((o) => (o.kind === "line" ? [o.line] : []));
    expect(lines).toContain(`[${mail("t@test.fr").length} bytes]`);
    expect(lines.join("\n")).not.toContain("Bonjour");
    client.destroy();
  });
});
