import { expect, it } from "vitest";
import { sampleDocumentMail } from "../../src/mock/samples/mails.js";
import { packXdm } from "../../src/xdm/index.js";
import { DUPONT } from "../mock/kit.js";
import { generatedPayloads } from "../rendering/generated.js";
import { LEAK, PAYLOADS } from "../rendering/payloads.js";
import { poisoned, WAYS } from "../rendering/poisoned.js";
import { describeWithProgram } from "../tools/programs.js";
import { openPage, useBrowser } from "./browser.js";

const word = (text: string): string => `=?utf-8?B?${Buffer.from(text, "utf8").toString("base64")}?=`;

/** A mail that holds one text wherever a mail can hold a text. */
function poisonedMail(text: string): string {
  const name = word(text);
  return [
    `From: ${name} <evil@x.fr>`,
    `To: ${name} <${DUPONT}>`,
    `Subject: ${name}`,
    `X-Evil: ${name}`,
    "Message-ID: <a@x.fr>",
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from(text).toString("base64"),
    "--b",
    "Content-Type: text/html",
    "",
    text.replace(/[^\x20-\x7e]/g, " "),
    "--b",
    `Content-Type: application/zip; name="${name}"`,
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from("PK no archive").toString("base64"),
    "--b--",
    "",
  ].join("\r\n");
}

/** A mail with the archive of one document, poisoned in every place. */
async function poisonedDocument(payload: string, way: (typeof WAYS)[number]): Promise<Buffer> {
  const from = { address: "labo@x.mssante.fr", label: "Labo" };
  const { raw } = await sampleDocumentMail({ from, to: DUPONT, date: new Date(), action: "create" });
  const cda = poisoned(() => payload, way);
  const software = { name: "x", version: "1" };
  const archive = Buffer.from((await packXdm({ documents: [{ content: cda }], software })).zip).toString("base64");
  const text = raw.toString("latin1");
  // The archive is the first file of the mail: another in its place.
  const at = text.search(/name="?IHE_XDM\.ZIP/);
  const body = text.indexOf("\r\n\r\n", at) + 4;
  const end = text.indexOf("\r\n--", body);
  return Buffer.from(text.slice(0, body) + archive.replace(/.{76}/g, "$&\r\n") + text.slice(end), "latin1");
}

const RAN = "document.documentElement.dataset.ran !== undefined";

describeWithProgram("chromium", "chromium", "the page of the mock and hostile content", () => {
  useBrowser();

  it("would be seen running: the test itself works", async () => {
    await using opened = await openPage();
    await opened.see(DUPONT);
    await opened.page.evaluate("document.documentElement.dataset.ran = 1");
    expect(await opened.page.evaluate(RAN)).toBe(true);
  });

  it("runs no script and asks nothing of anybody, with every payload in every place of a mail", async () => {
    await using opened = await openPage();
    const { page, mock, see } = opened;
    const payloads = [
      ...PAYLOADS.map((text) => text.replaceAll(LEAK, `${mock.control.origin}/leak`)),
      ...generatedPayloads(40, 1, `${mock.control.origin}/leak`),
    ];
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const box = mock.mailbox(DUPONT);
    for (const text of payloads) box.deliver(poisonedMail(text));
    await opened.click(`button[data-key="${DUPONT}"]`);
    await see(`Envoyer à ${DUPONT}`);
    for (let uid = payloads.length; uid >= 1; uid -= 7) {
      await (await page.waitForSelector(`button[data-key="uid-${uid}"]`))?.evaluate(
        "(button) => button.click()" as never,
      );
      await page.evaluate(`document.querySelector('[data-key="uid-${uid}"]').click()`);
      await opened.holds(`document.querySelector('article dd') !== null`);
    }
    expect(await page.evaluate(RAN)).toBe(false);
    expect(asked.filter((url) => url.includes("/leak"))).toEqual([]);
    expect(opened.elsewhere).toEqual([]);
  });

  it("runs none of a document's, which is shown in a frame that may do nothing", async () => {
    await using opened = await openPage();
    const { page, mock, see } = opened;
    const payloads = PAYLOADS.map((text) => text.replaceAll(LEAK, `${mock.control.origin}/leak`));
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    for (const [index, payload] of payloads.slice(0, 12).entries())
      mock.mailbox(DUPONT).deliver(await poisonedDocument(payload, WAYS[index % WAYS.length] ?? "linked"));
    await opened.click(`button[data-key="${DUPONT}"]`);
    await see(`Envoyer à ${DUPONT}`);
    let shown = 0;
    for (const { uid } of mock.mailbox(DUPONT).messages()) {
      await page.waitForSelector(`button[data-key="uid-${uid}"]`);
      await page.evaluate(`for (const frame of document.querySelectorAll("iframe")) frame.dataset.old = "1"`);
      await page.evaluate(`document.querySelector('[data-key="uid-${uid}"]').click()`);
      const frame = await (await page.waitForSelector("iframe[sandbox='']:not([data-old])"))?.contentFrame();
      // Asked from here: a frame out of sight draws nothing, and would not tell by itself.
      await expect.poll(() => frame?.evaluate("document.querySelector('article.cda') !== null")).toBe(true);
      if (await frame?.evaluate(RAN)) shown = Number.NaN;
      shown += 1;
    }
    expect(shown).toBe(12);
    expect(await page.evaluate(RAN)).toBe(false);
    expect(asked.filter((url) => url.includes("/leak"))).toEqual([]);
  });

  it("is protected besides, should markup ever get in: the policy runs no script and no handler, and takes no string for markup", async () => {
    await using opened = await openPage();
    const { page, see } = opened;
    await see(DUPONT);
    const refused = await page.evaluate(`(() => {
      const tries = [
        () => { document.body.innerHTML = "<b>x</b>"; },
        () => { document.createElement("iframe").srcdoc = "<b>x</b>"; },
        () => { trustedTypes.createPolicy("other", {}); },
        () => { document.createElement("script").text = "1"; },
        () => { document.createElement("img").setAttribute("onerror", "1"); },
      ];
      return tries.map((attempt) => { try { attempt(); return "done"; } catch { return "refused"; } });
    })()`);
    expect(refused).toEqual(Array(5).fill("refused"));
    await page.evaluate(`(() => {
      const link = document.createElement("a");
      link.href = "javascript:document.documentElement.dataset.ran=1";
      document.body.append(link);
      link.click();
    })()`);
    await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
    expect(await page.evaluate(RAN)).toBe(false);
  });
});
