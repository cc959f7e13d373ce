import { afterEach, describe, expect, it } from "vitest";
import { type Connector, createConnector } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, QUICK } from "../sending/kit.js";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function house(delivery: "auto" | "manual" = "auto"): Promise<{ mock: MockMedimail; connector: Connector }> {
  const mock = await startMockMedimail();
  open.push({ [Symbol.asyncDispose]: () => mock.close() });
  const connector = createConnector(await configOf(mock, DOCTOR), { ...QUICK, delivery });
  open.push(connector);
  return { mock, connector };
}

/** Commands of the IMAP sessions that are over, or not yet, by session. */
function sessions({ observations }: MockMedimail): string[][] {
  const each = new Map<string, string[]>();
  for (const seen of observations) {
    if (seen.kind !== "line" || seen.protocol !== "imap" || seen.from !== "client") continue;
    const said = each.get(seen.connection) ?? [];
    said.push(seen.line.replace(/^\S+ (?=[A-Z])/, ""));
    each.set(seen.connection, said);
  }
  return [...each.values()];
}

const said = (mock: MockMedimail, command: RegExp): Promise<void> =>
  expect
    .poll(
      () =>
        sessions(mock)
          .flat()
          .some((line) => command.test(line)),
      { interval: 5, timeout: 5_000 },
    )
    .toBe(true);

const lastOf = (mock: MockMedimail): (string | undefined)[] => sessions(mock).map((lines) => lines.at(-1));

async function timed(work: Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work;
  return performance.now() - since;
}

describe("a connector that is closed says LOGOUT (SC.SSI-IE.38)", () => {
  it("in the middle of a poll for receipts", async () => {
    const { mock, connector } = await house();
    mock.faults.add({ name: "slow", at: "imap-search", ms: 150 });
    await connector.ready();
    await said(mock, /^UID SEARCH/);
    await connector.close();
    expect(lastOf(mock)).toEqual(["LOGOUT"]);
  });

  it("where the session is just being opened, and is authenticated", async () => {
    const { mock, connector } = await house();
    mock.faults.add({ name: "slow", at: "imap-namespace", ms: 150 });
    await connector.ready();
    await said(mock, /^NAMESPACE/);
    await connector.close();
    expect(lastOf(mock)).toEqual(["LOGOUT"]);
  });

  it("while it listens to a folder, and tells the watch of no interruption", async () => {
    const { mock, connector } = await house("manual");
    const statuses: string[] = [];
    const watch = connector.mailbox.watch(["inbox"], { onStatus: ({ state }) => statuses.push(state) });
    const events = (async () => {
      for await (const { type } of watch) return type;
      return "the end";
    })();
    await said(mock, /^IDLE/);
    await connector.close();
    expect(lastOf(mock)).toEqual(["LOGOUT"]);
    expect(await events).toBe("the end");
    expect(statuses).not.toContain("interrupted");
  });

  it("on both sessions, of a watch and of a command under way", async () => {
    const { mock, connector } = await house("manual");
    const watch = connector.mailbox.watch(["inbox"]);
    const events = (async () => {
      for await (const _ of watch) return;
    })();
    await said(mock, /^IDLE/);
    mock.faults.add({ name: "slow", at: "imap-list", ms: 150 });
    const listing = expect(connector.mailbox.folders()).rejects.toMatchObject({ code: "closed" });
    await expect.poll(() => sessions(mock).length).toBe(2);
    await expect.poll(() => sessions(mock)[1]?.at(-1)).toMatch(/^LIST/);
    await connector.close();
    await Promise.all([listing, events]);
    expect(lastOf(mock)).toEqual(["LOGOUT", "LOGOUT"]);
  });

  it.each(["search", "logout"] as const)("in bounded time, where the server is silent at %s", async (at) => {
    const { mock, connector } = await house("manual");
    mock.faults.add({ name: "silence", at: `imap-${at}` });
    const poll = connector.receipts.poll().catch((error: { code: string }) => error.code);
    await said(mock, /^UID SEARCH/);
    if (at === "logout") await poll;
    // 2 s for the goodbye, and what a busy machine adds.
    expect(await timed(connector.close())).toBeLessThan(4_000);
    if (at === "search") expect(await poll).toBe("closed");
  });
});
