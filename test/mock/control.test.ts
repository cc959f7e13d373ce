import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { openApiDocument } from "../../src/mock/control/openapi.js";
import { FAULT_NAMES, type MockMedimail, type ScenarioDesk, startMockMedimail } from "../../src/mock/index.js";
import { openXdm } from "../../src/xdm/index.js";
import { ControlClient } from "./control-kit.js";
import { DUPONT, imapClient, LABO, MOREL, mail, PATIENT, SECRETARIAT, smtpClient, submit, xoauth2 } from "./kit.js";

type Json = Record<string, unknown>;
let mock: MockMedimail;
let control: ControlClient;
beforeAll(async () => {
  mock = await startMockMedimail({ control: true, psc: true });
  control = await ControlClient.of(mock);
});
beforeEach(() => mock.reset());
afterAll(async () => {
  await mock.close();
  expect(mock.problems).toEqual([]);
});

const box = (address: string) => ({ path: { address } });

/** A mail that the mock has accepted from the laboratory, with a receipt asked. */
async function sent(id: string, to = DUPONT): Promise<void> {
  const headers = [`Disposition-Notification-To: <${LABO}>`];
  expect(await submit(await smtpClient(mock, LABO), id, { to, headers })).toMatch(/^250/);
}

describe("the OpenAPI document", () => {
  it("is valid OpenAPI 3.1, as another's validator has it", async () => {
    const result = await new Validator().validate(structuredClone(openApiDocument()));
    expect(result).toMatchObject({ valid: true });
  });

  it("is the one in docs/: node test/tools/generate-openapi.mjs", () => {
    const committed = readFileSync(join(import.meta.dirname, "../../docs/mock-openapi.json"), "utf8");
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  it("is served as it is, and every reference in it leads somewhere", () => {
    expect(control.document).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
    for (const [, name = ""] of JSON.stringify(control.document).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(control.document.components.schemas[name], name).toBeDefined();
  });
});

describe("mailboxes and credentials", () => {
  it("are listed, made, and opened with what is given", async () => {
    expect(await control.call<Json[]>("listMailboxes")).toHaveLength(5);
    await control.call("createMailbox", { body: { address: "Neuf@ch-exemple.mssante.fr", type: "ORG" } });
    const { folders } = await control.call("getMailbox", box("neuf@ch-exemple.mssante.fr"));
    expect((folders as Json[]).map(({ name }) => name)).toEqual(["INBOX", "Sent", "Drafts", "Trash", "Junk"]);
    const { username, token } = await control.call("getCredentials", box("neuf@ch-exemple.mssante.fr"));
    const client = await imapClient(mock);
    expect(await client.imap(`AUTHENTICATE XOAUTH2 ${xoauth2(String(username), String(token))}`)).toContain("OK");
    expect(await control.call("getCredentials", box(LABO))).toMatchObject({ method: "certificate" });
    expect(await control.call("disconnect", { ...box("neuf@ch-exemple.mssante.fr"), body: {} })).toEqual({
      sessions: 1,
    });
  });

  it("are refused where they cannot be", async () => {
    const body = { address: DUPONT, type: "PER" };
    expect(await control.refused("createMailbox", { body })).toMatchObject({ status: 409, code: "conflict" });
    expect(await control.refused("createMailbox", { body: { ...body, address: "../x" } })).toMatchObject({
      status: 400,
    });
    expect(await control.refused("createMailbox", { body: { ...body, colour: "red" } })).toMatchObject({ status: 400 });
    expect(await control.refused("getMailbox", box("personne@x.fr"))).toMatchObject({ status: 404 });
  });

  it("have tokens that are issued with a life, expired and revoked", async () => {
    const { token } = await control.call("issueToken", { ...box(SECRETARIAT), body: { lifeMs: 60_000 } });
    expect(await control.call<Json[]>("listTokens", box(SECRETARIAT))).toHaveLength(2);
    expect(await control.call<Json[]>("expireTokens", { ...box(SECRETARIAT), body: { token } })).toHaveLength(1);
    await control.call("revokeTokens", { ...box(SECRETARIAT), body: {} });
    expect(await control.call<Json[]>("listTokens", box(SECRETARIAT))).toEqual([]);
    expect(await control.refused("issueToken", { ...box(LABO), body: {} })).toMatchObject({ status: 400 });
  });
});

describe("messages", () => {
  it("are put in, listed, read, flagged and deleted", async () => {
    const placed = await control.call("injectMail", { ...box(DUPONT), query: { from: LABO }, mail: mail("a@t.fr") });
    await control.call("injectMail", { ...box(DUPONT), query: { from: LABO }, mail: mail("b@t.fr") });
    const list = await control.call<Json[]>("listMessages", box(DUPONT));
    expect(list.map(({ messageId }) => messageId)).toEqual(["b@t.fr", "a@t.fr"]);
    const path = { address: DUPONT, uid: Number(placed["uid"]) };
    expect(await control.call("getMessage", { path })).toMatchObject({ subject: "Essai", text: "Bonjour\r\n" });
    expect((await control.file("getRawMessage", { path })).bytes.toString()).toContain(mail("a@t.fr"));
    const flagged = await control.call("changeFlags", { path, body: { add: ["\\Seen", "$Junk"], remove: ["$Junk"] } });
    expect(flagged["flags"]).toEqual(["\\Seen"]);
    await control.call("deleteMessage", { path });
    expect(await control.refused("getMessage", { path })).toMatchObject({ status: 404, path: "uid" });
    const more = await control.call<Json[]>("listMessages", { ...box(DUPONT), query: { beforeUid: 2 } });
    expect(more).toEqual([]);
    expect(await control.refused("listMessages", { ...box(DUPONT), query: { folder: "Rien" } })).toMatchObject({
      path: "folder",
    });
  });

  it("of documents are opened: the archive, the CDA byte for byte, and as a person reads it", async () => {
    const { uid } = await control.call("sendDocument", { ...box(DUPONT), body: {} });
    const path = { address: DUPONT, uid: Number(uid) };
    const { archive, parts } = await control.call<{ archive: Json; parts: Json[] }>("getMessage", { path });
    expect(archive).toMatchObject({ problems: [], documents: [{ index: 0, typeCode: "11502-2", action: "create" }] });
    const zip = await control.file("getPart", { path: { ...path, part: String(archive["part"]) } });
    const [document] = (await openXdm(zip.bytes)).documents;
    const bytes = (await control.file("getDocument", { path: { ...path, index: 0 } })).bytes;
    expect(bytes.equals(Buffer.from(document?.content ?? []))).toBe(true);
    expect(parts.map(({ type }) => type)).toContain("application/pdf");
    const page = await control.file("renderDocument", { path: { ...path, index: 0 }, query: { lang: "fr" } });
    expect(page.bytes.toString()).toContain("INVENTEE");
    expect(page.response.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
    expect(await control.refused("renderDocument", { path: { ...path, index: 9 } })).toMatchObject({ status: 404 });
  });
});

describe("what comes in", () => {
  it("is a document, one in its place, and one that takes it back", async () => {
    expect(await control.refused("sendDocument", { ...box(MOREL), body: { action: "delete" } })).toMatchObject({
      status: 409,
    });
    for (const action of ["create", "replace", "delete"])
      await control.call("sendDocument", { ...box(MOREL), body: { action } });
    const opened = await Promise.all(
      mock
        .mailbox(MOREL)
        .messages()
        .map(async ({ uid }) => {
          const zip = await control.file("getPart", { path: { address: MOREL, uid, part: "2" } });
          const { documents, problems } = await openXdm(zip.bytes);
          return {
            problems,
            action: documents[0]?.action,
            header: readCda(documents[0]?.content ?? Buffer.alloc(0)).header,
          };
        }),
    );
    expect(opened.flatMap(({ problems }) => problems)).toEqual([]);
    expect(opened.map(({ action }) => action)).toEqual(["create", "replace", "delete"]);
    const [first, second, third] = opened.map(({ header }) => header);
    expect(second).toMatchObject({ setId: first?.setId, versionNumber: 2 });
    expect(second?.relatedDocuments).toEqual([{ typeCode: "RPLC", id: first?.id }]);
    expect(third?.id).toBe(second?.id);
    const seen = mock.observations.filter(({ kind }) => kind === "delivered");
    expect(seen.map((one) => "what" in one && one.what)).toEqual(["document", "replace", "delete"]);
  });

  it("speaks of a mail that was sent: DSN, MDN, MDN KO", async () => {
    expect(await control.refused("sendDsn", { ...box(LABO), body: {} })).toMatchObject({ status: 409 });
    await sent("a@t.fr");
    const kinds: unknown[] = [];
    for (const [id, body] of [
      ["sendDsn", { action: "failed", status: "5.1.1" }],
      ["sendMdn", { disposition: "displayed" }],
      ["sendKo", { code: "902", form: "new" }],
      ["sendKo", { code: "902", form: "mail" }],
    ] as const) {
      const { uid } = await control.call(id, { ...box(LABO), body });
      kinds.push((await control.call("getMessage", { path: { address: LABO, uid: Number(uid) } }))["kind"]);
    }
    expect(kinds).toEqual(["dsn", "mdn", "mdn", "ko"]);
  });

  it("is a MDN that nobody asked for only where one says so", async () => {
    expect(await submit(await smtpClient(mock, LABO), "a@t.fr")).toMatch(/^250/);
    expect(await control.refused("sendMdn", { ...box(LABO), body: {} })).toMatchObject({ status: 409 });
    await control.call("sendMdn", { ...box(LABO), body: { evenIfNotAsked: true } });
    expect(mock.mailbox(LABO).messages()).toHaveLength(1);
  });

  it("is the answer of a patient, in the thread of the mail that he was sent", async () => {
    await sent("p@t.fr", PATIENT);
    const { uid } = await control.call("sendPatientAnswer", { ...box(LABO), body: { text: "Reçu, merci." } });
    const answer = mock
      .mailbox(LABO)
      .messages()
      .find((one) => one.uid === uid);
    expect([answer?.header("in-reply-to"), answer?.header("from")]).toEqual(["<p@t.fr>", `<${PATIENT}>`]);
    expect(await control.call("getMessage", { path: { address: LABO, uid: Number(uid) } })).toMatchObject({
      subject: "Re: Essai",
      text: "Reçu, merci.",
    });
    const body = { from: "quelqu.un@medecin.mssante.fr" };
    expect(await control.refused("sendPatientAnswer", { ...box(LABO), body })).toMatchObject({ path: "from" });
  });
});

describe("mails that were accepted", () => {
  it("are listed, read byte for byte, and waited for", async () => {
    const waiting = control.call("waitForMail", { body: { to: MOREL } });
    await sent("m@t.fr", MOREL);
    const { id } = await waiting;
    expect(await control.call<Json[]>("listMails")).toHaveLength(1);
    expect(await control.call("getMail", { path: { id: Number(id) } })).toMatchObject({
      messageId: "m@t.fr",
      user: LABO,
    });
    const { bytes } = await control.file("getRawMail", { path: { id: Number(id) } });
    expect(bytes.equals(mock.mails[0]?.raw ?? Buffer.alloc(0))).toBe(true);
    expect(await control.refused("waitForMail", { body: { to: DUPONT, timeoutMs: 5 } })).toMatchObject({ status: 408 });
    expect(await control.refused("getMail", { path: { id: 99 } })).toMatchObject({ status: 404 });
  });

  it("are released where a fault has kept them back", async () => {
    await control.call("addFault", { body: { name: "delay" } });
    await sent("l@t.fr", MOREL);
    expect(await control.call("release")).toEqual({ released: 1 });
  });
});

describe("faults", () => {
  it("are named, each with what it does in two languages", async () => {
    const kinds = await control.call<{ name: string; description: { fr: string; en: string } }[]>("listFaultKinds");
    expect(kinds.map(({ name }) => name)).toEqual(FAULT_NAMES);
    for (const { name, description } of kinds) expect([name, description.fr !== description.en]).toEqual([name, true]);
  });

  it("strike as often as asked, are counted, and taken away", async () => {
    const { id } = await control.call("addFault", {
      body: { name: "reply", at: "rcpt", reply: 451, times: 2, for: DUPONT },
    });
    expect(await submit(await smtpClient(mock, LABO), "a@t.fr")).toMatch(/^451/);
    const [fault] = await control.call<Json[]>("listFaults");
    expect(fault).toEqual({ id, name: "reply", at: "rcpt", times: 2, for: DUPONT, struck: 1, spent: false });
    await control.call("removeFault", { path: { id: Number(id) } });
    expect(await control.refused("removeFault", { path: { id: Number(id) } })).toMatchObject({ status: 404 });
    await control.call("addFault", { body: { name: "bounce", times: "always" } });
    await control.call("clearFaults");
    expect(mock.faults.all).toEqual([]);
  });

  it("that cannot strike where one says are refused, and those that do not exist", async () => {
    expect(await control.refused("addFault", { body: { name: "bounce", at: "rcpt" } })).toMatchObject({ path: "at" });
    expect(await control.refused("addFault", { body: { name: "nonsense" } })).toMatchObject({ path: "body.name" });
  });
});

describe("observations", () => {
  it("are listed from a rank on, by kind, and waited for", async () => {
    await sent("a@t.fr");
    const { observations, next } = await control.call<{ observations: Json[]; next: number }>("listObservations", {
      query: { kind: "mail" },
    });
    expect(observations).toHaveLength(1);
    const later = await control.call<{ observations: Json[] }>("listObservations", { query: { since: next } });
    expect(later.observations.every(({ rank }) => Number(rank) > next)).toBe(true);
    const waiting = control.call("waitForObservation", { body: { match: { kind: "mail" }, since: mock.lastRank } });
    await sent("b@t.fr");
    expect(await waiting).toMatchObject({ kind: "mail" });
    const body = { match: { kind: "mail" }, since: mock.lastRank, timeoutMs: 5 };
    expect(await control.refused("waitForObservation", { body })).toMatchObject({ status: 408 });
  });

  it.each([
    ["application/jsonl", (text: string) => JSON.parse(text.split("\n")[0] ?? "")],
    ["text/event-stream", (text: string) => JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "")],
  ])("are told as they happen (%s), until the reader goes", async (accept, read) => {
    const stop = new AbortController();
    const options = { query: { kind: "client" }, headers: { accept }, signal: stop.signal };
    const response = await control.request("streamObservations", options);
    expect(response.headers.get("content-type")).toContain(accept);
    const reader = response.body?.getReader();
    await control.call("observeClient", { body: { what: "end", code: 3 } });
    const chunk = await reader?.read();
    const first = read(Buffer.from(chunk?.value ?? []).toString("utf8"));
    expect(first).toMatchObject({ rank: mock.lastRank, observation: { kind: "client", what: "end", code: 3 } });
    stop.abort();
    control.tried.add("streamObservations");
  });
});

describe("time and states", () => {
  it("is set, moved and stopped", async () => {
    const now = "2031-01-01T00:00:00.000Z";
    expect(await control.call("changeClock", { body: { now, frozen: true, advanceMs: 1000 } })).toEqual({
      now: "2031-01-01T00:00:01.000Z",
      frozen: true,
      pending: [],
    });
    expect(await control.call("getClock")).toMatchObject({ frozen: true });
    expect(await control.call("changeClock", { body: { frozen: false } })).toMatchObject({ frozen: false });
    expect(await control.refused("changeClock", { body: {} })).toMatchObject({ status: 400 });
    expect(await control.refused("changeClock", { body: { advanceMs: -1 } })).toMatchObject({ path: "body.advanceMs" });
  });

  it("are kept, taken up again, and forgotten; and everything can begin anew", async () => {
    mock.mailbox(DUPONT).deliver(mail("a@t.fr"));
    const { id } = await control.call("createSnapshot");
    mock.mailbox(DUPONT).deliver(mail("b@t.fr"));
    expect(await control.call<Json[]>("listSnapshots")).toHaveLength(1);
    await control.call("restoreSnapshot", { path: { id: String(id) } });
    expect(mock.mailbox(DUPONT).messages()).toHaveLength(1);
    await control.call("deleteSnapshot", { path: { id: String(id) } });
    expect(await control.refused("restoreSnapshot", { path: { id: String(id) } })).toMatchObject({ status: 404 });
    await control.call("reset");
    expect(mock.mailbox(DUPONT).messages()).toHaveLength(0);
  });

  it("and settings change while it runs", async () => {
    expect(await control.call("getStatus")).toMatchObject({ psc: true, problems: 0, smtp: mock.smtp });
    await control.call("tune", { body: { sizeLimit: 100_000, revocation: "up", autoReceipts: { read: true } } });
    expect(await (await smtpClient(mock, LABO)).smtp("EHLO x.fr")).toContain("SIZE 100000");
    await control.call("tune", { body: { sizeLimit: 25 * 1024 * 1024 } });
    expect(await control.call("getPsc")).toMatchObject({ card: "accept" });
    expect(await control.call("changePsc", { body: { card: "deny", endSessions: true } })).toMatchObject({
      card: "deny",
    });
  });
});

describe("scenarios", () => {
  it("are nobody's until somebody leads them", async () => {
    expect(await control.refused("listScenarios")).toMatchObject({ status: 404 });
  });

  it("are begun, followed and ended by whoever leads them, and judged", async () => {
    const done: string[] = [];
    let current: ScenarioDesk["current"];
    const step = { action: "send", text: "Envoyez", textEn: "Send" };
    const base = { title: "Envoi", titleEn: "Sending", requirements: ["ECO.2.1.1"], steps: [step], seconds: 60 };
    mock.scenarios = {
      scenarios: [
        { id: "envoi", ...base },
        { id: "autre", ...base },
      ],
      get current() {
        return current;
      },
      begin(id, options) {
        done.push(`begin ${id} ${options?.repetition}`);
        current = { id, since: mock.clock.now().toISOString() };
      },
      end(reason) {
        done.push(`end ${reason}`);
        current = undefined;
      },
      step(reached) {
        if (current) current = { ...current, step: reached };
      },
      results: () => [{ code: "ECO.2.1.1", title: "x", obligation: "M", verdict: "pass", evidence: [] }],
    };
    await control.call("beginScenario", { path: { id: "envoi" }, body: { repetition: 2 } });
    expect(await control.call("reachStep", { body: { step: 1 } })).toMatchObject({ current: { id: "envoi", step: 1 } });
    await control.call("beginScenario", { path: { id: "autre" }, body: {} });
    expect(await control.call("listScenarios")).toMatchObject({ current: { id: "autre" } });
    await control.call("endScenario", { body: { reason: "done" } });
    expect(done).toEqual(["begin envoi 2", "end stopped", "begin autre undefined", "end done"]);
    expect(await control.refused("reachStep", { body: { step: 1 } })).toMatchObject({ status: 409 });
    expect(await control.refused("beginScenario", { path: { id: "x" }, body: {} })).toMatchObject({ status: 404 });
    expect(await control.call<Json[]>("listVerdicts")).toMatchObject([{ verdict: "pass" }]);
    mock.scenarios = undefined;
  });
});

describe("every operation", () => {
  it("was tried above, by a client that knows the document alone", () => {
    expect([...control.tried].sort()).toEqual([...control.ids].sort());
  });

  it("is refused without the token", async () => {
    const path = { address: DUPONT, uid: 1, id: 1, part: "1", index: 0 };
    for (const id of control.ids) {
      const response = await control.request(id, { path, headers: { authorization: "Bearer wrong" } });
      expect([id, response.status]).toEqual([id, 401]);
      await response.body?.cancel();
    }
  });
});
