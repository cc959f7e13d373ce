import { simpleParser } from "mailparser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseReceipt } from "../../src/message/index.js";
import type { MockMedimail, MockMessage } from "../../src/mock/index.js";
import { DUPONT, LABO, MOREL, mail, PATIENT, smtpClient, started, submit } from "./kit.js";

let mock: MockMedimail;

beforeEach(async () => {
  mock = await started();
});

afterEach(async () => {
  await mock.close();
  expect(mock.problems).toEqual([]);
});

const ASKED = [`Disposition-Notification-To: <${LABO}>`];

async function sent(
  on: MockMedimail,
  id: string,
  options: { headers?: string[]; rcpt?: string; mail?: string; to?: string; data?: string } = {},
): Promise<void> {
  const client = await smtpClient(on, LABO);
  expect(await submit(client, id, options)).toMatch(/^250 /);
  client.destroy();
}

const receipt = async (message: MockMessage | undefined) => parseReceipt(message?.raw ?? Buffer.alloc(0));

describe("delivery reports (RFC 3461, 3464; ECO.2.3.1)", () => {
  it("come where NOTIFY asks for success, with ENVID and ORCPT", async () => {
    await sent(mock, "a@t.fr", { mail: " ENVID=sub-1", rcpt: ` NOTIFY=SUCCESS ORCPT=rfc822;${DUPONT}` });
    const [report] = mock.mailbox(LABO).messages();
    expect(report?.header("return-path")).toBe("<>");
    expect(await receipt(report)).toMatchObject({
      kind: "dsn",
      originalMessageId: "a@t.fr",
      envelopeId: "sub-1",
      recipients: [{ address: DUPONT, originalRecipient: DUPONT, action: "delivered" }],
    });
  });

  it("do not come where nothing was asked", async () => {
    await sent(mock, "a@t.fr");
    expect(mock.mailbox(LABO).messages()).toEqual([]);
  });

  it("return the whole mail with RET=FULL", async () => {
    await sent(mock, "a@t.fr", { mail: " RET=FULL", rcpt: " NOTIFY=SUCCESS" });
    expect(mock.mailbox(LABO).messages()[0]?.raw.toString()).toContain("Bonjour");
  });

  it("do not come by themselves where the test turns them off", async () => {
    await using quiet = await started({ autoReceipts: { deliver: false } });
    await sent(quiet, "a@t.fr", { rcpt: " NOTIFY=SUCCESS" });
    expect(quiet.mailbox(LABO).messages()).toEqual([]);
  });

  it("come late, twice and against each other when a test asks", async () => {
    await sent(mock, "a@t.fr");
    mock.report(DUPONT, "a@t.fr", "delivered");
    mock.report(DUPONT, "a@t.fr", "delivered");
    mock.report(DUPONT, "<a@t.fr>", "failed", { status: "5.2.1", diagnostic: "550 5.2.1 mailbox closed" });
    const reports = await Promise.all(mock.mailbox(LABO).messages().map(receipt));
    expect(reports).toMatchObject([
      { recipients: [{ action: "delivered" }] },
      { recipients: [{ action: "delivered" }] },
      { recipients: [{ action: "failed", status: "5.2.1" }] },
    ]);
  });

  it("cannot speak of a mail that was never accepted", () => {
    expect(() => mock.report(DUPONT, "never@t.fr", "failed")).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
  });

  it("are themselves never reported on", async () => {
    const client = await smtpClient(mock, LABO);
    await client.smtp("MAIL FROM:<>");
    await client.smtp(`RCPT TO:<${DUPONT}> NOTIFY=SUCCESS`);
    await client.smtp("DATA");
    client.send(`${mail("mdn@t.fr", { headers: ASKED })}.\r\n`);
    await client.reply();
    client.destroy();
    expect(mock.mailbox(LABO).messages()).toEqual([]);
    expect(mock.read(DUPONT, "mdn@t.fr")).toBeUndefined();
  });
});

describe("read and integration receipts (RFC 8098, xdm.md §1.2)", () => {
  it("read: the mail is marked, and a displayed MDN comes back with the whole original", async () => {
    await sent(mock, "a@t.fr", { headers: ASKED });
    const mdn = mock.read(DUPONT, "a@t.fr");
    expect(mock.mailbox(DUPONT).messages()[0]?.flags).toEqual(["\\Seen"]);
    expect(await receipt(mdn)).toMatchObject({
      kind: "mdn",
      originalMessageId: "a@t.fr",
      finalRecipient: DUPONT,
      automatic: false,
      disposition: "displayed",
    });
    expect(mdn?.raw.toString()).toContain("Bonjour");
    expect(mock.mailbox(LABO).messages()).toEqual([mdn]);
  });

  it("every receipt of a software has X-MSS-NIL (ECO.2.4.3)", async () => {
    await sent(mock, "a@t.fr", { headers: ASKED });
    expect(mock.read(DUPONT, "a@t.fr")?.header("x-mss-nil")).toBe("MOCK000001");
  });

  it("read: nothing comes back where nothing was asked", async () => {
    await sent(mock, "a@t.fr");
    expect(mock.read(DUPONT, "a@t.fr")).toBeUndefined();
  });

  it("integrate: a processed MDN", async () => {
    await sent(mock, "a@t.fr", { headers: ASKED });
    expect(await receipt(mock.integrate(DUPONT, "a@t.fr"))).toMatchObject({
      kind: "mdn",
      disposition: "processed",
      automatic: true,
    });
  });

  it.each(["new", "legacy"] as const)("refuseIntegration: a MDN with the error, form %s", async (form) => {
    await sent(mock, "a@t.fr", { headers: ASKED });
    const mdn = mock.refuseIntegration(DUPONT, "a@t.fr", "902", { form, label: "Patient inconnu" });
    expect(await receipt(mdn)).toMatchObject({
      kind: "mdn",
      disposition: "processed",
      error: { code: "902", label: "Patient inconnu" },
    });
    expect(/^Error: 902/m.test(mdn?.raw.toString() ?? "")).toBe(form === "new");
  });

  it("refuseIntegration: a plain mail with the attachments repeated where no MDN was asked (in-std)", async () => {
    const data = [
      `From: <${LABO}>`,
      `To: <${DUPONT}>`,
      "Subject: XDM/1.0/DDM+CR TEST Anna",
      "Message-ID: <a@t.fr>",
      "MIME-Version: 1.0",
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "x",
      "--b",
      'Content-Type: application/zip; name="IHE_XDM.ZIP"',
      "Content-Transfer-Encoding: base64",
      'Content-Disposition: attachment; filename="IHE_XDM.ZIP"',
      "",
      "UEsFBgAAAAA=",
      "--b--",
      "",
    ].join("\r\n");
    await sent(mock, "a@t.fr", { data });
    const ko = mock.refuseIntegration(DUPONT, "a@t.fr", "904");
    expect(await receipt(ko)).toMatchObject({
      kind: "ko",
      originalMessageId: "a@t.fr",
      from: DUPONT,
      error: { code: "904" },
    });
    const parsed = await simpleParser(ko?.raw ?? "");
    expect(parsed.subject).toBe("[KO Intégration système !][904] XDM/1.0/DDM+CR TEST Anna");
    expect(parsed.attachments.find((a) => a.filename === "IHE_XDM.ZIP")?.content.toString("base64")).toBe(
      "UEsFBgAAAAA=",
    );
  });

  it("come twice when a test asks twice", async () => {
    await sent(mock, "a@t.fr", { headers: ASKED });
    mock.read(DUPONT, "a@t.fr");
    mock.read(DUPONT, "a@t.fr");
    expect(mock.mailbox(LABO).messages()).toHaveLength(2);
  });

  it("come by themselves where the options say so", async () => {
    await using busy = await started({ autoReceipts: { read: true, integrate: true } });
    await sent(busy, "a@t.fr", { headers: ASKED, to: PATIENT, rcpt: " NOTIFY=SUCCESS" });
    const got = await Promise.all(busy.mailbox(LABO).messages().map(receipt));
    expect(got.map((r) => (r?.kind === "mdn" ? r.disposition : r?.kind))).toEqual(["dsn", "displayed", "processed"]);
  });

  it("need a mail that is there", () => {
    expect(() => mock.read(MOREL, "nothing@t.fr")).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });
});
