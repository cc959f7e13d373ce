import { describe, expect, it } from "vitest";
import { documentMail, failing, freeMail, outcomeOf, resultOf, smtp } from "./kit.js";

describe("Message-ID (ECO.2.2.1)", () => {
  it("passes where it is there once, and says in which mail", async () => {
    const result = await resultOf("ECO.2.2.1", smtp([await documentMail({ messageId: "a@b.mssante.fr" })]));
    expect([result.verdict, result.evidence[0]?.where]).toEqual(["pass", "mail <a@b.mssante.fr>, Message-ID"]);
  });

  it.each([
    ["absent", freeMail({ "Message-ID": null })],
    ["without angle brackets", freeMail({ "Message-ID": "a@b" })],
    ["without @", freeMail({ "Message-ID": "<ab>" })],
    ["there twice", freeMail().replace("Message-ID", "Message-ID: <z@z>\r\nMessage-ID")],
  ])("fails where it is %s, and with it no mandatory row else", async (_, mail) => {
    expect((await failing(smtp([mail]))).filter((code) => !code.startsWith("RFC"))).toEqual(["ECO.2.2.1"]);
  });

  it("fails where two different mails have the same, and not where one is sent again", async () => {
    const mail = freeMail({ "Message-ID": "<same@b>" });
    expect(await outcomeOf("message-id-unique", smtp([mail, mail]))).toBe("ok");
    expect(await outcomeOf("message-id-unique", smtp([mail, `${mail}more\r\n`]))).toBe("breach");
  });

  it("is not observed where no mail was sent", async () => {
    expect((await resultOf("ECO.2.2.1", [])).verdict).toBe("not-observed");
  });
});

describe("X-MSS-NIL (ECO.2.4.3)", () => {
  it.each([
    ["absent", freeMail({ "X-MSS-NIL": null })],
    ["empty", freeMail({ "X-MSS-NIL": "" })],
    ["a sentence", freeMail({ "X-MSS-NIL": "not a number" })],
  ])("fails where it is %s, and nothing else", async (_, mail) => {
    expect(await failing(smtp([mail]))).toEqual(["ECO.2.4.3"]);
  });

  it("passes where it is there, and fails where it is not the one declared", async () => {
    expect((await resultOf("ECO.2.4.3", smtp([freeMail()]))).verdict).toBe("pass");
    expect((await resultOf("ECO.2.4.3", smtp([freeMail()]), { nil: "OTHER" })).verdict).toBe("fail");
  });

  it("is not observed where no mail was sent", async () => {
    expect((await resultOf("ECO.2.4.3", [])).verdict).toBe("not-observed");
  });
});
