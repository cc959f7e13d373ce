import { afterEach, describe, expect, it } from "vitest";
import { type Connector, createConnector } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, QUICK } from "../sending/kit.js";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function house(): Promise<{ mock: MockMedimail; connector: Connector }> {
  const mock = await startMockMedimail();
  open.push({ [Symbol.asyncDispose]: () => mock.close() });
  mock.mailbox(DOCTOR).deliver("From: a@b.fr\r\nSubject: s\r\nMessage-ID: <s@b.fr>\r\n\r\nx\r\n");
  const connector = createConnector(await configOf(mock, DOCTOR), { ...QUICK, delivery: "manual" });
  open.push(connector);
  return { mock, connector };
}

const isAsked = (mock: MockMedimail, what: RegExp): boolean =>
  mock.observations.some((seen) => seen.kind === "line" && seen.from === "client" && what.test(seen.line));

describe("a mail that its writer gives up before it is stored", () => {
  it("is neither stored nor sent", async () => {
    const { connector } = await house();
    const signal = AbortSignal.abort();
    const mail = { to: ["martin.dupont@medecin.mssante.fr"], subject: "Avis", text: "Bonjour", signal };
    await expect(connector.mailbox.send(mail)).rejects.toMatchObject({ code: "aborted" });
    expect(await connector.outbox.list()).toEqual([]);
  });
});

describe("an act that its caller gives up while the server is at it", () => {
  it("is reported as the server leaves it, not as it was in the meantime", async () => {
    const { mock, connector } = await house();
    const [mail] = await connector.mailbox.list().toArray({ limit: 1 });
    mock.faults.add({ name: "slow", at: "imap-store", ms: 300 });
    const caller = new AbortController();
    const flagging = connector.mailbox.flag(mail as never, { seen: true, signal: caller.signal });
    await expect.poll(() => isAsked(mock, /UID STORE/), { interval: 5 }).toBe(true);
    caller.abort();
    const { mails } = await flagging;
    expect(mails.map(({ outcome }) => outcome)).toEqual(["done"]);
    expect(mock.mailbox(DOCTOR).messages()[0]?.flags).toContain("\\Seen");
  });
});
