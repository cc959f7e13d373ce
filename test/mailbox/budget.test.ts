import { afterEach, describe, expect, it } from "vitest";
import { type Connector, createConnector, createRuntime, type ImapBudget } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { systemClock } from "../../src/seams/index.js";
import { type BudgetHolder, ConnectionBudget } from "../../src/transport/imap/index.js";
import { COLLEAGUE, configOf, DOCTOR, LABO, QUICK } from "../sending/kit.js";
import { CutProxy } from "../tools/cut-proxy.js";
import { Follower } from "./watch-kit.js";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  while (open.length > 0) await open.pop()?.[Symbol.asyncDispose]();
});

interface House {
  mock: MockMedimail;
  line: CutProxy;
  connectors: Connector[];
  /** Most connections that were open at a time. */
  most(): number;
}

/** Mailboxes of one operator and one process, with a budget. */
async function house(imap: ImapBudget, addresses: readonly string[]): Promise<House> {
  const mock = await startMockMedimail();
  const line = await new CutProxy(mock.imap.port).start();
  open.push({ [Symbol.asyncDispose]: () => mock.close() }, line);
  let most = 0;
  const looking = setInterval(() => {
    most = Math.max(most, line.open);
  }, 1);
  open.push({ [Symbol.asyncDispose]: async () => clearInterval(looking) });
  const runtime = createRuntime({ imap });
  const connectors: Connector[] = [];
  for (const address of addresses) {
    const config = await configOf(mock, address);
    const operator = config["operator"] as { imap: { host: string; port: number } };
    const connector = createConnector(
      { ...config, operator: { ...operator, imap: { ...operator.imap, port: line.port } } },
      { ...QUICK, delivery: "manual", runtime },
    );
    connectors.push(connector);
    open.push(connector);
  }
  return { mock, line, connectors, most: () => most };
}

const ALL = [DOCTOR, COLLEAGUE, LABO];
const rawMail = (subject: string) =>
  `From: a@b.fr\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@b.fr>\r\n\r\nx\r\n`;

describe("the connections that the mailboxes of a runtime share", () => {
  it("are no more than the budget, and each mailbox gets its turn", async () => {
    const { connectors, most } = await house({ maxConnections: 2 }, ALL);
    for (let round = 0; round < 3; round += 1)
      for (const { mailbox } of connectors) expect((await mailbox.folders()).length).toBeGreaterThan(1);
    await Promise.all(connectors.flatMap(({ mailbox }) => [mailbox.folders(), mailbox.list().toArray({ limit: 1 })]));
    // A closed one may still be on its way out while the next one comes.
    expect(most()).toBeLessThanOrEqual(3);
    expect(most()).toBeGreaterThan(1);
  });

  it("are not taken from a mailbox that works: a call ends with an error that can be tried again", async () => {
    const { mock, connectors } = await house({ maxConnections: 1, waitMs: 150 }, ALL.slice(0, 2));
    const [one, other] = connectors as [Connector, Connector];
    await one.mailbox.folders();
    mock.faults.add({ name: "slow", at: "imap-list", ms: 1_000 });
    const working = one.mailbox.folders();
    await expect(other.mailbox.folders()).rejects.toMatchObject({ code: "connections_exhausted", retryable: true });
    expect((await working).length).toBeGreaterThan(1);
    expect((await other.mailbox.folders()).length).toBeGreaterThan(1);
  });

  it("go from one watch to the next by turns, and no event is lost or told twice", async () => {
    const { mock, connectors } = await house({ maxConnections: 1, turnMs: 150, graceMs: 50 }, ALL);
    const followers = connectors.map((connector) => new Follower(connector));
    await Promise.all(followers.map((follower) => follower.until(() => follower.statuses.includes("watching"))));
    for (const subject of ["a", "b", "c"]) {
      for (const address of ALL) mock.mailbox(address).deliver(rawMail(subject));
      // A call comes before the watches.
      await connectors[0]?.mailbox.folders();
    }
    for (const follower of followers) {
      await follower.until(() => follower.events.length >= 3);
      expect(follower.events.map((event) => event.type === "new" && event.mail.subject)).toEqual(["a", "b", "c"]);
      await follower.stop();
    }
  }, 30_000);

  it("is a whole number", () => {
    expect(() => createRuntime({ imap: { maxConnections: 0 } })).toThrowError(/whole number/);
  });
});

describe("a budget of connections", () => {
  class Holder implements BudgetHolder {
    release: (() => void) | undefined;
    gone = false;
    constructor(
      public idle: number | undefined,
      readonly background = false,
    ) {}
    idleSince = () => this.idle;
    giveUp(): void {
      this.gone = true;
      this.release?.();
    }
  }
  const never = new AbortController().signal;
  const held = async (budget: ConnectionBudget, ...holders: Holder[]): Promise<void> => {
    for (const holder of holders) holder.release = await budget.acquire(holder, never);
  };

  it("closes the one that was idle for longest, never one that works, and a watch last", async () => {
    const budget = new ConnectionBudget({ most: 4, clock: systemClock });
    const now = Date.now();
    const [watch, short, long, working] = [
      new Holder(now - 9_000, true),
      new Holder(now - 10),
      new Holder(now - 1_000),
      new Holder(undefined),
    ];
    await held(budget, watch, short, long, working);
    await held(budget, new Holder(undefined));
    expect([watch, short, long, working].map(({ gone }) => gone)).toEqual([false, false, true, false]);
    await held(budget, new Holder(undefined));
    await held(budget, new Holder(undefined));
    expect([watch, short, working].map(({ gone }) => gone)).toEqual([true, true, false]);
    expect(budget.used).toBe(4);
  });

  it("gives back the place of who stops waiting", async () => {
    const budget = new ConnectionBudget({ most: 1, clock: systemClock });
    const working = new Holder(undefined);
    await held(budget, working);
    const stop = new AbortController();
    const waiting = budget.acquire(new Holder(undefined), stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "closed" });
    working.release?.();
    await held(budget, new Holder(undefined));
    expect(budget.used).toBe(1);
  });
});
