import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { importServerLogs, judge, readObservation, requirement } from "../../src/compliance/index.js";
import type { Observation } from "../../src/seams/observations.js";
import { dovecotLines, failed, imported, logOf, passed, postfixLines, rawlogs, UNTIL, verdicts } from "./logs.js";

const APP = [{ address: "labo@ch-exemple.mssante.fr", type: "APP" }];
const of = <K extends Observation["kind"]>(observations: readonly Observation[], kind: K) =>
  observations.filter((one): one is Extract<Observation, { kind: K }> => one.kind === kind);
/** What is left where syslog has dropped so many lines at once, from each place. */
function* holes(lines: readonly string[]): Generator<[what: string, left: string[]]> {
  for (const length of [1, 2, 3, 5, 9, 17, 40])
    for (let start = 0; start < lines.length; start += 1)
      yield [`${length} from ${start}`, lines.toSpliced(start, length)];
}

describe("logs of Postfix", () => {
  it("give connection, TLS, mail and the counts of commands of a client", async () => {
    const { observations, leftOut, clients } = await imported(postfixLines());
    expect(observations.map(({ kind }) => kind)).toEqual(["tcp", "tls", "mail", "tcp"]);
    expect(of(observations, "tls")[0]).toMatchObject({
      version: "TLSv1.2",
      cipher: "ECDHE-RSA-AES256-GCM-SHA384",
      profile: "unknown",
    });
    expect(of(observations, "mail")[0]).toMatchObject({
      at: "2026-02-03T09:15:02.000Z",
      from: "labo@ch-exemple.mssante.fr",
      to: ["martin.dupont@medecin.mssante.fr"],
      size: 4312,
      messageId: "un.essai@ch-exemple.mssante.fr",
      sha256: "",
    });
    expect(of(observations, "tcp")).toMatchObject([
      { port: 587, dialogue: "none" },
      { commands: { EHLO: 2, STARTTLS: 1, QUIT: 1 } },
    ]);
    expect(clients).toEqual([{ address: "192.0.2.10", connections: 1 }]);
    expect(leftOut).toEqual({ unknown: 0, malformed: 0, tooLong: 0, otherClients: 0, undecided: 0 });
  });

  it("give observations that the reader of observations takes", async () => {
    const { observations } = await imported([...postfixLines({ dialogue: true }), ...dovecotLines()], {
      mailboxes: APP,
    });
    for (const one of observations) expect(readObservation(JSON.stringify(one))).toEqual(one);
  });

  it("show TLS and client certificate without a dialogue, and nothing of what was said", async () => {
    const results = await verdicts([logOf(postfixLines())], { mailboxes: APP });
    expect(passed(results)).toEqual(["ECO.1.1.1", "APP-AUTH"]);
    expect(failed(results)).toEqual([]);
    // Whose certificate the server showed, no log says.
    expect(results.get("ECO.1.1.4")?.verdict).toBe("not-observed");
    expect(results.get("ECO.1.0.1")?.verdict).toBe("not-observed");
    const { problems } = await judge((await imported(postfixLines())).observations, { mail: () => undefined });
    expect(problems).toEqual([{ what: "the content of 1 mails was not kept, and is not judged", where: "mail" }]);
  });

  it("show what was said where the dialogue was written down", async () => {
    const results = await verdicts([logOf(postfixLines({ dialogue: true }))]);
    expect(passed(results)).toEqual(["ECO.1.0.1", "ECO.1.1.1", "ECO.2.3.1", "RFC-3207-3501", "RFC-3461-3464"]);
    expect(failed(results)).toEqual([]);
    // The number that was told is there, the size of the content is not.
    expect(results.get("RFC-1870")?.verdict).toBe("not-observed");
    const chunks = postfixLines({ dialogue: true })
      .filter((line) => !line.includes("354 End data"))
      .map((line) => line.replace(": DATA", ": BDAT 4000 LAST").replace("data=1", "bdat=1"));
    expect((await verdicts([logOf(chunks)])).get("RFC-1870")?.verdict).toBe("not-observed");
  });

  it("show no version of TLS where the server does not log it, and the login is inside TLS by its STARTTLS", async () => {
    const sasl = ", sasl_method=XOAUTH2, sasl_username=dr.martin@medecin.mssante.fr";
    const lines = postfixLines({ tls: false, sasl });
    const mailboxes = [{ address: "dr.martin@medecin.mssante.fr", type: "PER" }];
    const results = await verdicts([logOf(lines)], { mailboxes });
    expect(passed(results)).toEqual(["ECO.1.2.1"]);
    expect(failed(results)).toEqual([]);
    // Cut before the end: nobody knows.
    const cut = await imported(lines.slice(0, -1), { mailboxes });
    expect(of(cut.observations, "auth")).toEqual([]);
    expect(cut.leftOut.undecided).toBe(1);
  });

  it("keep no credential, though Postfix wrote it down", async () => {
    const sasl = ", sasl_method=XOAUTH2, sasl_username=dr.martin@medecin.mssante.fr";
    const more = [
      "Feb  3 09:16:00 mx1 postfix/smtpd[8]: < x[192.0.2.10]: EHLO x",
      "Feb  3 09:16:00 mx1 postfix/smtpd[8]: > x[192.0.2.10]: 250 STARTTLS",
      "Feb  3 09:16:00 mx1 postfix/smtpd[8]: < x[192.0.2.10]: AUTH PLAIN",
      "Feb  3 09:16:00 mx1 postfix/smtpd[8]: > x[192.0.2.10]: 334 eyJzdGF0dXMiOiI0MDAifQ==",
      "Feb  3 09:16:00 mx1 postfix/smtpd[8]: < x[192.0.2.10]: AHgAc2VjcmV0c2VjcmV0",
      "Feb  3 09:16:00 mx1 postfix/smtpd[8]: warning: x[192.0.2.10]: SASL PLAIN authentication failed: c2VjcmV0c2VjcmV0, sasl_username=x@y.fr",
      "Feb  3 09:16:00 mx1 postfix/smtpd[8]: > x[192.0.2.10]: 535 5.7.8 Error: authentication failed",
      "Feb  3 09:16:01 mx1 postfix/smtpd[8]: < x[192.0.2.10]: QUIT",
      "Feb  3 09:16:01 mx1 postfix/smtpd[8]: disconnect from x[192.0.2.10] ehlo=1 auth=0/1 quit=1 commands=2/3",
    ];
    const { observations } = await imported([...postfixLines({ dialogue: true, sasl }), ...more]);
    const text = JSON.stringify(observations);
    expect(text).not.toMatch(/c2VjcmV0|AHgA|eyJ|[A-Za-z0-9+/]{40}/);
    expect(of(observations, "line").filter(({ line }) => line.includes("[credential]"))).toHaveLength(2);
    expect(of(observations, "line").filter(({ line }) => line === "334")).toHaveLength(1);
    expect(of(observations, "auth").find(({ ok }) => !ok)).toMatchObject({
      mechanism: "PLAIN",
      user: "x@y.fr",
      tls: false,
    });
  });

  it("keep no credential either where the line of its AUTH was lost", async () => {
    const sasl = ", sasl_method=LOGIN, sasl_username=dr.martin@medecin.mssante.fr";
    const lines = postfixLines({ dialogue: true, sasl });
    const at = lines.findIndex((line) => line.includes("AUTH XOAUTH2 "));
    const secret = (lines[at] ?? "").replace(/AUTH XOAUTH2 .*/, "bW90ZGVwYXNzZQ==");
    const refused = (lines[at] ?? "").replace(
      /< (\S+) AUTH.*/,
      "> $1 535 5.7.8 Error: authentication failed: bW90ZGVwYXNzZQ==",
    );
    for (const changed of [lines.toSpliced(at, 1, secret), lines.toSpliced(at + 1, 1, refused)]) {
      const { observations } = await imported(changed);
      expect(JSON.stringify(observations)).not.toContain("bW90");
      expect(failed(await verdicts([logOf(changed)]))).toEqual([]);
    }
  });

  it("fail what they show: an old TLS, commands in clear, an untrusted certificate, no QUIT", async () => {
    const changed = (from: string | RegExp, to: string, dialogue = false) =>
      verdicts([logOf(postfixLines({ dialogue }).map((line) => line.replace(from, to)))], { mailboxes: APP }).then(
        failed,
      );
    expect(await changed("TLSv1.2 with", "TLSv1.1 with")).toEqual(["ECO.1.1.1"]);
    expect(await changed("Trusted TLS", "Untrusted TLS")).toEqual(["APP-AUTH"]);
    expect(await changed("Trusted TLS", "Anonymous TLS")).toEqual(["APP-AUTH"]);
    expect(await changed(/ quit=1 commands=7/, " commands=6")).toEqual(["RFC-5321"]);
    const clear = postfixLines({ dialogue: true }).map((line) => line.replace("ehlo=2", "ehlo=2 vrfy=1"));
    const at = clear.findIndex((line) => line.includes("< lps.ch-exemple.example[192.0.2.10]: STARTTLS"));
    clear.splice(at, 0, (clear[at] ?? "").replace("STARTTLS", "VRFY labo"));
    expect(failed(await verdicts([logOf(clear)]))).toEqual(["ECO.1.0.1", "ECO.1.1.1"]);
  });

  it("never fail a right client, nor pass more, because lines were lost", async () => {
    const whole = [
      ...postfixLines({ dialogue: true }),
      ...postfixLines({ pid: 711, id: "4C0FFEE02D", dialogue: true }),
    ];
    const shown = new Set(passed(await verdicts([logOf(whole)], { mailboxes: APP })));
    for (const [what, left] of holes(whole)) {
      const results = await verdicts([logOf(left)], { mailboxes: APP });
      expect(failed(results), what).toEqual([]);
      expect(
        passed(results).filter((code) => !shown.has(code)),
        what,
      ).toEqual([]);
    }
  });

  it("leave out a mail that was refused in its content", async () => {
    const refused = postfixLines().filter((line) => !line.includes("/qmgr[") && !line.includes("/lmtp["));
    expect(of((await imported(refused)).observations, "mail")).toEqual([]);
  });

  it("tell a handshake that failed", async () => {
    const lines = [
      "Feb  3 09:15:01 mx1 postfix/smtpd[7]: connect from x[2001:db8::7]",
      "Feb  3 09:15:01 mx1 postfix/smtpd[7]: SSL_accept error from x[2001:db8::7]: -1",
      "Feb  3 09:15:01 mx1 postfix/smtpd[7]: lost connection after STARTTLS from x[2001:db8::7]",
      "Feb  3 09:15:01 mx1 postfix/smtpd[7]: disconnect from x[2001:db8::7] ehlo=1 starttls=0/1 commands=1/2",
    ];
    const { observations, leftOut } = await imported(lines);
    expect(of(observations, "tls")).toMatchObject([{ what: "failed", error: "-1", profile: "unknown" }]);
    expect(leftOut.unknown).toBe(1);
  });
});

describe("logs of Dovecot", () => {
  it("show the login of an application's mailbox by its certificate, with the version of TLS where it is logged", async () => {
    expect(passed(await verdicts([logOf(dovecotLines())], { mailboxes: APP }))).toEqual(["ECO.1.1.1", "APP-AUTH"]);
    expect(passed(await verdicts([logOf(dovecotLines({ tls: "TLS" }))], { mailboxes: APP }))).toEqual(["APP-AUTH"]);
    expect(passed(await verdicts([logOf(dovecotLines())]))).toEqual(["ECO.1.1.1"]);
  });

  it("do not take a certificate that a log does not show for one that was not there", async () => {
    const results = await verdicts([logOf(dovecotLines({ method: "XOAUTH2", tls: "TLS" }))], { mailboxes: APP });
    expect(results.get("APP-AUTH")?.verdict).toBe("not-observed");
  });

  it("fail a professional's box that is opened otherwise than by XOAUTH2, and a credential in clear", async () => {
    const mailboxes = [{ address: "dr.martin@medecin.mssante.fr", type: "PER" }];
    const login = { user: "dr.martin@medecin.mssante.fr", tls: "TLS" };
    expect(failed(await verdicts([logOf(dovecotLines({ ...login, method: "PLAIN" }))], { mailboxes }))).toEqual([
      "ECO.1.2.1",
    ]);
    expect(passed(await verdicts([logOf(dovecotLines({ ...login, method: "XOAUTH2" }))], { mailboxes }))).toEqual([
      "ECO.1.2.1",
    ]);
    const bare = dovecotLines({ ...login, method: "XOAUTH2", tls: "", session: "s9", mpid: 9 });
    expect(failed(await verdicts([logOf([...dovecotLines(login), ...bare])]))).toEqual(["ECO.1.0.2", "ECO.1.1.1"]);
    // A format that never says TLS does not say its absence; "secured" is said of a proxy's connections too.
    for (const unsaid of [bare, dovecotLines({ ...login, tls: "secured" })]) {
      const { observations, leftOut } = await imported(unsaid, { mailboxes });
      expect([of(observations, "auth"), leftOut.undecided]).toEqual([[], 1]);
    }
    const clear =
      "Feb 03 09:20:00 imap-login: Info: Disconnected: Aborted login by logging out (tried to use disallowed plaintext auth): user=<>, rip=192.0.2.10, lip=192.0.2.1, session=<a1>";
    expect(failed(await verdicts([logOf([clear])]))).toEqual(["ECO.1.0.2", "ECO.1.1.1"]);
    const verbose = [
      "Feb 03 09:20:00 imap-login: Info: Login failed: Plaintext authentication disabled: user=<>, rip=192.0.2.10, lip=192.0.2.1, session=<a1>",
      "Feb 03 09:20:00 imap-login: Info: Disconnected: Aborted login by logging out (auth failed, 1 attempts in 0 secs): user=<x@y.fr>, rip=192.0.2.10, lip=192.0.2.1, session=<a1>",
    ];
    expect(failed(await verdicts([logOf(verbose)]))).toEqual(["ECO.1.0.2", "ECO.1.1.1"]);
    expect(of((await imported(verbose)).observations, "auth")).toHaveLength(1);
  });

  it("tell refused logins as often as they were tried, at most twenty times", async () => {
    const line = (attempts: number) =>
      `Feb 03 09:20:00 imap-login: Info: Disconnected: Connection closed (auth failed, ${attempts} attempts in 2 secs): user=<a@b.fr>, method=XOAUTH2, rip=192.0.2.10, lip=192.0.2.1, TLS, session=<a1>`;
    for (const [told, kept] of [
      [3, 3],
      [999_999, 20],
    ] as const) {
      const { observations } = await imported([line(told)]);
      const auths = of(observations, "auth");
      expect(auths).toHaveLength(kept);
      expect(auths[0]).toMatchObject({ mechanism: "XOAUTH2", user: "a@b.fr", ok: false, tls: true });
    }
  });

  it("are read behind syslog, in ISO times, by RFC 5424 and by other versions", async () => {
    const login = "user=<a@b.fr>, method=XOAUTH2, rip=192.0.2.10, lip=192.0.2.1, mpid=5, TLS, session=<s1>";
    for (const line of [
      `Feb  3 10:20:00 mx1 dovecot: imap-login: Login: ${login}`,
      `2026-02-03T10:20:00.000000+01:00 mx1 dovecot[12]: imap-login: Info: Login: ${login}`,
      `2026-02-03T09:20:00Z mx1 dovecot: imap-login: Logged in: ${login}`,
      `<22>1 2026-02-03T09:20:00.000Z mx1 dovecot 12 - - imap-login: Login: ${login}`,
      `2026-02-03 10:20:00 imap-login: Info: Login: ${login}`,
      `2026-02-03T10:20:00+0100 mx1 dovecot: imap-login: Info: Login: ${login}`,
    ]) {
      const { observations, leftOut } = await imported([line], { timeZone: "Europe/Paris" });
      expect(of(observations, "auth"), line).toMatchObject([
        { at: "2026-02-03T09:20:00.000Z", user: "a@b.fr", tls: true },
      ]);
      expect(leftOut.malformed + leftOut.unknown).toBe(0);
    }
  });
});

describe("rawlogs of Dovecot", () => {
  const session = [
    "S: 1 OK Logged in",
    "C: 2 SELECT INBOX",
    "S: * 3 EXISTS",
    "S: 2 OK Select completed",
    "C: 3 UID FETCH 4 (BODY.PEEK[])",
    "S: * 3 FETCH (UID 4 BODY[] {31}\nSubject: MOREL Elodie\r\n\ncorps)",
    "S: 3 OK Fetch completed",
    "C: 4 APPEND Sent (\\Seen) {27}\nSubject: MOREL\n5 LOGIN x y",
    "S: + OK",
    "C: 6 LOGOUT",
    "S: * BYE Logging out",
    "S: 6 OK Logout completed",
  ];

  it("show what was said, joined to the login of their process, content by its size", async () => {
    const logs = [logOf(dovecotLines()), ...rawlogs(session)];
    const { observations } = await importServerLogs(logs, { mailboxes: APP });
    const lines = of(observations, "line");
    expect(new Set(observations.map(({ connection }) => connection))).toEqual(new Set(["log", "imap-1"]));
    expect(lines.filter(({ from }) => from === "client").map(({ line }) => line)).toEqual([
      "2 SELECT INBOX",
      "3 UID FETCH 4 (BODY.PEEK[])",
      "4 APPEND Sent (\\Seen) [27 bytes]",
      "6 LOGOUT",
    ]);
    expect(JSON.stringify(observations)).not.toMatch(/MOREL|LOGIN x/);
    expect(of(observations, "tcp")).toMatchObject([{ what: "open", dialogue: "part" }, { what: "close" }]);
    const results = await verdicts(logs, { mailboxes: APP });
    expect(passed(results)).toEqual(["ECO.1.1.1", "APP-AUTH", "RFC-9051-3501"]);
    expect(failed(results)).toEqual([]);
    // Before the login nothing was written down.
    for (const code of ["ECO.1.0.2", "RFC-3207-3501"]) expect(results.get(code)?.verdict).toBe("not-observed");
  });

  it("show a mail that is named by its number", async () => {
    const wrong = session.map((line) => line.replace("UID FETCH 4 (BODY.PEEK[])", "FETCH 4 (BODY.PEEK[])"));
    expect(failed(await verdicts(rawlogs(wrong)))).toEqual(["RFC-9051-3501"]);
  });

  it("belong to nobody where no login is of their process at their time", async () => {
    const { observations } = await importServerLogs([logOf(dovecotLines({ mpid: 1 })), ...rawlogs(session)]);
    expect(new Set(of(observations, "line").map(({ connection }) => connection))).toEqual(new Set(["imap-2"]));
  });

  it("keep no credential", async () => {
    const logs = rawlogs([
      "C: 1 AUTHENTICATE XOAUTH2 c2VjcmV0",
      "C: 2 AUTHENTICATE PLAIN",
      "S: + ",
      "C: c2VjcmV0",
      'C: 3 LOGIN "a" "c2VjcmV0"',
      "C: 4 LOGIN {1}\na {8}\nc2VjcmV0",
    ]);
    const { observations } = await importServerLogs(logs);
    expect(JSON.stringify(observations)).not.toContain("c2VjcmV0");
    expect(of(observations, "line").map(({ line }) => line)).toEqual([
      "1 AUTHENTICATE XOAUTH2 [credential]",
      "2 AUTHENTICATE PLAIN",
      "+",
      "[credential]",
      "3 LOGIN [credential]",
      "4 LOGIN [credential]",
    ]);
  });
});

describe("times", () => {
  const at = async (line: string, until: string, timeZone?: string) => {
    const log = {
      name: "mail.log",
      content: [`${line} mx1 postfix/smtpd[7]: connect from x[192.0.2.10]\n`],
      until: new Date(until),
    };
    return (await importServerLogs([log], timeZone === undefined ? {} : { timeZone })).observations[0]?.at;
  };

  it("without a year are of the last year that is not after the log's end", async () => {
    expect(await at("Dec 31 23:59:59", "2026-01-01T00:10:00Z")).toBe("2025-12-31T23:59:59.000Z");
    expect(await at("Jan  1 00:00:01", "2026-01-01T00:10:00Z")).toBe("2026-01-01T00:00:01.000Z");
    expect(await at("Feb 29 10:00:00", "2024-03-01T00:00:00Z")).toBe("2024-02-29T10:00:00.000Z");
  });

  it("without a zone are of the zone that is named, winter and summer", async () => {
    expect(await at("Feb  3 10:00:00", "2026-07-03T00:00:00Z", "Europe/Paris")).toBe("2026-02-03T09:00:00.000Z");
    expect(await at("Jul  2 10:00:00", "2026-07-03T00:00:00Z", "Europe/Paris")).toBe("2026-07-02T08:00:00.000Z");
  });
});

describe("docs/server-logs.md", () => {
  it("names rows of the catalogue in its table", () => {
    const page = readFileSync(new URL("../../docs/server-logs.md", import.meta.url), "utf8");
    const named = page
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .join("\n")
      .match(/\b(?:ECO|RFC|SC|APP|MSS)[.-][\w.-]*\w/g);
    expect(named?.length).toBeGreaterThan(15);
    expect(named?.filter((code) => requirement(code) === undefined)).toEqual([]);
  });
});

describe("hostile logs", () => {
  it("are left out and counted: no time, other programs, lines without end", async () => {
    const lines = [
      "",
      "no time at all",
      "Feb  3 09:00:00 mx1 sshd[1]: Accepted",
      `Feb  3 09:00:00 mx1 postfix/smtpd[1]: connect from ${"x".repeat(70_000)}[192.0.2.1]`,
    ];
    const { observations, leftOut } = await imported(lines);
    expect(observations).toEqual([]);
    expect(leftOut).toEqual({ unknown: 1, malformed: 1, tooLong: 1, otherClients: 0, undecided: 0 });
  });

  it("are refused beyond the count of lines and of observations", async () => {
    await expect(imported(postfixLines(), { limits: { maxLines: 3 } })).rejects.toMatchObject({
      code: "invalid_argument",
      path: "limits.maxLines",
    });
    await expect(imported(postfixLines(), { limits: { maxObservations: 2 } })).rejects.toMatchObject({
      code: "invalid_argument",
      path: "limits.maxObservations",
    });
  });

  it("hold no more connections open than the limit", async () => {
    const many = Array.from(
      { length: 50 },
      (_, at) => `Feb  3 09:00:00 mx1 postfix/smtpd[${at}]: connect from x[192.0.2.1]`,
    );
    const { observations } = await imported(many, { limits: { maxOpen: 5 } });
    expect(of(observations, "tcp")).toHaveLength(50);
  });

  it("are of the clients that were asked for; the others are counted", async () => {
    const others = dovecotLines({ rip: "198.51.100.7", user: "autre@exemple.mssante.fr", session: "zz" });
    const { observations, leftOut, clients } = await imported([...dovecotLines(), ...others], {
      clients: ["192.0.2.10"],
    });
    expect(JSON.stringify(observations)).not.toContain("autre@");
    expect(leftOut.otherClients).toBe(1);
    expect(clients).toHaveLength(2);
    // They count towards no limit either: a server has many.
    const many = Array.from({ length: 100 }, (_, at) =>
      dovecotLines({ rip: "198.51.100.7", session: `z${at}` }),
    ).flat();
    const small = { clients: ["192.0.2.10"], limits: { maxObservations: 10 } };
    expect((await imported([...many, ...dovecotLines()], small)).leftOut.otherClients).toBe(100);
  });

  it("take no time that grows with the square of a line", async () => {
    const long = "(auth failed, ".repeat(4_000);
    const started = performance.now();
    await imported([
      `Feb 03 09:20:00 imap-login: Info: Disconnected: ${long}`,
      `Feb  3 09:20:00 mx1 postfix/smtpd[1]: x[192.0.2.1]: Trusted: subject_CN=${", issuer=".repeat(5_000)}`,
      `Feb  3 09:20:00 mx1 postfix/smtpd[1]: warning: x[192.0.2.1]: SASL PLAIN authentication failed${", sasl_username=".repeat(4_000)}`,
      `Feb  3 09:20:00 mx1 postfix/smtpd[1]: connect from ${"[1".repeat(30_000)}`,
      `${"a(".repeat(30_000)}: `,
    ]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("make the same observations each time, in the order of time", async () => {
    const logs = () => [logOf([...postfixLines({ dialogue: true }), ...dovecotLines()])];
    const [one, other] = [await importServerLogs(logs()), await importServerLogs(logs())];
    expect(one).toEqual(other);
    const times = one.observations.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    expect(times.every((time) => time < UNTIL.toISOString())).toBe(true);
  });
});
