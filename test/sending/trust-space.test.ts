import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { WHITE_LIST_URL } from "../../src/trust/index.js";

const LABO = "labo@ch-exemple.mssante.fr";
const DOCTOR = "martin.dupont@medecin.mssante.fr";
const OUTSIDE = "quelqu.un@dehors.mssante.fr";
let mock: MockMedimail;
const site = setupServer();
let made = 0;

beforeAll(async () => {
  site.listen({ onUnhandledRequest: "bypass" });
  mock = await startMockMedimail({ whiteListDomains: ["invite.mssante.fr"] });
});
afterAll(async () => {
  site.close();
  await mock.close();
});

async function connector(trust: object) {
  const base = await mock.config(LABO);
  const whiteList = join((await mock.ready()).ca, "..", `space-${made++}.xml`);
  const config = { ...base, trust: { ...base.trust, whiteList, ...trust }, outbox: { store: "memory" } };
  return { whiteList, open: createConnector(config, { delivery: "manual" }) };
}

const outside = { code: "recipient_outside_trust_space", message: expect.stringContaining("dehors.mssante.fr") };

describe("the trust space", () => {
  it("holds for what is written in the mailbox, and for answers to a mail", async () => {
    const { open } = await connector({});
    await using it = open;
    const mail = { subject: "Bonjour", text: "Bonjour" };
    await expect(it.mailbox.send({ ...mail, to: [DOCTOR], cc: [OUTSIDE] })).rejects.toMatchObject(outside);
    await it.mailbox.send({ ...mail, to: [DOCTOR, "x@invite.mssante.fr"] });
    expect(await it.outbox.list()).toHaveLength(1);
  });

  it("asks at the official address by default, which a publisher's test can stand for (msw)", async () => {
    let asked = 0;
    site.use(
      http.get(WHITE_LIST_URL, async ({ request }) => {
        asked += 1;
        const answer = await mock.answer(request);
        return new HttpResponse(await answer.text(), { status: answer.status, headers: answer.headers });
      }),
    );
    const { open, whiteList } = await connector({ whiteListUrl: undefined });
    await using it = open;
    await expect(it.mailbox.send({ subject: "x", text: "x", to: [OUTSIDE] })).rejects.toMatchObject(outside);
    await expect(it.mailbox.send({ subject: "x", text: "x", to: [OUTSIDE] })).rejects.toMatchObject(outside);
    expect(asked).toBe(1);
    expect(readFileSync(whiteList, "utf8")).toContain("invite.mssante.fr");
  });

  it("asks nothing for a recipient who is known", async () => {
    const { open } = await connector({});
    await using it = open;
    await it.mailbox.send({ subject: "x", text: "x", to: [DOCTOR] });
    await it.mailbox.send({ subject: "y", text: "y", to: [DOCTOR] });
    expect(await it.outbox.list()).toHaveLength(2);
  });

  it("holds for a receipt that a mail asks for another place", async () => {
    const { open } = await connector({});
    await using it = open;
    const head = `From: ${OUTSIDE}\r\nTo: ${LABO}\r\nSubject: bonjour\r\nMessage-ID: <demande@dehors.mssante.fr>\r\n`;
    mock.mailbox(LABO).deliver(Buffer.from(`${head}Disposition-Notification-To: ${OUTSIDE}\r\n\r\nbonjour\r\n`));
    const [mail] = await it.mailbox.list({ folder: "inbox" }).toArray({ limit: 1 });
    if (!mail) throw new Error("the mail is not there");
    await expect(it.mailbox.receipt(mail, { disposition: "processed", confirmed: true })).rejects.toMatchObject(
      outside,
    );
    expect(await it.outbox.list()).toEqual([]);
  });
});
