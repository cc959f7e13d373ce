// By hand (`.ci/long chaos`): the line to the operator breaks at any byte, under a watch and under acts.
import { expect, it } from "vitest";
import { createConnector, isMedimailError } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { seededRandom } from "../../src/seams/index.js";
import { configOf, DOCTOR } from "../sending/kit.js";
import { BadLine } from "../tools/bad-line.js";
import { otherClient } from "./other-client.js";

const MAILS = Number(process.env["MEDIMAIL_CHAOS_MAILS"] ?? 150);
const SEEDS = (process.env["MEDIMAIL_CHAOS_SEEDS"] ?? "1,2,3,4").split(",").map(Number);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it.each(SEEDS)(
  "a watch over a line that breaks tells each mail once, and acts are done or not done (seed %i)",
  { timeout: 240_000 },
  async (seed) => {
    const random = seededRandom(seed);
    await using mock = await startMockMedimail();
    const config = (await configOf(mock, DOCTOR)) as { operator: { imap: { host: string; port: number } } };
    const line = new BadLine({ target: config.operator.imap.port, random, breaks: () => 0.02 });
    config.operator.imap.port = await line.start();
    await using connector = createConnector(config, { delivery: "manual" });
    const stop = new AbortController();
    const told = new Map<string, number>();
    const flagged = new Set<number>();
    let ready = () => {};
    const begun = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const watching = (async () => {
      const events = connector.mailbox.watch(["inbox"], {
        signal: stop.signal,
        pollMs: 500,
        onStatus: ({ state }) => void (state === "watching" && ready()),
      });
      for await (const event of events) {
        if (event.type === "new") told.set(event.mail.subject ?? "", (told.get(event.mail.subject ?? "") ?? 0) + 1);
        if (event.type === "new" && event.mail.flags.includes("\\Flagged")) flagged.add(event.mail.uid);
        if (event.type === "changed" && event.flags?.includes("\\Flagged")) flagged.add(event.uid);
      }
    })();
    await begun;
    const client = await otherClient(mock);
    const marked = new Set<number>();
    const acts = { done: 0, failed: 0 };
    for (let serial = 0; serial < MAILS; serial += 1) {
      await client.append(
        "INBOX",
        Buffer.from(`From: a@b.fr\r\nSubject: n-${serial}\r\nMessage-ID: <${seed}-${serial}@b.fr>\r\n\r\nx\r\n`),
      );
      await pause(random.fraction() * 30);
      if (serial % 5 !== 4) continue;
      try {
        const [mail] = await connector.mailbox.list().toArray({ limit: 1 });
        if (!mail) throw new Error("no mail");
        await connector.mailbox.flag([mail], { flagged: true });
        marked.add(mail.uid);
        acts.done += 1;
      } catch (error) {
        if (!isMedimailError(error)) throw error;
        acts.failed += 1;
      }
    }
    const deadline = Date.now() + 60_000;
    while (told.size < MAILS && Date.now() < deadline) await pause(100);
    while ([...marked].some((uid) => !flagged.has(uid)) && Date.now() < deadline) await pause(100);
    line.calm = true;
    stop.abort();
    await watching.catch((error: unknown) => {
      if (!isMedimailError(error) || error.code !== "aborted") throw error;
    });
    console.info(
      `seed ${seed}: ${line.breaks} breaks, ${told.size} of ${MAILS} told, acts ${JSON.stringify(acts)}, ${flagged.size} flagged`,
    );
    expect([...told].filter(([, count]) => count > 1)).toEqual([]);
    expect(told.size).toBe(MAILS);
    const lock = await client.getMailboxLock("INBOX");
    const uids = (await client.search({ flagged: true }, { uid: true })) || [];
    lock.release();
    expect([...marked].filter((uid) => !uids.includes(uid))).toEqual([]);
    expect([...marked].filter((uid) => !flagged.has(uid))).toEqual([]);
    await client.logout();
    line.stop();
  },
);
