import { type ParsedMail, simpleParser } from "mailparser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openXdm } from "../../src/index.js";
import type { AcceptedMail } from "../../src/mock/index.js";
import { DOCTOR, LABO, type Pair, pair, soon } from "../sending/kit.js";
import { cdaOf, fictionalIns, headerOf, pdfOf } from "../tools/documents.js";

// What the operator got of one submission, read by a parser that is not ours and judged row by row of the catalogue. Details and limits of
// each rule are tested in the rooms; here is shown that all of them hold at once in the mail that leaves.
const INS = fictionalIns();
const PATIENT = `${INS}@patient.mssante.fr`;
const REPLY_TO = "accueil.labo@ch-exemple.mssante.fr";

let both: Pair;
let sent: AcceptedMail;
let toPatient: AcceptedMail;
let mail: ParsedMail;
let patientMail: ParsedMail;
const pdf = pdfOf(3_000, 7);
const cda = cdaOf(7, pdf);

const text = (accepted: AcceptedMail) => accepted.raw.toString("latin1");
const header = (parsed: ParsedMail, name: string) => parsed.headers.get(name);
const head = (accepted: AcceptedMail) => text(accepted).slice(0, text(accepted).indexOf("\r\n\r\n") + 2);
const count = (accepted: AcceptedMail, name: string) =>
  head(accepted).match(new RegExp(`^${name}:`, "gim"))?.length ?? 0;

beforeAll(async () => {
  both = await pair();
  const { connector, mock } = both;
  const submission = await connector.documents.submit({
    documents: [{ cda }],
    to: [DOCTOR],
    patient: true,
    fin: true,
    requestRead: true,
    replyTo: REPLY_TO,
    dossier: "000123",
    inReplyTo: "question@ch-exemple.mssante.fr",
    references: ["first@ch-exemple.mssante.fr"],
    body: "Bonjour,\n\nvoici le compte rendu demandé.",
  });
  await submission.settled({ until: "accepted", signal: soon() });
  sent = await mock.waitForMail({ to: DOCTOR });
  toPatient = await mock.waitForMail({ to: PATIENT });
  mail = await simpleParser(sent.raw);
  patientMail = await simpleParser(toPatient.raw);
});

afterAll(() => both[Symbol.asyncDispose]());

describe("the mail that the operator gets", () => {
  it("holds the archive and the same document as PDF beside it (ECO.2.1.1, ECO.2.1.5)", async () => {
    const [archive, joined, ...more] = mail.attachments;
    expect(more).toEqual([]);
    expect([archive?.filename, archive?.contentType]).toEqual(["IHE_XDM.ZIP", "application/zip"]);
    expect(joined?.contentType).toBe("application/pdf");
    expect(Buffer.from(pdf).equals(joined?.content as Buffer)).toBe(true);
    const opened = await openXdm(archive?.content as Buffer);
    expect(opened.documents.map((document) => Buffer.from(document.content ?? "").equals(cda))).toEqual([true]);
  });

  it("is about one patient, named by the patientId of the metadata (ECO.2.1.1 (b), ECO.2.1.2)", async () => {
    const opened = await openXdm(mail.attachments[0]?.content as Buffer);
    const named = [...opened.documents, ...opened.submissionSets].map((entry) => entry.patientId?.split("^")[0]);
    expect(new Set(named)).toEqual(new Set([INS]));
  });

  it("has the subject of the rule, which begins by the marker (ECO.2.1.3, in-detect)", () => {
    expect(mail.subject).toBe("XDM/1.0/DDM+CR d'examens biologiques MOREL Elodie 12/05/1985");
    expect(head(sent)).toContain("\r\nSubject: XDM/1.0/DDM+");
  });

  it("names the PDF by the rule (ECO.2.1.6)", () => {
    expect(mail.attachments[1]?.filename).toBe("20260104_CR d'examens biologiques_MOREL_Elodie_000123.pdf");
  });

  it("has one Message-ID, its own (ECO.2.2.1)", () => {
    expect([count(sent, "Message-ID"), count(toPatient, "Message-ID")]).toEqual([1, 1]);
    expect(mail.messageId).toMatch(/^<[^\s<>@]+@ch-exemple\.mssante\.fr>$/);
    expect(mail.messageId).not.toBe(patientMail.messageId);
  });

  it("is chained to the mail that it answers (ECO.2.2.2)", () => {
    expect(mail.inReplyTo).toBe("<question@ch-exemple.mssante.fr>");
    expect(mail.references).toEqual(["<first@ch-exemple.mssante.fr>", "<question@ch-exemple.mssante.fr>"]);
  });

  it("has a UTF-8 body as plain text (ECO.2.2.3, ECO.2.2.4)", () => {
    expect(mail.text).toContain("voici le compte rendu demandé.");
    expect(text(sent)).toMatch(/Content-Type: text\/plain; charset="?utf-8"?/i);
    expect(header(mail, "content-type")).toMatchObject({ value: "multipart/mixed" });
  });

  it("is answered to the box that was set, the patient's too (ECO.2.2.5, mes-replyto)", () => {
    expect([mail.replyTo?.text, patientMail.replyTo?.text]).toEqual([REPLY_TO, REPLY_TO]);
  });

  it("goes to the address made of the INS of the document's own patient (ECO.2.2.6, mes-minor)", () => {
    expect(toPatient.recipients.map((recipient) => recipient.address)).toEqual([PATIENT]);
    expect(header(patientMail, "x-mss-ins")).toBe("O");
  });

  it("comes from the mailbox under its label, to its one recipient, without Sender (ECO.2.2.7, out-from)", () => {
    expect(mail.from?.value).toEqual([{ address: LABO, name: "Laboratoire de biologie - CH EXEMPLE" }]);
    expect([mail.to].flat().map((to) => to?.text)).toEqual([DOCTOR]);
    expect(count(sent, "Sender")).toBe(0);
  });

  it("tells the patient alone that no answer is wanted (ECO.2.2.8, mes-fin)", () => {
    expect([header(patientMail, "x-mss-mes"), header(mail, "x-mss-mes")]).toEqual(["FIN", undefined]);
  });

  it("asks the operator for a delivery report (ECO.2.3.1, RFC 3461)", () => {
    expect(sent.recipients[0]?.notify).toEqual(expect.arrayContaining(["SUCCESS", "FAILURE"]));
    expect(sent.recipients[0]?.originalRecipient).toBe(`rfc822;${DOCTOR}`);
    expect(toPatient.envid).not.toContain(INS);
  });

  it("asks for a reading receipt to the sender's box (ECO.2.3.2, RFC 8098)", () => {
    expect(header(mail, "disposition-notification-to")).toMatchObject({ text: LABO });
  });

  it("has the headers of MSSanté (ECO.2.4.1, ECO.2.4.2, ECO.2.4.3)", () => {
    const names = ["x-mss-codecda", "x-mss-ins", "x-mss-nil"];
    expect(names.map((name) => header(mail, name))).toEqual(["11502-2", "O", "DEMO000001"]);
  });

  it("says its size before its content (RFC 1870, RFC 5321)", () => {
    expect(Number(sent.parameters["SIZE"])).toBe(sent.raw.length);
  });

  it("has Date and From once, and lines of ASCII within the limits (RFC 5322, RFC 2045, RFC 2047, RFC 2231)", () => {
    expect(["Date", "From", "MIME-Version"].map((name) => count(sent, name))).toEqual([1, 1, 1]);
    expect(text(sent)).toMatch(/^[\x00-\x7f]*$/);
    const lines = text(sent).split("\r\n");
    expect(lines.filter((line) => line.length > 998)).toEqual([]);
    expect(lines.filter((line) => /^[A-Za-z0-9+/=]{77,}$/.test(line))).toEqual([]);
  });

  it("holds nobody's INS when it goes to a professional, but for the archive and the PDF", () => {
    const outside = text(sent).split(/^--[^\r\n]+\r\nContent-Type: application/m)[0] ?? "";
    expect(outside).not.toContain(INS);
    expect(outside).not.toContain("patient.mssante.fr");
  });
});

describe("a document of a child", () => {
  it("goes to the child's own box (mes-minor)", async () => {
    const ins = fictionalIns(3);
    const patient = { ...headerOf().patient, ins: { value: ins, oid: "1.2.250.1.213.1.4.8" }, birthTime: "20190512" };
    const submission = await both.connector.documents.submit({
      documents: [{ cda: cdaOf(8, pdfOf(500, 8), { patient }) }],
      patient: true,
    });
    expect((await submission.status()).recipients.map((row) => row.address)).toEqual([`${ins}@patient.mssante.fr`]);
  });
});
