import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FaultName, FaultPoint, FaultScript, MockMedimail } from "../../src/mock/index.js";
import { FAULT_NAMES } from "../../src/mock/index.js";
import { factsOf } from "./imap-servers.js";
import { DUPONT, imapClient, MOREL, mail, RawClient, started, xoauth2 } from "./kit.js";

let mock: MockMedimail;
const clients: RawClient[] = [];

beforeEach(async () => {
  mock = await started();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  // A fault that was asked for and did not strike: the test has proved nothing.
  const pending = mock.faults.pending().map(({ name }) => name);
  await mock.close();
  expect(mock.problems).toEqual([]);
  expect(pending).toEqual([]);
});

async function selected(mails = 2, address = DUPONT): Promise<RawClient> {
  for (let i = 1; i <= mails; i++) mock.mailbox(address).deliver(mail(`m${i}@t.fr`));
  const client = await imapClient(mock, address);
  clients.push(client);
  await client.imap("SELECT INBOX");
  return client;
}

/** Nothing comes within this many ms. */
async function silent(client: RawClient, ms = 150): Promise<boolean> {
  let line: string | undefined | null = null;
  void client.line().then((value) => {
    line = value;
  });
  await new Promise((resolve) => setTimeout(resolve, ms));
  return line === null;
}

const trash = () => mock.mailbox(DUPONT).messages("Trash").length;
const inbox = () => mock.mailbox(DUPONT).messages();
const add = (name: FaultName, at?: FaultPoint, more: Partial<FaultScript> = {}) =>
  mock.faults.add({ name, ...(at === undefined ? {} : { at }), ...more });

describe("BYE", () => {
  it("bye: instead of an answer, nothing is done", async () => {
    const client = await selected();
    add("bye", "imap-store", { text: "[EXPIRED] The token has expired" });
    expect(await client.imap("STORE 1 +FLAGS (\\Flagged)")).toBe("* BYE [EXPIRED] The token has expired\nclosed");
    expect(inbox()[0]?.flags).toEqual([]);
  });

  it("bye-midway: after the first message of a FETCH", async () => {
    const client = await selected(3);
    add("bye-midway");
    const answer = await client.imap("UID FETCH 1:3 (FLAGS)");
    expect(answer).toMatch(/^\* 1 FETCH .*\n\* BYE .*\nclosed$/);
  });

  it("bye-midway: in place of the last line of another command, which is done", async () => {
    const client = await selected(1);
    add("bye-midway", "imap-move");
    const answer = await client.imap("UID MOVE 1 Trash");
    expect(answer).toMatch(/COPYUID/);
    expect(answer).toMatch(/\* BYE .*\nclosed$/);
    expect(answer).not.toContain("A1 OK");
    expect(trash()).toBe(1);
  });
});

describe("silence", () => {
  it.each(["imap-fetch", "imap-move", "imap-idle"] as const)(
    "silence at %s: nothing is done, nothing comes",
    async (at) => {
      const client = await selected(1);
      add("silence", at);
      client.send(
        { "imap-fetch": "A1 FETCH 1 BODY[]\r\n", "imap-move": "A1 UID MOVE 1 Trash\r\n", "imap-idle": "A1 IDLE\r\n" }[
          at
        ],
      );
      expect(await silent(client)).toBe(true);
      expect(inbox()).toHaveLength(1);
      expect(inbox()[0]?.flags).toEqual([]);
    },
  );

  it("silence at imap-greeting: the client waits for a word", async () => {
    mock.after("IMAP GREETING").silence();
    const client = await RawClient.connect(mock.imap.port);
    clients.push(client);
    expect(await silent(client)).toBe(true);
  });

  it("silent-idle: changes are not told, DONE is not answered", async () => {
    const client = await selected(1);
    add("silent-idle");
    expect(await client.imap("IDLE")).toBe("+ idling\n");
    mock.mailbox(DUPONT).deliver(mail("new@t.fr"));
    client.send("DONE\r\n");
    expect(await silent(client)).toBe(true);
  });

  it("silence-after-done: moved, and no answer comes", async () => {
    const client = await selected(1);
    add("silence-after-done");
    client.send("A1 UID MOVE 1 Trash\r\n");
    expect(await silent(client)).toBe(true);
    expect(trash()).toBe(1);
  });
});

describe("done, and not said", () => {
  it.each([
    ["imap-store", "UID STORE 1 +FLAGS (\\Flagged)", () => inbox()[0]?.has("\\Flagged")],
    ["imap-move", "UID MOVE 1 Trash", () => trash() === 1 && inbox().length === 1],
    ["imap-copy", "UID COPY 1 Trash", () => trash() === 1 && inbox().length === 2],
    ["imap-create", "CREATE Labo", () => mock.mailbox(DUPONT).folder("Labo") !== undefined],
  ] as const)("drop-after-done at %s: cut before a word of the answer", async (at, command, done) => {
    const client = await selected();
    add("drop-after-done", at);
    expect(await client.imap(command)).toBe("closed");
    expect(done()).toBe(true);
  });

  it("drop-after-done: an APPEND is stored, then cut", async () => {
    const client = await selected(0);
    const raw = mail("draft@t.fr");
    add("drop-after-done");
    expect(await client.imap(`APPEND Drafts {${raw.length}+}\r\n${raw}`)).toBe("closed");
    expect(
      mock
        .mailbox(DUPONT)
        .messages("Drafts")
        .map(({ messageId }) => messageId),
    ).toEqual(["draft@t.fr"]);
  });

  it("no-after-done: a MOVE is done and answered NO, its removals come with the next command", async () => {
    const client = await selected();
    add("no-after-done");
    expect(await client.imap("UID MOVE 1 Trash")).toBe("A1 NO [SERVERBUG] Not done\n");
    expect(trash()).toBe(1);
    expect(factsOf(await client.imap("NOOP")).expunged).toEqual([1]);
  });

  it("slow-after-done: an APPEND is stored at once and answered later", async () => {
    const client = await selected(0);
    const raw = mail("draft@t.fr");
    add("slow-after-done", undefined, { ms: 300 });
    const began = performance.now();
    client.send(`A1 APPEND Drafts {${raw.length}+}\r\n${raw}\r\n`);
    await mock.waitFor((o) => o.kind === "fault" && o.name === "slow-after-done");
    expect(mock.mailbox(DUPONT).messages("Drafts")).toHaveLength(1);
    expect(await client.imapAnswer()).toMatch(/APPENDUID/);
    expect(performance.now() - began).toBeGreaterThan(290);
  });

  it("strikes only what was done: a command that fails is answered as ever", async () => {
    const client = await selected(1);
    const fault = add("drop-after-done", "imap-copy");
    expect(await client.imap("UID COPY 1 Nowhere")).toContain("NO [TRYCREATE]");
    expect(fault.struck).toBe(0);
    expect(await client.imap("UID COPY 1 Trash")).toBe("closed");
  });
});

describe("literals", () => {
  it("slow-literal: in pieces, whole in the end", async () => {
    const body = "x".repeat(5000);
    mock.mailbox(DUPONT).deliver(mail("big@t.fr", { body }));
    const client = await selected(0);
    add("slow-literal", undefined, { bytes: 1000, ms: 40 });
    const began = performance.now();
    expect(await client.imap("FETCH 1 BODY.PEEK[TEXT]")).toContain(body);
    expect(performance.now() - began).toBeGreaterThan(190);
  });

  it("drop-in-literal: so many bytes, then the end", async () => {
    const client = await selected(1);
    add("drop-in-literal", undefined, { bytes: 20 });
    const answer = await client.imap("FETCH 1 BODY.PEEK[]");
    expect(answer).toContain(`{${mail("m1@t.fr").length}}\n${mail("m1@t.fr").slice(0, 20)}closed`);
  });
});

describe("what the server says of the folder", () => {
  it.each(["imap-select", "imap-examine"] as const)("wrong-exists at %s", async (at) => {
    const client = await selected(2);
    add("wrong-exists", at, { count: 5 });
    expect(factsOf(await client.imap(at === "imap-select" ? "SELECT INBOX" : "EXAMINE INBOX")).exists).toBe(7);
    expect(await client.imap("FETCH 3 (FLAGS)")).toMatch(/^A1 BAD/);
  });

  it("wrong-exists at imap-status and imap-idle", async () => {
    const client = await selected(2);
    add("wrong-exists", "imap-status");
    expect(await client.imap("STATUS INBOX (MESSAGES)")).toContain("(MESSAGES 5)");
    add("wrong-exists", "imap-idle");
    await client.imap("IDLE");
    expect(await client.line()).toBe("* 5 EXISTS");
  });

  it("wrong-uidvalidity: said once, the folder keeps its own", async () => {
    const client = await selected(1);
    const own = mock.mailbox(DUPONT).folder("INBOX")?.uidValidity;
    add("wrong-uidvalidity");
    expect(Number(factsOf(await client.imap("SELECT INBOX")).codes["UIDVALIDITY"])).not.toBe(own);
    expect(Number(factsOf(await client.imap("SELECT INBOX")).codes["UIDVALIDITY"])).toBe(own);
  });

  it("new-uidvalidity: same mails, UIDs counted anew, for every session", async () => {
    const client = await selected(3);
    const other = await imapClient(mock, DUPONT);
    clients.push(other);
    await other.imap("SELECT INBOX");
    await client.imap("UID STORE 1 +FLAGS (\\Deleted)");
    await client.imap("EXPUNGE");
    const before = factsOf(await client.imap("SELECT INBOX")).codes["UIDVALIDITY"];
    add("new-uidvalidity");
    const after = factsOf(await client.imap("SELECT INBOX")).codes["UIDVALIDITY"];
    expect(Number(after)).toBeGreaterThan(Number(before));
    expect(factsOf(await client.imap("FETCH 1:2 (UID)")).fetched.map(({ uid }) => uid)).toEqual([1, 2]);
    expect(inbox().map(({ messageId }) => messageId)).toEqual(["m2@t.fr", "m3@t.fr"]);
    expect(await other.imap("NOOP")).toMatch(/^\* BYE .*\nclosed$/);
  });
});

describe("the session", () => {
  it("drop-after-commands: cut at the command that follows", async () => {
    add("drop-after-commands", undefined, { count: 2, for: DUPONT });
    const other = await selected(1, MOREL);
    const client = await selected(1);
    expect(await client.imap("NOOP")).toContain("A1 OK");
    expect(await client.imap("UID MOVE 1 Trash")).toBe("closed");
    expect(inbox()).toHaveLength(1);
    for (let i = 0; i < 3; i++) expect(await other.imap("NOOP")).toContain("A1 OK");
  });

  it("token-refused: also when a client that was known comes back", async () => {
    add("token-refused", "imap-auth", { skip: 1, times: 2 });
    await selected(1);
    for (const expected of ["NO [AUTHENTICATIONFAILED]", "NO [AUTHENTICATIONFAILED]", "OK "]) {
      const again = await imapClient(mock);
      clients.push(again);
      if (/^\+/.test(await again.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(DUPONT, mock.token(DUPONT))}`))) {
        again.send("\r\n");
        expect(await again.imapAnswer()).toContain(`A1 ${expected}`);
      } else expect(expected).toBe("OK ");
    }
  });

  it("disconnect: the sessions of one mailbox are cut, or told BYE", async () => {
    const [client, other] = [await selected(1), await selected(1, MOREL)];
    await client.imap("IDLE");
    expect(mock.disconnect(DUPONT)).toBe(1);
    expect(await client.line()).toBeUndefined();
    await other.imap("IDLE");
    expect(mock.disconnect(undefined, { bye: "Restarting" })).toBe(1);
    expect(await other.line()).toBe("* BYE Restarting");
    expect(await other.line()).toBeUndefined();
  });

  it("a folder deleted by another session ends those that have it open", async () => {
    const client = await selected(0);
    const other = await imapClient(mock, DUPONT);
    clients.push(other);
    await client.imap("CREATE Labo");
    await client.imap("SELECT Labo");
    await client.imap("IDLE");
    expect(await other.imap("DELETE Labo")).toContain("A1 OK");
    expect(await client.line()).toMatch(/^\* BYE/);
    expect(await client.line()).toBeUndefined();
  });
});

describe("an extension that is taken away", () => {
  it.each([
    ["no-idle", "IDLE", "IDLE"],
    ["no-move", "MOVE", "UID MOVE 1 Trash"],
    ["no-uidplus", "UIDPLUS", "UID EXPUNGE 1"],
    ["no-unselect", "UNSELECT", "UNSELECT"],
    ["no-namespace", "NAMESPACE", "NAMESPACE"],
    ["no-enable", "ENABLE", "ENABLE CONDSTORE"],
    ["no-id", "ID", "ID NIL"],
    ["no-condstore", "CONDSTORE", "SELECT INBOX (CONDSTORE)"],
    ["no-condstore", "QRESYNC", "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1)"],
  ] as const)("%s: neither offered nor understood, in one session", async (name, capability, command) => {
    add(name, undefined, {
      for: name === "no-enable" || name === "no-id" ? undefined : DUPONT,
    } as Partial<FaultScript>);
    const client = await selected(1);
    expect(await client.imap("CAPABILITY")).not.toMatch(new RegExp(` ${capability}( |$)`, "m"));
    expect(await client.imap(command)).toMatch(/^A1 BAD/m);
    const next = await imapClient(mock, DUPONT);
    clients.push(next);
    expect(await next.imap("CAPABILITY")).toContain(` ${capability}`);
  });
});

it("every fault is in docs/mock.md", async () => {
  const { readFile } = await import("node:fs/promises");
  const docs = await readFile(new URL("../../docs/mock.md", import.meta.url), "utf8");
  const named = FAULT_NAMES.filter((name) => !docs.includes(`\`${name}\``));
  expect(named).toEqual([]);
});
