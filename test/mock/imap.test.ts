import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MockMedimail } from "../../src/mock/index.js";
import { DUPONT, imapClient, LABO, MOREL, mail, RawClient, started, xoauth2 } from "./kit.js";

let mock: MockMedimail;

beforeEach(async () => {
  mock = await started({ sizeLimit: 100_000 });
});

afterEach(async () => {
  await mock.close();
  expect(mock.problems).toEqual([]);
});

const MULTIPART = [
  "From: =?UTF-8?Q?Ren=C3=A9?= Labo <labo@ch-exemple.mssante.fr>",
  "To: Martin Dupont <martin.dupont@medecin.mssante.fr>, (ami) claire@medecin.mssante.fr",
  "Subject: =?UTF-8?B?w6l0w6k=?= et suite",
  "Date: Tue, 06 Jan 2026 10:00:00 +0100",
  "Message-ID: <multi@test.fr>",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b1"',
  "",
  "preamble",
  "--b1",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Un r=C3=A9sultat",
  "--b1",
  'Content-Type: application/zip; name="IHE_XDM.ZIP"',
  "Content-Transfer-Encoding: base64",
  'Content-Disposition: attachment; filename="IHE_XDM.ZIP"',
  "",
  "UEsFBgAAAAA=",
  "--b1",
  "Content-Type: message/rfc822",
  "",
  "Subject: dedans",
  "Message-ID: <in@test.fr>",
  "",
  "le coeur",
  "--b1--",
  "",
].join("\r\n");

async function selected(...mails: string[]): Promise<RawClient> {
  for (const raw of mails) mock.mailbox(DUPONT).deliver(raw, { date: new Date("2026-01-06T12:00:00Z") });
  const client = await imapClient(mock, DUPONT);
  await client.imap("SELECT INBOX");
  return client;
}

describe("before TLS (ECO.1.0.2)", () => {
  it("offers STARTTLS, disables LOGIN, and takes no authentication", async () => {
    const client = await RawClient.connect(mock.imap.port);
    expect(await client.line()).toMatch(/^\* OK \[CAPABILITY .*LOGINDISABLED STARTTLS\]/);
    expect(await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(DUPONT, mock.token(DUPONT))}`)).toMatch(
      /^A1 NO \[PRIVACYREQUIRED\]/,
    );
    expect(await client.imap("LOGIN a b")).toMatch(/^A1 NO /);
    expect(await client.imap("SELECT INBOX")).toMatch(/^A1 BAD /);
    client.destroy();
  });

  it("ends a session whose client sends commands in clear after STARTTLS", async () => {
    const client = await RawClient.connect(mock.imap.port);
    await client.line();
    expect(await client.imap("STARTTLS\r\nA2 CAPABILITY")).toMatch(/^\* BYE /);
  });
});

describe("authentication", () => {
  it("accepts a token with and without initial response, and announces what follows", async () => {
    const one = await imapClient(mock);
    expect(await one.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(DUPONT, mock.token(DUPONT))}`)).toMatch(
      /^A1 OK \[CAPABILITY .*UIDPLUS MOVE/,
    );
    const two = await imapClient(mock);
    expect(await two.imap("AUTHENTICATE XOAUTH2")).toBe("+ \n");
    two.send(`${xoauth2(DUPONT, mock.token(DUPONT))}\r\n`);
    expect(await two.imapAnswer()).toMatch(/^A1 OK/);
    one.destroy();
    two.destroy();
  });

  it("shows the error of a refused token, waits for the empty line, then says NO", async () => {
    mock.revokeToken(DUPONT);
    const client = await imapClient(mock);
    expect(await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(DUPONT, "mock.old")}`)).toMatch(/^\+ eyJzdGF0dXMi/);
    client.send("\r\n");
    expect(await client.imapAnswer()).toMatch(/^A1 NO \[AUTHENTICATIONFAILED\]/);
    client.destroy();
  });

  it("accepts EXTERNAL with the certificate of an APP mailbox, and not without", async () => {
    const client = await imapClient(mock, LABO);
    expect(await client.imap("SELECT INBOX")).toContain("A1 OK");
    const bare = await imapClient(mock);
    expect(await bare.imap("AUTHENTICATE EXTERNAL =")).toMatch(/^A1 NO/);
    client.destroy();
    bare.destroy();
  });

  it("accepts PLAIN where the mailbox has a password, with its certificate where it has one", async () => {
    const app = "pdf@ch-exemple.mssante.fr";
    const per = "essai@medecin.mssante.fr";
    mock.addMailbox({
      address: app,
      type: "APP",
      auth: { method: "certificate", sasl: "plain", password: "motdepasse" },
    });
    mock.addMailbox({ address: per, type: "PER", auth: { method: "password", password: "motdepasse" } });
    const plain = (user: string) => Buffer.from(`\0${user}\0motdepasse`).toString("base64");
    const client = await imapClient(mock);
    expect(await client.imap(`AUTHENTICATE PLAIN ${plain(app)}`)).toMatch(/^A1 NO/);
    expect(await client.imap(`AUTHENTICATE PLAIN ${Buffer.from(`\0${per}\0faux`).toString("base64")}`)).toMatch(
      /^A1 NO/,
    );
    expect(await client.imap(`AUTHENTICATE PLAIN ${plain(per)}`)).toMatch(/^A1 OK/);
    const certified = await RawClient.connect(mock.imap.port);
    await certified.line();
    await certified.imap("STARTTLS");
    const { certificate, key } = await mock.certificate(app);
    await certified.secure({ ca: mock.ca, cert: certificate, key });
    expect(await certified.imap(`AUTHENTICATE PLAIN ${plain(app)}`)).toMatch(/^A1 OK/);
    client.destroy();
    certified.destroy();
  });

  it("writes no credential into the transcript", async () => {
    const client = await imapClient(mock);
    await client.imap("LOGIN martin secret-password");
    await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(DUPONT, mock.token(DUPONT))}`);
    const written = JSON.stringify(mock.observations);
    expect(written).toContain("A1 AUTHENTICATE XOAUTH2 [credential]");
    expect(written).not.toContain("secret-password");
    expect(written).not.toContain(xoauth2(DUPONT, mock.token(DUPONT)));
    client.destroy();
  });
});

describe("folders", () => {
  it("lists the folders with their uses", async () => {
    const client = await imapClient(mock, DUPONT);
    const answer = await client.imap('LIST "" "*" RETURN (SPECIAL-USE STATUS (MESSAGES))');
    for (const line of [
      '* LIST (\\HasNoChildren) "/" "INBOX"',
      '(\\HasNoChildren \\Sent) "/" "Sent"',
      "\\Trash",
      "\\Drafts",
      "\\Junk",
      '* STATUS "INBOX" (MESSAGES 0)',
    ])
      expect(answer).toContain(line);
    expect(await client.imap('LIST "" ""')).toContain('* LIST (\\Noselect) "/" ""');
    client.destroy();
  });

  it("creates, renames, unsubscribes and deletes; % stops at a level", async () => {
    const client = await imapClient(mock, DUPONT);
    expect(await client.imap('CREATE "Labo/2026"')).toContain("A1 OK");
    expect(await client.imap('LIST "" "%"')).toMatch(/\\HasChildren\) "\/" "Labo"/);
    expect(await client.imap('LIST "" "%"')).not.toContain("Labo/2026");
    expect(await client.imap("DELETE Labo")).toContain("A1 NO");
    expect(await client.imap("RENAME Labo Examens")).toContain("A1 OK");
    expect(await client.imap('LIST "" "Exa*"')).toContain('"Examens/2026"');
    await client.imap('UNSUBSCRIBE "Examens/2026"');
    expect(await client.imap('LSUB "" "*"')).not.toContain("Examens/2026");
    expect(await client.imap('DELETE "Examens/2026"')).toContain("A1 OK");
    expect(await client.imap("CREATE INBOX")).toContain("A1 NO");
    client.destroy();
  });

  it("gives the state of a folder without opening it", async () => {
    mock.mailbox(DUPONT).deliver(mail("a@t.fr"));
    const client = await imapClient(mock, DUPONT);
    expect(await client.imap("STATUS INBOX (MESSAGES UNSEEN UIDNEXT)")).toContain(
      '* STATUS "INBOX" (MESSAGES 1 UNSEEN 1 UIDNEXT 2)',
    );
    client.destroy();
  });
});

describe("FETCH", () => {
  it("gives the whole mail as it is and marks it as read; PEEK does not", async () => {
    const client = await selected(MULTIPART);
    expect(await client.imap("FETCH 1 BODY.PEEK[]")).toContain(`{${MULTIPART.length}}\n${MULTIPART}`);
    expect(mock.mailbox(DUPONT).messages()[0]?.flags).toEqual([]);
    expect(await client.imap("FETCH 1 BODY[]")).toContain("FLAGS (\\Seen)");
    expect(mock.mailbox(DUPONT).messages()[0]?.flags).toEqual(["\\Seen"]);
    client.destroy();
  });

  it("does not mark what is opened with EXAMINE", async () => {
    const client = await selected(MULTIPART);
    await client.imap("EXAMINE INBOX");
    await client.imap("FETCH 1 BODY[]");
    expect(mock.mailbox(DUPONT).messages()[0]?.flags).toEqual([]);
    expect(await client.imap("STORE 1 +FLAGS (\\Seen)")).toContain("A1 NO");
    client.destroy();
  });

  it.each([
    [
      "BODY.PEEK[HEADER.FIELDS (SUBJECT message-id)]",
      "Subject: =?UTF-8?B?w6l0w6k=?= et suite\r\nMessage-ID: <multi@test.fr>\r\n\r\n",
    ],
    ["BODY.PEEK[1]", "Un r=C3=A9sultat"],
    ["BODY.PEEK[2]", "UEsFBgAAAAA="],
    [
      "BODY.PEEK[2.MIME]",
      'Content-Type: application/zip; name="IHE_XDM.ZIP"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="IHE_XDM.ZIP"\r\n\r\n',
    ],
    ["BODY.PEEK[3.HEADER]", "Subject: dedans\r\nMessage-ID: <in@test.fr>\r\n\r\n"],
    ["BODY.PEEK[3.TEXT]", "le coeur"],
    ["BODY.PEEK[3.1]", "le coeur"],
    ["BODY.PEEK[]<0.5>", "From:"],
    ["BODY.PEEK[1]<3.100>", "r=C3=A9sultat"],
  ])("gives %s", async (item, expected) => {
    const client = await selected(MULTIPART);
    expect(await client.imap(`FETCH 1 ${item}`)).toContain(`{${expected.length}}\n${expected})`);
    client.destroy();
  });

  it("gives NIL for a part that is not there", async () => {
    const client = await selected(MULTIPART);
    expect(await client.imap("FETCH 1 BODY.PEEK[7]")).toContain("BODY[7] NIL");
    client.destroy();
  });

  it("gives ENVELOPE with words encoded as they are and addresses apart", async () => {
    const client = await selected(MULTIPART);
    expect(await client.imap("FETCH 1 ENVELOPE")).toContain(
      '("Tue, 06 Jan 2026 10:00:00 +0100" "=?UTF-8?B?w6l0w6k=?= et suite" (("=?UTF-8?Q?Ren=C3=A9?= Labo" NIL "labo" "ch-exemple.mssante.fr")) ',
    );
    expect(await client.imap("FETCH 1 ENVELOPE")).toContain(
      '(("Martin Dupont" NIL "martin.dupont" "medecin.mssante.fr")(NIL NIL "claire" "medecin.mssante.fr")) NIL NIL NIL "<multi@test.fr>")',
    );
    client.destroy();
  });

  it("gives BODYSTRUCTURE, the joined mail's included", async () => {
    const client = await selected(MULTIPART);
    const answer = await client.imap("FETCH 1 BODYSTRUCTURE");
    expect(answer).toContain('("text" "plain" ("charset" "utf-8") NIL NIL "quoted-printable" 16 0 NIL NIL NIL NIL)');
    expect(answer).toContain(
      '("application" "zip" ("name" "IHE_XDM.ZIP") NIL NIL "base64" 12 NIL ("attachment" ("filename" "IHE_XDM.ZIP")) NIL NIL)',
    );
    expect(answer).toContain('"dedans"');
    expect(answer).toMatch(/"mixed" \("boundary" "b1"\) NIL NIL NIL\)\)/);
    client.destroy();
  });

  it("gives UID, FLAGS, INTERNALDATE and RFC822.SIZE, by UID", async () => {
    const client = await selected(mail("a@t.fr"), MULTIPART);
    expect(await client.imap("UID FETCH 2:* (FLAGS INTERNALDATE RFC822.SIZE)")).toContain(
      `* 2 FETCH (UID 2 FLAGS () INTERNALDATE " 6-Jan-2026 12:00:00 +0000" RFC822.SIZE ${MULTIPART.length})`,
    );
    client.destroy();
  });
});

describe("changes", () => {
  it("stores flags and keywords, answers them, and tells the other session at its next command", async () => {
    const client = await selected(mail("a@t.fr"));
    const other = await imapClient(mock, DUPONT);
    await other.imap("SELECT INBOX");
    expect(await client.imap("STORE 1 +FLAGS (\\Flagged $MDNSent)")).toContain(
      "* 1 FETCH (FLAGS (\\Flagged $MDNSent))",
    );
    expect(await client.imap("STORE 1 -FLAGS.SILENT (\\Flagged)")).toBe("A1 OK Done\n");
    expect(await other.imap("NOOP")).toContain("FLAGS ($MDNSent)");
    client.destroy();
    other.destroy();
  });

  it("appends with a literal, with and without waiting, and says the new UID", async () => {
    const client = await imapClient(mock, DUPONT);
    const raw = mail("draft@t.fr");
    expect(await client.imap(`APPEND Drafts (\\Draft) "05-Jan-2026 10:00:00 +0100" {${raw.length}}`)).toMatch(/^\+/);
    client.send(`${raw}\r\n`);
    expect(await client.imapAnswer()).toMatch(/A1 OK \[APPENDUID \d+ 1\]/);
    expect(await client.imap(`APPEND Drafts {${raw.length}+}\r\n${raw}`)).toMatch(/A1 OK \[APPENDUID \d+ 2\]/);
    const [first, second] = mock.mailbox(DUPONT).messages("Drafts");
    expect(first?.raw.toString()).toBe(raw);
    expect(first?.internalDate.toISOString()).toBe("2026-01-05T09:00:00.000Z");
    expect(first?.flags).toEqual(["\\Draft"]);
    expect(second?.raw.toString()).toBe(raw);
    expect(await client.imap(`APPEND Nowhere {${raw.length}+}\r\n${raw}`)).toContain("NO [TRYCREATE]");
    client.destroy();
  });

  it("refuses a mail over the limit before it is sent", async () => {
    const client = await imapClient(mock, DUPONT);
    expect(await client.imap("APPEND Drafts {9000000}")).toContain("A1 NO [TOOBIG]");
    expect(await client.imap("NOOP")).toContain("A1 OK");
    client.destroy();
  });

  it("copies and moves with the new UIDs (RFC 4315, 6851)", async () => {
    const client = await selected(mail("a@t.fr"), mail("b@t.fr"));
    expect(await client.imap("UID COPY 1:2 Trash")).toMatch(/\[COPYUID \d+ 1,2 1,2\]/);
    const moved = await client.imap("UID MOVE 1 Junk");
    expect(moved).toMatch(/\* OK \[COPYUID \d+ 1 1\]/);
    expect(moved).toContain("* 1 EXPUNGE");
    expect(
      mock
        .mailbox(DUPONT)
        .messages()
        .map((m) => m.messageId),
    ).toEqual(["b@t.fr"]);
    expect(
      mock
        .mailbox(DUPONT)
        .messages("Junk")
        .map((m) => m.messageId),
    ).toEqual(["a@t.fr"]);
    client.destroy();
  });

  it("expunges what is deleted; UID EXPUNGE only what is named", async () => {
    const client = await selected(mail("a@t.fr"), mail("b@t.fr"), mail("c@t.fr"));
    await client.imap("STORE 1:2 +FLAGS.SILENT (\\Deleted)");
    expect(await client.imap("UID EXPUNGE 2")).toContain("* 2 EXPUNGE");
    expect(await client.imap("EXPUNGE")).toContain("* 1 EXPUNGE");
    expect(
      mock
        .mailbox(DUPONT)
        .messages()
        .map((m) => m.messageId),
    ).toEqual(["c@t.fr"]);
    client.destroy();
  });

  it("does not move sequence numbers under FETCH, STORE and SEARCH", async () => {
    const client = await selected(mail("a@t.fr"), mail("b@t.fr"));
    const other = await imapClient(mock, DUPONT);
    await other.imap("SELECT INBOX");
    await other.imap("STORE 1 +FLAGS.SILENT (\\Deleted)");
    await other.imap("EXPUNGE");
    expect(await client.imap("FETCH 2 (UID)")).not.toContain("EXPUNGE");
    expect(await client.imap("NOOP")).toContain("* 1 EXPUNGE");
    client.destroy();
    other.destroy();
  });

  it("tells an idling client of a new mail at once", async () => {
    const client = await selected();
    expect(await client.imap("IDLE")).toBe("+ idling\n");
    mock.mailbox(DUPONT).deliver(mail("new@t.fr"));
    expect(await client.line()).toBe("* 1 EXISTS");
    client.send("DONE\r\n");
    expect(await client.imapAnswer()).toContain("A1 OK");
    client.destroy();
  });

  it("CLOSE expunges, UNSELECT does not", async () => {
    const client = await selected(mail("a@t.fr"), mail("b@t.fr"));
    await client.imap("STORE 1 +FLAGS.SILENT (\\Deleted)");
    await client.imap("UNSELECT");
    expect(mock.mailbox(DUPONT).messages()).toHaveLength(2);
    await client.imap("SELECT INBOX");
    await client.imap("CLOSE");
    expect(mock.mailbox(DUPONT).messages()).toHaveLength(1);
    expect(await client.imap("FETCH 1 UID")).toContain("A1 BAD");
    client.destroy();
  });
});

describe("SEARCH", () => {
  it.each([
    ["ALL", "1 2"],
    ["UID 2", "2"],
    ["2", "2"],
    ["UNSEEN", "1 2"],
    ["SEEN", ""],
    ["KEYWORD $MDNSent", "1"],
    ['HEADER Message-ID "<multi@test.fr>"', "2"],
    ['HEADER X-MSS-NIL ""', "1"],
    ["SUBJECT essai", "1"],
    ["FROM labo NOT SUBJECT essai", "2"],
    ["OR SUBJECT essai SUBJECT suite", "1 2"],
    ["TO claire", "2"],
    ['BODY "le coeur"', "2"],
    ["TEXT bonjour", "1"],
    ["SINCE 6-Jan-2026", "1 2"],
    ["BEFORE 6-Jan-2026", ""],
    ["ON 6-Jan-2026", "1 2"],
    ["SENTBEFORE 6-Jan-2026", "1"],
    ["LARGER 400", "2"],
    ["SMALLER 400", "1"],
    ["(SUBJECT essai (UNSEEN))", "1"],
    ["CHARSET UTF-8 SUBJECT {5+}\r\n\u00e9t\u00e9", "2"],
    ["CHARSET UTF-8 BODY {10+}\r\nr\u00e9sultat ", ""],
    ["CHARSET UTF-8 BODY {9+}\r\nr\u00e9sultat", "2"],
  ])("%s", async (criteria, expected) => {
    const client = await selected(mail("a@t.fr", { headers: ["X-MSS-NIL: X1"] }), MULTIPART);
    mock.mailbox(DUPONT).messages()[0]?.setFlags("add", ["$MDNSent"]);
    const answer = await client.imap(`SEARCH ${criteria}`);
    expect(/^\* SEARCH ?(.*)$/m.exec(answer)?.[1]).toBe(expected);
    client.destroy();
  });

  it("refuses another charset with BADCHARSET and an unknown key with BAD", async () => {
    const client = await selected();
    expect(await client.imap("SEARCH CHARSET KOI8-R SUBJECT x")).toContain("NO [BADCHARSET");
    expect(await client.imap("SEARCH WHATEVER")).toContain("A1 BAD");
    client.destroy();
  });
});

describe("hostile clients", () => {
  it.each([
    ["a line without end", "x".repeat(200_000)],
    ["a huge literal that does not wait", "A1 ID {99999999+}\r\n"],
    ["only errors", "A1 NONSENSE\r\n".repeat(100)],
  ])("are sent away: %s", async (_, sent) => {
    const client = await RawClient.connect(mock.imap.port);
    client.send(sent);
    const lines: (string | undefined)[] = [];
    do lines.push(await client.line());
    while (lines.at(-1) !== undefined);
    expect(lines.at(-2)).toMatch(/^\* BYE /);
  });

  it.each([
    "FETCH 1 (",
    'LIST "" "',
    "FETCH 1 BODY[1.2.0]",
    "FETCH x UID",
    "STORE 1 +FLAGS (\\Recent)",
    `SEARCH ${"NOT ".repeat(200)}ALL`,
    `FETCH 1 ${"(".repeat(100)}`,
    "UID",
  ])("get BAD for %s and may go on", async (command) => {
    const client = await selected(mail("a@t.fr"));
    expect(await client.imap(command)).toMatch(/^A1 BAD/m);
    expect(await client.imap("NOOP")).toContain("A1 OK");
    client.destroy();
  });

  it("may go away in a literal, in IDLE and in a download", async () => {
    for (const command of ["APPEND INBOX {1000+}\r\nSubj", "IDLE", "FETCH 1 BODY[]"]) {
      const client = await selected(mail("big@t.fr", { body: "x".repeat(90_000) }));
      client.send(`A1 ${command}\r\n`);
      client.destroy();
    }
    const after = await imapClient(mock, MOREL);
    expect(await after.imap("SELECT INBOX")).toContain("A1 OK");
    after.destroy();
  });
});

describe("faults", () => {
  it.each([
    ["refuse", "A1 NO [NOPERM]"],
    ["defer", "A1 NO [UNAVAILABLE]"],
    ["drop", "closed"],
    ["garbage", "** this is not IMAP **"],
  ] as const)("%s at a command", async (name, answer) => {
    mock.faults.add({ name, at: "imap-select" });
    const client = await imapClient(mock, DUPONT);
    expect(await client.imap("SELECT INBOX")).toContain(answer);
    client.destroy();
  });

  it("strip-starttls: neither offered nor accepted", async () => {
    mock.faults.add({ name: "strip-starttls", at: "imap-capability" });
    const client = await RawClient.connect(mock.imap.port);
    expect(await client.line()).not.toContain("STARTTLS");
    expect(await client.imap("STARTTLS")).toMatch(/^A1 BAD/);
    client.destroy();
  });

  it("expired-certificate and inject-after-starttls at imap-starttls", async () => {
    mock.faults.add({ name: "expired-certificate", at: "imap-starttls" });
    mock.faults.add({ name: "inject-after-starttls", at: "imap-starttls" });
    const client = await RawClient.connect(mock.imap.port);
    await client.line();
    await client.imap("STARTTLS");
    expect(await client.line()).toContain("AUTH=PLAIN");
    await expect(client.secure({ ca: mock.ca })).rejects.toMatchObject({ code: "CERT_HAS_EXPIRED" });
    client.destroy();
  });

  it("token-refused and a greeting that is BYE", async () => {
    mock.faults.add({ name: "token-refused", at: "imap-auth" });
    const client = await imapClient(mock);
    expect(await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(DUPONT, mock.token(DUPONT))}`)).toMatch(/^\+ /);
    client.send("\r\n");
    expect(await client.imapAnswer()).toContain("NO [AUTHENTICATIONFAILED]");
    mock.faults.add({ name: "refuse", at: "imap-greeting" });
    const next = await RawClient.connect(mock.imap.port);
    expect(await next.line()).toMatch(/^\* BYE/);
    client.destroy();
  });
});
