import { ImapFlow } from "imapflow";
import { afterEach, describe, expect, it } from "vitest";
import type { MockMedimail, MockMedimailOptions } from "../../src/mock/index.js";
import { IMAP_EXTENSIONS, startMockMedimail } from "../../src/mock/index.js";
import { DUPONT, imapClient, mail, RawClient, started, xoauth2 } from "./kit.js";

let mock: MockMedimail;
const clients: RawClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await mock.close();
  expect(mock.problems).toEqual([]);
});

async function connected(options: MockMedimailOptions, mails = 0): Promise<RawClient> {
  mock = await started(options);
  for (let i = 1; i <= mails; i++) mock.mailbox(DUPONT).deliver(mail(`m${i}@t.fr`));
  const client = await imapClient(mock);
  clients.push(client);
  return client;
}

/** Without an initial response: what every server understands. */
async function login(client: RawClient): Promise<string> {
  await client.imap("AUTHENTICATE XOAUTH2");
  client.send(`${xoauth2(DUPONT, mock.token(DUPONT))}\r\n`);
  return client.imapAnswer();
}

const offered = async (client: RawClient) =>
  (/^\* CAPABILITY (.*)$/m.exec(await client.imap("CAPABILITY"))?.[1] ?? "").split(" ");

describe("a bare server: IMAP4rev1, STARTTLS, AUTHENTICATE", () => {
  it("announces nothing more", async () => {
    mock = await started({ imap: { bare: true } });
    const clear = await RawClient.connect(mock.imap.port);
    clients.push(clear);
    expect(await clear.line()).toContain("[CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS]");
    const client = await imapClient(mock);
    clients.push(client);
    expect(await offered(client)).toEqual([
      "IMAP4rev1",
      "LOGINDISABLED",
      "AUTH=XOAUTH2",
      "AUTH=EXTERNAL",
      "AUTH=PLAIN",
    ]);
    expect(await login(client)).toContain("A1 OK [CAPABILITY IMAP4rev1]");
  });

  it.each([
    "IDLE",
    "NAMESPACE",
    "ENABLE CONDSTORE",
    "ID NIL",
    "UID MOVE 1 Trash",
    "UID EXPUNGE 1",
    "UNSELECT",
    "GETQUOTAROOT INBOX",
    "SELECT INBOX (CONDSTORE)",
    "STATUS INBOX (HIGHESTMODSEQ)",
    "STATUS INBOX (SIZE)",
    "FETCH 1 (MODSEQ)",
    "FETCH 1 (FLAGS) (CHANGEDSINCE 1)",
    "STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)",
    "SEARCH MODSEQ 1",
    "SEARCH RETURN (COUNT) ALL",
    'LIST "" "*" RETURN (SPECIAL-USE)',
    'LIST (SUBSCRIBED) "" "*"',
    'LIST "" ("*" "%")',
    "APPEND INBOX {3+}",
    "NOTIFY NONE",
  ])("does not understand %s", async (command) => {
    const client = await connected({ imap: { bare: true } }, 1);
    await login(client);
    await client.imap("SELECT INBOX");
    expect(await client.imap(command)).toMatch(/^A1 BAD/m);
  });

  it("does not take an initial response", async () => {
    const client = await connected({ imap: { bare: true } });
    expect(await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(DUPONT, mock.token(DUPONT))}`)).toMatch(/^A1 BAD/);
  });

  it("says neither the uses of folders nor the UIDs of copies", async () => {
    const client = await connected({ imap: { bare: true } }, 1);
    await login(client);
    expect(await client.imap('LIST "" "Sent"')).toBe('* LIST () "/" "Sent"\nA1 OK Done\n');
    const opened = await client.imap("SELECT INBOX");
    expect(opened).not.toMatch(/MODSEQ|CLOSED/);
    expect(await client.imap("UID COPY 1 Trash")).toBe("A1 OK Copied\n");
    const raw = mail("draft@t.fr");
    await client.imap(`APPEND Drafts {${raw.length}}`);
    client.send(`${raw}\r\n`);
    expect(await client.imapAnswer()).toBe("A1 OK Appended\n");
  });

  it("is enough for imapflow to read, move and delete", async () => {
    await connected({ imap: { bare: true } }, 3);
    const imap = new ImapFlow({
      host: "localhost",
      port: mock.imap.port,
      secure: false,
      doSTARTTLS: true,
      logger: false,
      auth: { user: DUPONT, accessToken: mock.token(DUPONT) },
      tls: { ca: mock.ca },
    });
    await imap.connect();
    await imap.mailboxOpen("INBOX");
    expect((await imap.fetchAll("1:*", { uid: true })).map(({ uid }) => uid)).toEqual([1, 2, 3]);
    await imap.messageMove("1", "Trash", { uid: true });
    await imap.messageDelete("2", { uid: true });
    await imap.logout();
    expect(
      mock
        .mailbox(DUPONT)
        .messages()
        .map(({ uid }) => uid),
    ).toEqual([3]);
    expect(
      mock
        .mailbox(DUPONT)
        .messages("Trash")
        .map(({ messageId }) => messageId),
    ).toEqual(["m1@t.fr"]);
  });
});

describe("without single capabilities", () => {
  it.each(IMAP_EXTENSIONS)("%s is not announced", async (name) => {
    const client = await connected({ imap: { without: [name] } });
    await login(client);
    const list = (await offered(client)).map((word) => word.replace(/^APPENDLIMIT=.*/, "APPENDLIMIT"));
    expect(list).not.toContain(name);
    const others = IMAP_EXTENSIONS.filter((other) => !list.includes(other));
    const goesWith: Partial<Record<string, string[]>> = {
      CONDSTORE: ["CONDSTORE", "QRESYNC"],
      ENABLE: ["ENABLE", "QRESYNC"],
      "LIST-EXTENDED": ["LIST-EXTENDED", "LIST-STATUS"],
    };
    expect(others).toEqual(goesWith[name] ?? [name]);
  });

  it("a mechanism: neither announced nor accepted", async () => {
    const client = await connected({ imap: { without: ["AUTH=XOAUTH2"] } });
    expect(await offered(client)).not.toContain("AUTH=XOAUTH2");
    expect(await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(DUPONT, mock.token(DUPONT))}`)).toMatch(
      /^A1 NO \[CANNOT\]/,
    );
  });

  it("CONDSTORE but not QRESYNC", async () => {
    const client = await connected({ imap: { without: ["QRESYNC"] } });
    await login(client);
    expect(await client.imap("ENABLE QRESYNC CONDSTORE")).toContain("* ENABLED CONDSTORE\n");
    expect(await client.imap("SELECT INBOX (QRESYNC (1 1))")).toMatch(/^A1 BAD/m);
  });

  it("refuses a capability that the mock does not have", async () => {
    mock = await started();
    await expect(async () => startMockMedimail({ imap: { without: ["SORT" as "IDLE"] } })).rejects.toMatchObject({
      code: "invalid_argument",
      path: "imap.without",
    });
  });
});

describe("namespaces and folders", () => {
  const COURIER = { imap: { namespace: { prefix: "INBOX.", delimiter: "." } } };

  it("every folder below INBOX, as some servers have it", async () => {
    const client = await connected(COURIER, 1);
    await login(client);
    expect(await client.imap("NAMESPACE")).toContain('* NAMESPACE (("INBOX." ".")) NIL NIL');
    const listed = await client.imap('LIST "" "*"');
    expect(listed).toContain('* LIST (\\HasChildren) "." "INBOX"');
    expect(listed).toContain('* LIST (\\HasNoChildren \\Sent) "." "INBOX.Sent"');
    expect(await client.imap('LIST "" "%"')).not.toContain("INBOX.Sent");
    expect(await client.imap("CREATE INBOX.Labo.2026")).toContain("A1 OK");
    expect(mock.mailbox(DUPONT).folder("Labo/2026")).toBeDefined();
    expect(await client.imap("CREATE Labo")).toContain("A1 NO [CANNOT]");
    await client.imap("SELECT INBOX");
    expect(await client.imap("UID COPY 1 INBOX.Labo.2026")).toContain("COPYUID");
    expect(await client.imap("STATUS INBOX.Labo.2026 (MESSAGES)")).toContain('* STATUS "INBOX.Labo.2026" (MESSAGES 1)');
    expect(await client.imap("RENAME INBOX.Labo INBOX.Examens")).toContain("A1 OK");
    expect(await client.imap('LSUB "" "INBOX.Ex*"')).toContain('"INBOX.Examens.2026"');
  });

  it("folders of the operator's choice, with and without a use", async () => {
    mock = await started({
      mailboxes: [
        {
          address: DUPONT,
          type: "PER",
          folders: [{ name: "&AMk-l&AOk-ments envoy&AOk-s" }, { name: "Corbeille", specialUse: "\\Trash" }],
        },
      ],
    });
    const client = await imapClient(mock, DUPONT);
    clients.push(client);
    const listed = await client.imap('LIST "" "*"');
    expect(listed.match(/^\* LIST/gm)).toHaveLength(3);
    expect(listed).toContain('(\\HasNoChildren) "/" "&AMk-l&AOk-ments envoy&AOk-s"');
    expect(listed).toContain('(\\HasNoChildren \\Trash) "/" "Corbeille"');
  });
});

describe("QUOTA (RFC 9208)", () => {
  it("says what is used and refuses what does not fit", async () => {
    mock = await started({ mailboxes: [{ address: DUPONT, type: "PER", quota: 4096 }] });
    mock.mailbox(DUPONT).deliver(mail("a@t.fr", { body: "x".repeat(2000) }));
    const client = await imapClient(mock, DUPONT);
    clients.push(client);
    const answer = await client.imap("GETQUOTAROOT INBOX");
    expect(answer).toContain('* QUOTAROOT "INBOX" ""');
    expect(answer).toContain('* QUOTA "" (STORAGE 3 4)');
    await client.imap("SELECT INBOX");
    expect(await client.imap("UID COPY 1 Trash")).toMatch(/^A1 NO \[OVERQUOTA\]/m);
    const raw = mail("b@t.fr", { body: "x".repeat(3000) });
    expect(await client.imap(`APPEND Drafts {${raw.length}+}\r\n${raw}`)).toMatch(/^A1 NO \[OVERQUOTA\]/m);
    expect(await client.imap('SETQUOTA "" (STORAGE 9)')).toMatch(/^A1 NO/);
    expect(await client.imap("GETQUOTA nothing")).toMatch(/^A1 NO/);
  });
});

describe("LIST-EXTENDED and LIST-STATUS (RFC 5258, 5819)", () => {
  it("selects, gives the state of each, and refuses an option that is not known", async () => {
    const client = await connected({}, 2);
    await login(client);
    await client.imap("UNSUBSCRIBE Junk");
    const answer = await client.imap(
      'LIST (SUBSCRIBED) "" "*" RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN HIGHESTMODSEQ))',
    );
    expect(answer).not.toContain("Junk");
    expect(answer).toContain("\\Subscribed");
    expect(answer).toMatch(/\* STATUS "INBOX" \(MESSAGES 2 UNSEEN 2 HIGHESTMODSEQ 3\)/);
    expect(await client.imap('LIST (SPECIAL-USE) "" ("S*" "T%")')).toMatch(
      /^\* LIST \([^)]*\\Sent\) "\/" "Sent"\n\* LIST \([^)]*\\Trash\) "\/" "Trash"\nA1 OK/,
    );
    expect(await client.imap('LIST "" "*" RETURN (NONSENSE)')).toMatch(/^A1 BAD/);
    expect(await client.imap("STATUS INBOX (APPENDLIMIT SIZE DELETED)")).toMatch(
      /\(APPENDLIMIT \d+ SIZE \d+ DELETED 0\)/,
    );
  });
});
