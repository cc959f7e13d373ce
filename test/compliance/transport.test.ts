import { describe, expect, it } from "vitest";
import { CHECKS } from "../../src/compliance/index.js";
import { DOCTOR, failing, freeMail, imap, judged, LABO, outcomeOf, type Seen, type SmtpOptions, smtp } from "./kit.js";

const hello = (suites: string[], versions = ["TLSv1.3", "TLSv1.2"]): SmtpOptions => ({
  tls: { clientHello: { versions, suites } },
});
const box = (address: string, type: string): Seen => ({ connection: "mock", kind: "mailbox", address, type });
const shown = (profile: string, mails: string[] = [freeMail()]) => smtp(mails, { faults: [profile], tls: { profile } });
const turnedAway = (profile: string) =>
  smtp([], { faults: [profile], tls: { what: "failed", profile }, afterTls: [] }).filter(
    (seen) => !("line" in seen && seen.tls),
  );

describe("every check", () => {
  it("says nothing of a run in which nothing was seen", async () => {
    const { results } = await judged([]);
    const outcomes = results.flatMap(({ checks }) => checks);
    expect(outcomes.filter(({ outcome }) => outcome !== "not-observed")).toEqual([]);
    expect(new Set(outcomes.map(({ check }) => check)).size).toBe(CHECKS.length);
  });
});

describe("TLS (ECO.1.1.1, ECO.1.1.2, ECO.1.1.3)", () => {
  it("fails TLS 1.1, offered or used", async () => {
    expect(await failing(smtp([freeMail()], hello(["0x1301", "0xC030"], ["TLSv1.2", "TLSv1.1"])))).toEqual([
      "ECO.1.1.1",
    ]);
    expect(await failing(smtp([freeMail()], { tls: { version: "TLSv1.1" } }))).toEqual(["ECO.1.1.1"]);
    expect(await outcomeOf("tls-version", smtp([freeMail()]))).toBe("ok");
    expect(await outcomeOf("tls-version", turnedAway("tls-1.1"))).toBe("ok");
  });

  it("fails a client that speaks TLS 1.3 only", async () => {
    expect(await outcomeOf("tls-1.2-spoken", smtp([freeMail()], hello(["0x1301"], ["TLSv1.3"])))).toBe("breach");
    expect(await outcomeOf("tls-1.2-spoken", smtp([freeMail()], hello(["0x1301"])))).toBe("ok");
  });

  it("takes the four suites, those of TLS 1.3 and the signals, and fails the others", async () => {
    const right = ["0x1302", "0xC030", "0xC02F", "0xC028", "0xC027", "0x00FF", "0x5600"];
    expect(await outcomeOf("suites-offered", smtp([freeMail()], hello(right)))).toBe("ok");
    expect(await failing(smtp([freeMail()], hello([...right, "0x002F"])))).toEqual(["ECO.1.1.3"]);
    expect(await outcomeOf("weak-server-refused", shown("weak-ciphers"))).toBe("breach");
    expect(await outcomeOf("weak-server-refused", turnedAway("weak-ciphers"))).toBe("ok");
  });

  it("wants nothing said to a server without STARTTLS", async () => {
    const clear = ["S: 220 ready", "C: EHLO x", "S: 250 8BITMIME", "C: QUIT", "S: 221 bye"];
    const without = (lines: string[]): Seen[] =>
      smtp([], { clear: lines, faults: ["strip-starttls"], afterTls: [] })
        .filter(({ kind }) => kind !== "tls")
        .filter((seen) => !("line" in seen && seen.tls));
    expect(await outcomeOf("no-session-without-starttls", without(clear))).toBe("ok");
    expect(await failing(without([...clear.slice(0, 3), "C: MAIL FROM:<a@b>", "S: 250 ok"]))).toEqual([
      "ECO.1.0.1",
      "ECO.1.1.1",
    ]);
    expect(
      await outcomeOf(
        "no-session-without-starttls",
        without([...clear.slice(0, 3), "C: MAIL FROM:<a@b>", "S: 250 ok"]),
      ),
    ).toBe("breach");
  });
});

describe("certificates (ECO.1.1.4, ECO.1.1.5, ECO.1.1.6, ECO.1.1.10, RFC 7817)", () => {
  it.each([
    ["expired-refused", "expired-certificate", "ECO.1.1.5"],
    ["revoked-refused", "revoked-certificate", "ECO.1.1.6"],
    ["other-authority-refused", "untrusted-certificate", "ECO.1.1.10"],
    ["other-authority-refused", "wrong-range-certificate", "ECO.1.1.10"],
    ["wrong-name-refused", "wrong-name-certificate", "RFC-7817"],
  ])(
    "%s: breaks where a mail is sent in spite of %s, and passes where the client leaves",
    async (check, profile, row) => {
      expect(await failing(shown(profile))).toEqual([row]);
      expect(await outcomeOf(check, turnedAway(profile))).toBe("ok");
      expect(await outcomeOf(check, smtp([freeMail()]))).toBe("not-observed");
    },
  );

  it("takes a handshake that the client ends at once for a refusal (TLS 1.3 tells the server too late)", async () => {
    const seen = smtp([], {
      faults: ["expired-certificate"],
      tls: { profile: "expired-certificate" },
      afterTls: [],
    }).filter((one) => !("line" in one && one.tls));
    expect(await outcomeOf("expired-refused", seen)).toBe("ok");
  });

  it("fails a client that refuses the right certificate each time", async () => {
    const refuses = () =>
      smtp([], { tls: { what: "failed" }, afterTls: [] }).filter((seen) => !("line" in seen && seen.tls));
    expect(await outcomeOf("operator-certificate", [...refuses(), ...refuses()])).toBe("breach");
    expect(await outcomeOf("operator-certificate", [...refuses(), ...smtp([freeMail()])])).toBe("ok");
  });
});

describe("authentication (ECO.1.2.1, APP-AUTH)", () => {
  it("wants XOAUTH2 for a PER box and a client certificate for an APP box", async () => {
    const per = (mechanism: string) => [
      box(DOCTOR, "PER"),
      ...smtp([freeMail({ From: "Dr_Martin_DUPONT <martin.dupont@medecin.mssante.fr>" })], {
        from: DOCTOR,
        to: [LABO],
        auth: { mechanism },
      }),
    ];
    expect(await outcomeOf("xoauth2", per("XOAUTH2"))).toBe("ok");
    expect(await failing(per("PLAIN"))).toEqual(["ECO.1.2.1"]);
    const app = (authorized: boolean) => [
      box(LABO, "APP"),
      ...smtp([freeMail()], {
        tls: { clientCertificate: { subject: "s", issuer: "i", fingerprint256: "f", authorized } },
      }),
    ];
    expect(await outcomeOf("client-certificate", app(true))).toBe("ok");
    expect(await failing(app(false))).toEqual(["APP-AUTH"]);
    const bare = [box(LABO, "APP"), ...smtp([freeMail()])].map((seen) => {
      if (seen.kind !== "tls") return seen;
      const { clientCertificate: _, ...rest } = seen;
      return rest;
    });
    expect(await failing(bare)).toEqual(["APP-AUTH"]);
  });

  it("looks at a refused token that is shown again (RFC 7628)", async () => {
    const login = (fingerprint: string, ok: boolean) => smtp([], { from: DOCTOR, auth: { ok, fingerprint } });
    expect(await outcomeOf("refused-token-not-shown-again", [...login("a", false), ...login("a", false)])).toBe(
      "breach",
    );
    expect(await outcomeOf("refused-token-not-shown-again", [...login("a", false), ...login("b", true)])).toBe("ok");
  });
});

describe("the answer to the error of a refused token (RFC 7628)", () => {
  const error = Buffer.from('{"status":"401","schemes":"bearer"}').toString("base64");
  const asked = (answer: string): Seen[] =>
    smtp([], { afterTls: [`C: AUTH XOAUTH2 [credential]`, `S: 334 ${error}`, `C: ${answer}`, "S: 535 5.7.8 no"] });

  it.each(["", "*", "AQ=="])("is %j", async (answer) => {
    expect(await outcomeOf("token-error-answered", asked(answer))).toBe("ok");
  });

  it.each(["NOOP", "MAIL FROM:<a@b.fr>", "QUIT"])("is not the command %j", async (answer) => {
    expect(await outcomeOf("token-error-answered", asked(answer))).toBe("breach");
  });

  it("is not looked at where it may be the token again, as a library in use gives it", async () => {
    expect(await outcomeOf("token-error-answered", asked("[credential]"))).toBe("not-observed");
  });

  it("is looked for over IMAP too, and not where the server asks for the token itself", async () => {
    const over = (challenge: string, answer: string) =>
      imap(["TLS", "C: a AUTHENTICATE XOAUTH2", `S: ${challenge}`, `C: ${answer}`, "S: a NO no"]);
    expect(await outcomeOf("token-error-answered", over(`+ ${error}`, ""))).toBe("ok");
    expect(await outcomeOf("token-error-answered", over(`+ ${error}`, "b NOOP"))).toBe("breach");
    expect(await outcomeOf("token-error-answered", over("+ ", "[credential]"))).toBe("not-observed");
  });
});

describe("SMTP (MSS/va1.13, RFC 1870, 3461, 5321)", () => {
  it("fails a mail beyond the announced size", async () => {
    const big = smtp([freeMail()], { announced: ["SIZE 100"] });
    expect(await outcomeOf("within-size", big)).toBe("breach");
    expect(await failing(big)).toEqual(["MSS-va1.13"]);
    expect(await outcomeOf("within-size", smtp([freeMail()]))).toBe("ok");
  });

  it("wants SIZE= where it is announced, and right", async () => {
    expect(await outcomeOf("size-parameter", smtp([freeMail()]))).toBe("ok");
    for (const mailParameters of ["", " SIZE=3"])
      expect(await failing(smtp([freeMail()], { mailParameters }))).toEqual(["RFC-1870"]);
    expect(await failing(smtp([freeMail()], { mailParameters: " SIZE=900", announced: ["DSN"] }))).toEqual([
      "RFC-1870",
    ]);
  });

  it("wants NOTIFY only where DSN is announced, and well written", async () => {
    const of = (rcptParameters: string, announced = ["SIZE 9999999", "DSN"]) =>
      smtp([freeMail()], { rcptParameters, announced });
    expect(await outcomeOf("dsn-parameters", of(" NOTIFY=SUCCESS ORCPT=rfc822;a@b"))).toBe("ok");
    expect(await failing(of(" NOTIFY=SUCCESS", ["SIZE 9999999"]))).toEqual(["RFC-3461-3464"]);
    expect(await failing(of(" NOTIFY=NEVER,SUCCESS"))).toEqual(["RFC-3461-3464"]);
    expect(await outcomeOf("dsn-parameters", of(""))).toBe("not-observed");
  });

  it("wants EHLO and QUIT", async () => {
    const seen = smtp([freeMail()]);
    expect(await outcomeOf("ehlo-and-quit", seen)).toBe("ok");
    expect(await failing(seen.filter((one) => !("line" in one && /^(QUIT|221)/.test(one.line))))).toEqual(["RFC-5321"]);
  });

  it("fails a second try after 550, and one without a pause after 451", async () => {
    const refused = (code: string, wait: number): Seen[] => {
      const mail = freeMail({ "Message-ID": "<r@b>" });
      const first = smtp([mail])
        .filter(({ kind }) => kind !== "mail")
        .map((seen) => ("line" in seen && seen.line === "250 queued" ? { ...seen, line: `${code} no` } : seen));
      const later = new Date(Date.parse("2026-01-05T10:00:00Z") + wait).toISOString();
      return [
        ...first.map((seen) => ({ ...seen, at: "2026-01-05T10:00:00.000Z" })),
        ...smtp([mail]).map((seen) => ({ ...seen, at: later })),
      ];
    };
    expect(await outcomeOf("permanent-not-retried", refused("550", 60_000))).toBe("breach");
    expect(await outcomeOf("permanent-not-retried", refused("451", 10))).toBe("breach");
    expect(await outcomeOf("permanent-not-retried", refused("451", 60_000))).toBe("ok");
  });

  it("fails an accepted mail that is sent again after a lost answer", async () => {
    const mail = freeMail({ "Message-ID": "<twice@b>" });
    const lost = smtp([mail], { faults: ["drop-after-data"] });
    expect(await failing([...lost, ...smtp([mail])])).toEqual(["RFC-5321"]);
    expect(await outcomeOf("not-sent-twice", lost)).toBe("ok");
  });
});

describe("IMAP (RFC 9051, SC.SSI/IE.58)", () => {
  const open = [
    "S: * OK",
    "C: a STARTTLS",
    "S: a OK",
    "TLS",
    "C: b CAPABILITY",
    "S: * CAPABILITY IMAP4rev1",
    "S: b OK",
    "C: c AUTHENTICATE XOAUTH2 [credential]",
    "AUTH XOAUTH2",
    "S: c OK",
  ];
  const at = (minutes: number) => new Date(Date.parse("2026-01-05T10:00:00Z") + minutes * 60_000).toISOString();
  const timed = (lines: readonly (readonly [string, number])[]): Seen[] => {
    const seen = imap([...open, ...lines.map(([line]) => line)]);
    return seen.map((one, index) => ({
      ...one,
      at: at(index <= open.length ? 0 : (lines[index - open.length - 1]?.[1] ?? 300)),
    }));
  };

  it("wants IDLE renewed within 29 minutes", async () => {
    expect(
      await outcomeOf(
        "idle-renewed",
        timed([
          ["C: d IDLE", 1],
          ["C: DONE", 28],
        ]),
      ),
    ).toBe("ok");
    expect(
      await outcomeOf(
        "idle-renewed",
        timed([
          ["C: d IDLE", 1],
          ["C: DONE", 35],
        ]),
      ),
    ).toBe("breach");
  });

  it("wants BODY.PEEK where several mails are fetched", async () => {
    expect(await outcomeOf("peek-before-reading", imap([...open, "C: d UID FETCH 1:* (UID BODY.PEEK[HEADER])"]))).toBe(
      "ok",
    );
    expect(await outcomeOf("peek-before-reading", imap([...open, "C: d FETCH 1:9 (BODY[])"]))).toBe("breach");
    expect(await outcomeOf("peek-before-reading", imap([...open, "C: d FETCH 4 (RFC822)"]))).toBe("not-observed");
  });

  it("wants a new login after two hours of silence", async () => {
    expect(
      await outcomeOf(
        "locked-when-idle",
        timed([
          ["C: d SELECT INBOX", 1],
          ["C: e LOGOUT", 130],
        ]),
      ),
    ).toBe("ok");
    expect(
      await outcomeOf(
        "locked-when-idle",
        timed([
          ["C: d SELECT INBOX", 1],
          ["C: e UID FETCH 1 (FLAGS)", 130],
        ]),
      ),
    ).toBe("breach");
    expect(
      await outcomeOf(
        "locked-when-idle",
        timed([
          ["C: d SELECT INBOX", 1],
          ["C: e UID FETCH 1 (FLAGS)", 30],
        ]),
      ),
    ).toBe("not-observed");
  });
});
