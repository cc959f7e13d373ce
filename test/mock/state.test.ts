import { describe, expect, it } from "vitest";
import { startMockMedimail } from "../../src/mock/index.js";
import { DUPONT, imapClient, LABO, MOREL, mail, SECRETARIAT, smtpClient, submit } from "./kit.js";

describe("a snapshot", () => {
  it("brings back mailboxes, mails, tokens, faults with their counts, and the clock", async () => {
    await using mock = await startMockMedimail();
    mock.mailbox(DUPONT).deliver(mail("kept@t.fr"));
    const fault = mock.after("RCPT").reply(451).times(2).fault;
    const client = await smtpClient(mock, LABO);
    expect(await submit(client, "0@t.fr")).toMatch(/^451/);
    mock.clock.freeze(new Date("2030-01-01T00:00:00Z"));
    const token = mock.token(SECRETARIAT);
    const before = mock.snapshot();

    await client.smtp("RSET");
    expect(await submit(client, "0@t.fr")).toMatch(/^451/);
    await client.smtp("RSET");
    expect(await submit(client, "1@t.fr")).toMatch(/^250/);
    mock.mailbox(DUPONT).folder("INBOX")?.remove(mock.mailbox(DUPONT).messages().slice(0, 1));
    mock.mailbox(DUPONT).create("Patients");
    mock.addMailbox({ address: "neuf@ch-exemple.mssante.fr", type: "ORG" });
    mock.revokeToken(SECRETARIAT);
    mock.faults.clear();
    mock.clock.advance(1000);
    mock.restore(before);

    expect(
      mock
        .mailbox(DUPONT)
        .messages()
        .map(({ messageId }) => messageId),
    ).toEqual(["kept@t.fr"]);
    expect(mock.mailbox(DUPONT).folder("Patients")).toBeUndefined();
    expect(() => mock.mailbox("neuf@ch-exemple.mssante.fr")).toThrow();
    expect(mock.token(SECRETARIAT)).toBe(token);
    expect([mock.faults.all, fault.struck]).toEqual([[fault], 1]);
    expect(mock.clock.now().toISOString()).toBe("2030-01-01T00:00:00.000Z");
    expect(mock.mails).toEqual([]);
    expect(mock.observations.some((seen) => seen.kind === "mail")).toBe(false);
    expect(mock.problems).toEqual([]);
  });

  it("can be taken up as often as one likes, and `reset` is that of the start", async () => {
    await using mock = await startMockMedimail();
    mock.mailbox(DUPONT).deliver(mail("a@t.fr"));
    const one = mock.snapshot();
    for (let turn = 0; turn < 3; turn += 1) {
      mock.mailbox(DUPONT).deliver(mail(`b${turn}@t.fr`));
      mock.restore(one);
      expect(
        mock
          .mailbox(DUPONT)
          .messages()
          .map(({ messageId }) => messageId),
      ).toEqual(["a@t.fr"]);
    }
    mock.reset();
    expect(mock.mailbox(DUPONT).messages()).toEqual([]);
  });

  it("gives a folder that has changed another UIDVALIDITY, and leaves one that has not (RFC 3501 2.3.1.1)", async () => {
    await using mock = await startMockMedimail();
    const uids = (folder: string) => mock.mailbox(DUPONT).folder(folder)?.uidValidity ?? 0;
    mock.mailbox(DUPONT).deliver(mail("a@t.fr"));
    mock.mailbox(DUPONT).deliver(mail("b@t.fr"));
    mock.mailbox(DUPONT).folder("INBOX")?.remove(mock.mailbox(DUPONT).messages().slice(0, 1));
    const before = mock.snapshot();
    const [inbox, sent] = [uids("INBOX"), uids("Sent")];
    mock.restore(before);
    expect([uids("INBOX"), uids("Sent")]).toEqual([inbox, sent]);
    mock.mailbox(DUPONT).messages()[0]?.setFlags("add", ["\\Seen"]);
    mock.restore(before);
    expect(uids("INBOX")).toBeGreaterThan(inbox);
    expect(uids("Sent")).toBe(sent);
    expect(
      mock
        .mailbox(DUPONT)
        .messages()
        .map(({ uid, flags }) => [uid, flags]),
    ).toEqual([[2, []]]);
    expect(mock.mailbox(DUPONT).folder("INBOX")?.uidNext).toBe(3);
  });

  it("sends away who has a folder open that has changed, with BYE", async () => {
    await using mock = await startMockMedimail();
    const before = mock.snapshot();
    const client = await imapClient(mock, DUPONT);
    await client.imap("SELECT INBOX");
    mock.mailbox(DUPONT).deliver(mail("a@t.fr"));
    mock.restore(before);
    expect(await client.imap("NOOP")).toContain("* BYE");
  });

  it("of another mock is refused", async () => {
    await using mock = await startMockMedimail();
    await using other = await startMockMedimail();
    expect(() => mock.restore(other.snapshot())).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });
});

describe("waiting", () => {
  it("for a state ends when a change brings it, without asking by the clock", async () => {
    await using mock = await startMockMedimail();
    let asked = 0;
    const two = mock.waitUntil(() => {
      asked += 1;
      return mock.mailbox(MOREL).messages().length === 2;
    });
    mock.mailbox(MOREL).deliver(mail("a@t.fr"));
    mock.mailbox(MOREL).deliver(mail("b@t.fr"));
    expect(await two).toBe(true);
    expect(asked).toBeLessThanOrEqual(3);
  });

  it("for a state gives what was found, tells the time that is over, and what the test's own function throws", async () => {
    await using mock = await startMockMedimail();
    expect(await mock.waitUntil(() => mock.mailbox(MOREL).label)).toBe("Dr_Claire_MOREL");
    await expect(mock.waitUntil(() => false, { timeoutMs: 5 })).rejects.toMatchObject({ code: "timeout" });
    await expect(mock.waitUntil(() => false, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "aborted",
    });
    const thrown = mock.waitUntil(() => {
      if (mock.mailbox(MOREL).messages().length > 0) throw new Error("of the test");
      return false;
    });
    mock.mailbox(MOREL).deliver(mail("a@t.fr"));
    await expect(thrown).rejects.toThrow("of the test");
  });

  it("for an observation takes some of its members", async () => {
    await using mock = await startMockMedimail();
    const refused = mock.waitFor({ kind: "mail", to: [MOREL] });
    await submit(await smtpClient(mock, LABO), "a@t.fr", { to: MOREL });
    expect(await refused).toMatchObject({ kind: "mail", from: LABO });
    await expect(mock.waitFor({ kind: "mail", to: [DUPONT] }, { timeoutMs: 5 })).rejects.toMatchObject({
      code: "timeout",
    });
  });

  it("for a state leaves no timer and no listener", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    await using mock = await startMockMedimail();
    const before = timers();
    await mock.waitUntil(() => true);
    await mock.waitUntil(() => false, { timeoutMs: 1 }).catch(() => {});
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

describe("a request that nothing answers (rule 17)", () => {
  const SECRET = "secret-1850578006048";

  it("makes the test fail at the end, named by method and path, never by query or body", async () => {
    const mock = await startMockMedimail();
    const { url } = (await mock.ready()).http;
    const body = new URLSearchParams({ ins: SECRET });
    expect((await fetch(`${url}/fhir/Rien?ins=${SECRET}`, { method: "POST", body })).status).toBe(404);
    const error = await mock.close().then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: "mock_http_unhandled", message: expect.stringContaining("POST /fhir/Rien") });
    expect(JSON.stringify(error) + String(error?.message) + String(error?.stack)).not.toContain(SECRET);
    await expect(fetch(url)).rejects.toThrow();
  });

  it("can be looked at in between, which forgets it; many are counted", async () => {
    await using mock = await startMockMedimail();
    const { url } = (await mock.ready()).http;
    for (let turn = 0; turn < 7; turn += 1) await fetch(`${url}/nulle-part`);
    expect(() => mock.assertNoUnhandledHttp()).toThrow(/and 2 more/);
    mock.assertNoUnhandledHttp();
  });

  it("is only a 404 where one asks for that", async () => {
    await using mock = await startMockMedimail({ unhandledHttp: "ignore" });
    expect((await fetch(`${(await mock.ready()).http.url}/x`)).status).toBe(404);
  });
});

describe("a fault as a sentence", () => {
  it("says where, what, how often, after how many and for whom, and can be taken back", async () => {
    await using mock = await startMockMedimail();
    const busy = mock.after("RCPT").reply(451, "4.3.0", "later").skip(1).times(2).for(DUPONT);
    const client = await smtpClient(mock, LABO);
    const answers: string[] = [];
    for (const to of [DUPONT, MOREL, DUPONT, DUPONT, DUPONT]) {
      await client.smtp("RSET");
      answers.push((await submit(client, "a@t.fr", { to })).slice(0, 3));
    }
    expect([answers, busy.struck]).toEqual([["250", "250", "451", "451", "250"], 2]);
    const always = mock.after("RCPT").refuse().always();
    expect(await submit(client, "b@t.fr")).toMatch(/^5/);
    always.remove();
    await client.smtp("RSET");
    expect(await submit(client, "c@t.fr")).toMatch(/^250/);
  });

  it("names any fault that can strike there, and refuses one that cannot, or a command that is none", async () => {
    await using mock = await startMockMedimail();
    const { fault } = mock.after("STARTTLS").strike("expired-certificate").once();
    expect([fault.name, fault.at, fault.script.times]).toEqual(["expired-certificate", "starttls", 1]);
    expect(mock.after("ACCEPTANCE").strike("delay", { ms: 1000 }).fault.at).toBe("after-dot");
    expect(mock.after("IMAP UID FETCH").bye("a demain").fault.at).toBe("imap-fetch");
    expect(mock.after("EHLO").garbage().fault.at).toBe("ehlo");
    for (const wrong of [
      () => mock.after("RCPT").strike("bounce"),
      () => mock.after("HELO"),
      () => mock.after("MAIL").bye(),
    ])
      expect(wrong).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });
});
