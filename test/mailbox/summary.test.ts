import { describe, expect, it } from "vitest";
import { mailSummary, shownSubject } from "../../src/mailbox/summary.js";
import type { ImapPart, ImapSummary } from "../../src/transport/imap/index.js";
import { fictionalIns } from "../tools/documents.js";

const part = (changes: Partial<ImapPart> = {}): ImapPart => ({
  part: "2",
  mimeType: "application/zip",
  name: "IHE_XDM.ZIP",
  encodedSize: 78_000,
  encoding: "base64",
  disposition: "attachment",
  ...changes,
});
const TEXT = part({ part: "1", mimeType: "text/plain", encoding: "8bit", encodedSize: 10 });
delete TEXT.name;
delete TEXT.disposition;

const mail = (changes: Partial<ImapSummary> = {}): ImapSummary => ({
  uid: 7,
  path: "INBOX",
  uidValidity: "1",
  flags: [],
  size: 1_000,
  subject: "Bonjour",
  from: [{ name: "Dr MARTIN", address: "claire.martin@medecin.mssante.fr" }],
  to: [{ address: "labo@ch-exemple.mssante.fr" }],
  cc: [],
  mimeType: "multipart/mixed",
  parts: [TEXT],
  header: Buffer.alloc(0),
  ...changes,
});

describe("a mail in a list (ECO.3.1.1, ECO.3.1.3, in-detect)", () => {
  it.each([
    ["XDM/1.0/DDM+LEROY JEANNE 01/02/1960", "LEROY JEANNE 01/02/1960"],
    ["Re: XDM/1.0/DDM+LEROY JEANNE", "Re: LEROY JEANNE"],
    ["Résultats", "Résultats"],
  ])("shows the subject %s as %s", (raw, shown) => {
    expect(shownSubject(raw)).toBe(shown);
  });

  it.each([
    ["a delivery report", { mimeType: "multipart/report" }, "receipt"],
    ["a report inside another type", { parts: [part({ mimeType: "message/disposition-notification" })] }, "receipt"],
    ["a failure mail", { subject: "[KO Intégration système !] LEROY" }, "receipt"],
    ["a failure mail of ANS's first wording", { subject: "[KO Intégration système ! ] LEROY" }, "receipt"],
    ["a failure mail as ANS's example has it", { subject: "[Erreur d\u2019intégration !][902] LEROY" }, "receipt"],
    ["a mail of a patient", { from: [{ address: `${fictionalIns()}@patient.mssante.fr` }] }, "patient"],
    ["a mail to a patient", { to: [{ address: `${fictionalIns()}@patient.mssante.fr` }] }, "patient"],
    ["an automatic mail", { header: Buffer.from("Auto-Submitted: auto-generated\r\n\r\n") }, "service"],
    ["a mail of the postmaster", { from: [{ address: "postmaster@ch-exemple.mssante.fr" }] }, "service"],
    ["a mail that says it is not automatic", { header: Buffer.from("auto-submitted:\r\n no\r\n\r\n") }, "professional"],
    ["any other mail", {}, "professional"],
  ] as const)("takes %s for what it is", (_, changes, kind) => {
    expect(mailSummary(mail(changes as Partial<ImapSummary>)).kind).toBe(kind);
  });

  it.each([
    ["IHE_XDM.ZIP", "Bonjour", true],
    ["ihe_xdm.zip", "Bonjour", true],
    ["IHE_XDM_2.zip", "Bonjour", false],
    ["documents.zip", "XDM/1.0/DDM+LEROY", true],
    ["documents.zip", "Bonjour", false],
  ])("of the attachment %s under the subject %s says XDM: %s", (name, subject, hasXdm) => {
    expect(mailSummary(mail({ subject, parts: [TEXT, part({ name })] })).hasXdm).toBe(hasXdm);
  });

  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\a\\report.pdf", "report.pdf"],
    ["a\u202Efdp.exe\r\n", "afdp.exe"],
    ["..", "part-2"],
    [`${"x".repeat(300)}.pdf`, `${"x".repeat(76)}.pdf`],
  ])("names the attachment %j as a file may be named", (name, shown) => {
    expect(mailSummary(mail({ parts: [part({ name })] })).attachments[0]?.name).toBe(shown);
  });

  it("takes no body for an attachment, unless the sender says so", () => {
    const named = part({ part: "3", mimeType: "text/plain", name: "notes.txt" });
    expect(mailSummary(mail({ parts: [TEXT, named] })).attachments.map(({ name }) => name)).toEqual(["notes.txt"]);
  });

  it("estimates the content's size from its encoded size", () => {
    expect(mailSummary(mail({ parts: [part()] })).attachments[0]?.size).toBe(57_000);
  });

  it("reads the folded references", () => {
    const header = Buffer.from("References: <a@b.fr>\r\n\t<c@d.fr>\r\n\r\n");
    expect(mailSummary(mail({ header, messageId: "<e@f.fr>" }))).toMatchObject({
      references: ["a@b.fr", "c@d.fr"],
      messageId: "e@f.fr",
    });
  });
});
