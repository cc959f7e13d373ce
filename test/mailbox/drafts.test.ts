import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { createConnector, isMedimailError } from "../../src/index.js";
import { type MockMedimailOptions, startMockMedimail } from "../../src/mock/index.js";
import { COLLEAGUE, configOf, DOCTOR, LABO, QUICK, soon } from "../sending/kit.js";

async function place(mockOptions: MockMedimailOptions = {}) {
  const mock = await startMockMedimail({ autoReceipts: { deliver: false }, ...mockOptions });
  const doctor = createConnector(await configOf(mock, DOCTOR), QUICK);
  return {
    mock,
    drafts: doctor.mailbox.drafts,
    mailbox: doctor.mailbox,
    traces: doctor.traces,
    folder: (name: string) => mock.mailbox(DOCTOR).folders.find((folder) => folder.name === name)?.messages ?? [],
    async [Symbol.asyncDispose]() {
      await doctor.close();
      await mock.close();
    },
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => (isMedimailError(error) ? error.code : String(error)),
  );
}

const FILE = { name: "réponse à l'avis.txt", mimeType: "text/plain", content: Buffer.from("contenu\r\n") };

describe("drafts", () => {
  it("keep a mail that is not finished, and give it back", async () => {
    await using box = await place();
    const draft = {
      to: [{ address: COLLEAGUE, name: "Dr Claire MOREL" }],
      cc: [LABO],
      subject: "Avis demandé",
      text: "Chère consœur,\nà suivre",
      attachments: [FILE],
      requestRead: true,
      inReplyTo: "avant@ch-exemple.mssante.fr",
      references: ["debut@ch-exemple.mssante.fr"],
    };
    const ref = await box.drafts.save(draft);
    const [kept] = box.folder("Drafts");
    expect(kept?.flags).toEqual(expect.arrayContaining(["\\Draft", "\\Seen"]));
    const opened = await box.drafts.open(ref);
    expect(opened).toMatchObject({
      to: draft.to,
      cc: [{ address: LABO }],
      subject: draft.subject,
      requestRead: true,
      inReplyTo: draft.inReplyTo,
      references: ["debut@ch-exemple.mssante.fr", "avant@ch-exemple.mssante.fr"],
    });
    expect(opened.text.trimEnd()).toBe(draft.text);
    expect(opened.attachments?.map(({ name, content }) => [name, Buffer.from(content).toString()])).toEqual([
      [FILE.name, "contenu\r\n"],
    ]);
  });

  it("may be empty of everything but a text", async () => {
    await using box = await place();
    const ref = await box.drafts.save({ subject: "", text: "à finir" });
    expect(await box.drafts.open(ref)).toMatchObject({ to: [], subject: "" });
    expect(await codeOf(box.drafts.send(ref))).toBe("invalid_argument");
    expect(box.folder("Drafts")).toHaveLength(1);
  });

  it("are replaced by their next version", async () => {
    await using box = await place();
    const first = await box.drafts.save({ subject: "un", text: "1" });
    const second = await box.drafts.save({ subject: "deux", text: "2" }, { replaces: first });
    expect(box.folder("Drafts").map(({ uid }) => uid)).toEqual([second.uid]);
    expect(await codeOf(box.drafts.open(first))).toBe("mail_not_found");
  });

  it("are sent once, and deleted then", async () => {
    await using box = await place();
    const ref = await box.drafts.save({ to: [COLLEAGUE], subject: "Avis", text: "Bonjour" });
    const submission = await box.drafts.send(ref, { actor: "899700000001" });
    expect((await submission.settled({ signal: soon() })).ok).toBe(true);
    expect(box.folder("Drafts")).toHaveLength(0);
    expect(await codeOf(box.drafts.send(ref))).toBe("mail_not_found");
    expect(box.mock.mails).toHaveLength(1);
    const mail = await PostalMime.parse(box.mock.mailbox(COLLEAGUE).messages()[0]?.raw ?? "");
    expect([mail.subject, mail.text?.trim()]).toEqual(["Avis", "Bonjour"]);
    const traced = [];
    for await (const { action } of box.traces.list()) traced.push(action);
    expect(traced).toEqual(expect.arrayContaining(["draft", "delete", "send"]));
  });

  it("refuse what can never be a mail's header, and mails that are none", async () => {
    await using box = await place();
    expect(await codeOf(box.drafts.save({ subject: "a\r\nBcc: x@y.fr", text: "" }))).toBe("header_injection");
    expect(await codeOf(box.drafts.save({ subject: "", text: "", to: ["a b@c"] }))).toBe("recipient_invalid");
    box.mock.mailbox(DOCTOR).deliver(Buffer.from("From: a@b.fr\r\nSubject: x\r\n\r\nx\r\n"));
    expect(await codeOf(box.drafts.send({ uid: 1 }))).toBe("invalid_argument");
    expect(box.folder("Drafts")).toHaveLength(0);
  });

  it.each(["drop-after-done", "no-after-done"] as const)(
    "are kept once where the answer is lost (%s)",
    async (name) => {
      await using box = await place();
      box.mock.faults.add({ name, at: "imap-append" });
      const ref = await box.drafts.save({ subject: "une fois", text: "x" });
      expect(box.folder("Drafts").map(({ uid }) => uid)).toEqual([ref.uid]);
    },
  );

  it("say so where nothing was kept", async () => {
    await using box = await place();
    box.mock.faults.add({ name: "refuse", at: "imap-append" });
    expect(await codeOf(box.drafts.save({ subject: "x", text: "x" }))).toBe("action_not_done");
    box.mock.faults.add({ name: "drop", at: "imap-append" });
    expect(await codeOf(box.drafts.save({ subject: "x", text: "x" }))).toMatch(/^action_/);
    expect(box.folder("Drafts")).toHaveLength(0);
  });
});
