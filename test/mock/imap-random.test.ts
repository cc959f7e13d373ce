import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Random } from "../../src/seams/random.js";
import { seededRandom } from "../../src/seams/random.js";
import type { TestServer } from "./imap-servers.js";
import { dovecotMissing, dovecotServer, mockServer } from "./imap-servers.js";
import { BelievingClient } from "./imap-view.js";
import type { RawClient } from "./kit.js";

const missing = dovecotMissing();
if (missing) console.info(`skipped: actions at random on Dovecot (${missing})`);

const FLAGS = ["\\Seen", "\\Flagged", "\\Answered", "$MDNSent"];

/** One action, often on a message that another session is removing at this moment. */
async function anything(client: BelievingClient, random: Random, id: string): Promise<void> {
  const number = 1 + Math.floor(random.fraction() * Math.max(1, client.count));
  const uid = client.messages[number - 1]?.uid ?? 1;
  const flag = FLAGS[Math.floor(random.fraction() * FLAGS.length)] as string;
  const sign = random.fraction() < 0.6 ? "+" : "-";
  // Few messages, so that both often mean the same.
  const choice = client.count > 9 ? 0.5 + random.fraction() / 8 : random.fraction();
  if (client.count < 5 || choice < 0.14) return client.append(`${id}@t.fr`);
  if (choice < 0.26) return client.storeSilently(number, sign, flag);
  if (choice < 0.4) return void (await client.act(`STORE ${number} ${sign}FLAGS (${flag})`));
  if (choice < 0.5) return void (await client.act(`UID STORE ${uid}:${uid + 2} ${sign}FLAGS (${flag} \\Draft)`));
  if (choice < 0.58) {
    await client.act(`UID STORE ${uid} +FLAGS (\\Deleted)`);
    return void (await client.act(random.fraction() < 0.5 ? `UID EXPUNGE ${uid}` : "EXPUNGE"));
  }
  if (choice < 0.64) return void (await client.act(`UID MOVE ${uid} Trash`));
  if (choice < 0.7) return void (await client.act(`UID COPY ${uid}:${uid + 1} INBOX`));
  if (choice < 0.8) return void (await client.act(`FETCH ${number} (FLAGS BODY[HEADER.FIELDS (SUBJECT)])`));
  if (choice < 0.86) return void (await client.act(`SEARCH NOT SEEN`));
  if (choice < 0.92) return client.idle(5);
  await client.act("NOOP");
}

describe.each([
  ["the mock", mockServer, false, 600],
  ["Dovecot", dovecotServer, missing !== undefined, 120],
] as const)("%s", (_, start, absent, actions) => {
  describe.skipIf(absent)("two sessions of one mailbox, actions at random at the same time", () => {
    let server: TestServer;
    const clients: RawClient[] = [];

    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      for (const client of clients) client.destroy();
      await server.close();
    });

    it.each([1, 2, 3])("seed %i: both know in the end what the server knows", { timeout: 60_000 }, async (seed) => {
      const connect = server.mailbox();
      const [a, b] = [await connect(), await connect()];
      clients.push(a, b);
      const plain = new BelievingClient(a, false);
      const quick = new BelievingClient(b, true);
      await plain.open();
      await quick.open();
      const run = async (client: BelievingClient, name: string) => {
        const random = seededRandom(seed * 1000 + name.charCodeAt(0));
        for (let i = 0; i < actions; i++) {
          await anything(client, random, `${name}${i}`);
          if (client === quick && i % 25 === 24) await client.reopen();
        }
      };
      await Promise.all([run(plain, "a"), run(quick, "b")]);
      await plain.act("NOOP");
      await quick.act("NOOP");
      const truth = await plain.truth();
      expect(truth.length).toBeGreaterThan(0);
      expect(plain.picture).toEqual(truth);
      expect(quick.picture).toEqual(truth);
      await quick.reopen();
      expect(quick.picture).toEqual(truth);
    });
  });
});
