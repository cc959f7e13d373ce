import { describe, expect, it } from "vitest";
import { originalSubject } from "../../src/message/index.js";

const subjectOf = (...lines: string[]) =>
  originalSubject(Buffer.from(`${["From: a@b.test", ...lines, "To: c@d.test"].join("\r\n")}\r\n\r\nSubject: not this`));

describe("the subject of a mail received", () => {
  it.each([
    ["as it is usually written", ["Subject: Compte rendu"], "Compte rendu"],
    ["in any case, with space around the colon", ["SUBJECT \t:  Compte rendu "], "Compte rendu"],
    ["folded", ["Subject: XDM/1.0/DDM\r\n Compte\r\n\trendu"], "XDM/1.0/DDM Compte rendu"],
    ["folded before its first word", ["Subject:\r\n Compte rendu"], "Compte rendu"],
    ["encoded", ["Subject: =?UTF-8?Q?=C3=89lodie?="], "Élodie"],
    ["the first that says something", ["Subject:", "Subject: Compte rendu", "Subject: other"], "Compte rendu"],
    ["not the end of another name", ["X-Subject: no", "Thread-Subject: no"], ""],
    ["not a folded line that looks like one", ["X-A: b\r\n Subject: no"], ""],
    ["none", [], ""],
  ])("is read %s", (_, lines, subject) => expect(subjectOf(...lines)).toBe(subject));

  it.each([
    ["\r\n\r\n", ""],
    ["\n\n", ""],
    ["\n\r\n", ""],
    ["\r\n\n", ""],
    ["\n\n\r\n", ""],
    ["\r\n\r\r", "other"],
  ])("is not looked for behind an empty line, %j", (end, subject) => {
    expect(originalSubject(Buffer.from(`From: a@b.test${end}\nSubject: other`))).toBe(subject);
  });

  it("is read where lines end by LF alone", () => {
    expect(originalSubject(Buffer.from("From: a@b.test\nSubject: Compte\n rendu\n\nbody"))).toBe("Compte rendu");
  });
});
