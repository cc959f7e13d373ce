import { describe, expect, it } from "vitest";
import { failing, freeMail, imap, outcomeOf, resultOf, smtp } from "./kit.js";

const CLEAR = ["S: 220 ready", "C: EHLO x", "S: 250-hello", "S: 250 STARTTLS"];
const IMAP_CLEAR = ["S: * OK ready", "C: a CAPABILITY", "S: * CAPABILITY IMAP4rev1 STARTTLS", "S: a OK done"];

describe("nothing before TLS (ECO.1.0.1, ECO.1.0.2, ECO.1.1.1)", () => {
  it("passes for a session that begins by EHLO and STARTTLS", async () => {
    const result = await resultOf("ECO.1.0.1", smtp([freeMail()], { id: "smtp-1" }));
    expect([result.verdict, result.evidence[0]?.where]).toEqual(["pass", "smtp-1, ligne 5"]);
  });

  it.each(["AUTH PLAIN [credential]", "MAIL FROM:<a@b>"])("fails where %s is said in clear", async (command) => {
    const seen = smtp([], { clear: [...CLEAR, `C: ${command}`, "S: 530 no"], tls: { what: "failed" }, afterTls: [] });
    expect(await failing(seen)).toEqual(["ECO.1.0.1", "ECO.1.1.1"]);
  });

  it("fails IMAP's own row for LOGIN in clear, and names the line", async () => {
    const seen = imap([...IMAP_CLEAR, "C: b LOGIN [credential]", "S: b NO no"], { id: "imap-1" });
    expect(await failing(seen)).toEqual(["ECO.1.0.2", "ECO.1.1.1"]);
    expect((await resultOf("ECO.1.0.2", seen)).evidence[0]?.where).toBe("imap-1, ligne 5");
  });

  it("is not observed for a client that looked and left", async () => {
    const seen = smtp([], { clear: [...CLEAR, "C: QUIT"], tls: { what: "failed" }, afterTls: [] });
    expect((await resultOf("ECO.1.0.1", seen)).verdict).toBe("not-observed");
  });
});

describe("capabilities again (RFC-3207-3501)", () => {
  it("asks for EHLO after STARTTLS", async () => {
    expect(await outcomeOf("capabilities-again", smtp([freeMail()]))).toBe("ok");
    const seen = smtp([freeMail()], { afterTls: [] });
    expect(await outcomeOf("capabilities-again", seen)).toBe("breach");
  });

  it("wants IMAP's capabilities told again before the login, asked or not", async () => {
    const begin = [...IMAP_CLEAR, "C: b STARTTLS", "S: b OK", "TLS"];
    const login = ["C: c AUTHENTICATE XOAUTH2 [credential]", "AUTH XOAUTH2", "S: c OK [CAPABILITY IMAP4rev1] done"];
    const asked = ["C: c CAPABILITY", "S: * CAPABILITY IMAP4rev1 AUTH=XOAUTH2", "S: c OK"];
    expect(await outcomeOf("capabilities-again", imap([...begin, ...asked, ...login]))).toBe("ok");
    expect(await outcomeOf("capabilities-again", imap([...begin, ...login]))).toBe("breach");
  });

  it("is not observed without TLS", async () => {
    expect(await outcomeOf("capabilities-again", imap(IMAP_CLEAR))).toBe("not-observed");
  });

  it("fails bytes that follow STARTTLS in clear", async () => {
    const clear = [...CLEAR, "C: STARTTLS", "C: [12 bytes in clear after STARTTLS]", "S: 421 bye"];
    expect(await outcomeOf("no-plaintext-after-starttls", smtp([], { clear, afterTls: [] }))).toBe("breach");
    expect(await outcomeOf("no-plaintext-after-starttls", smtp([freeMail()]))).toBe("ok");
    expect(await outcomeOf("no-plaintext-after-starttls", imap(IMAP_CLEAR))).toBe("not-observed");
  });
});
