import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestServer } from "./imap-servers.js";
import { dovecotMissing, dovecotServer, factsOf, mockServer } from "./imap-servers.js";
import type { RawClient } from "./kit.js";
import { mail } from "./kit.js";

const missing = dovecotMissing();
if (missing) console.info(`skipped: what the mock's IMAP does, put to Dovecot (${missing})`);

/** What the mock says of itself must also hold for a server that others have made. */
describe.each([
  ["the mock", mockServer, false],
  ["Dovecot", dovecotServer, missing !== undefined],
] as const)("%s", (_, start, absent) => {
  describe.skipIf(absent)("IMAP with CONDSTORE and QRESYNC", () => {
    let server: TestServer;
    const clients: RawClient[] = [];

    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      for (const client of clients) client.destroy();
      await server.close();
    });

    /** Two sessions of one mailbox with so many mails, INBOX open on the second. */
    async function two(mails: number, ...before: string[]): Promise<{ a: RawClient; b: RawClient; modseq: number }> {
      const connect = server.mailbox();
      const [a, b] = [await connect(), await connect()];
      clients.push(a, b);
      for (let i = 1; i <= mails; i++) await append(a, `m${i}@t.fr`);
      for (const command of before) expect(factsOf(await b.imap(command)).result).toBe("OK");
      await a.imap("SELECT INBOX");
      const { codes } = factsOf(await b.imap("SELECT INBOX"));
      return { a, b, modseq: Number(codes["HIGHESTMODSEQ"]) };
    }

    async function append(client: RawClient, id: string): Promise<void> {
      const raw = mail(id);
      const answer = await client.imap(`APPEND INBOX {${raw.length}+}\r\n${raw}`);
      expect(factsOf(answer).result).toBe("OK");
    }

    async function remove(client: RawClient, uid: string): Promise<void> {
      await client.imap(`UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`);
      expect(factsOf(await client.imap(`UID EXPUNGE ${uid}`)).result).toBe("OK");
    }

    const facts = async (client: RawClient, command: string) => factsOf(await client.imap(command));

    describe("mod-sequences (RFC 7162 §3.1)", () => {
      it("the folder's rises with each arrival, change and removal, and STATUS says the same", async () => {
        const { a, b } = await two(1);
        const highest = async () =>
          Number(/HIGHESTMODSEQ (\d+)/.exec(await b.imap("STATUS INBOX (HIGHESTMODSEQ)"))?.[1]);
        await b.imap("UNSELECT");
        const seen = [await highest()];
        await append(a, "m2@t.fr");
        seen.push(await highest());
        await a.imap("UID STORE 1 +FLAGS (\\Flagged)");
        seen.push(await highest());
        await remove(a, "2");
        seen.push(await highest());
        expect(seen).toEqual([...new Set(seen)].sort((x, y) => x - y));
        expect(Number((await facts(b, "SELECT INBOX (CONDSTORE)")).codes["HIGHESTMODSEQ"])).toBe(seen.at(-1));
      });

      it("CHANGEDSINCE gives what has changed since, with its MODSEQ", async () => {
        const { a, b, modseq } = await two(3, "ENABLE CONDSTORE");
        await a.imap("UID STORE 2 +FLAGS (\\Flagged)");
        const { fetched } = await facts(b, `UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${modseq})`);
        expect(new Set(fetched.map(({ sequence }) => sequence))).toEqual(new Set([2]));
        expect(fetched.at(-1)?.flags).toEqual(["\\Flagged"]);
        expect(fetched.at(-1)?.modseq).toBeGreaterThan(modseq);
      });

      it("SEARCH MODSEQ finds them and says the highest", async () => {
        const { a, b, modseq } = await two(3, "ENABLE CONDSTORE");
        await a.imap("UID STORE 1,3 +FLAGS (\\Flagged)");
        await b.imap("NOOP");
        expect(await b.imap(`UID SEARCH MODSEQ ${modseq + 1}`)).toMatch(/^\* SEARCH 1 3 \(MODSEQ \d+\)$/m);
        expect(await b.imap("UID SEARCH MODSEQ 99999999")).toMatch(/^\* SEARCH$/m);
      });

      it("a client that has used it is told the MODSEQ of changes made elsewhere; one that has not is not", async () => {
        const { a, b } = await two(2, "ENABLE CONDSTORE");
        await a.imap("UID STORE 1 +FLAGS (\\Seen)");
        expect((await facts(b, "NOOP")).fetched).toEqual([
          { sequence: 1, flags: ["\\Seen"], modseq: expect.any(Number) },
        ]);
        await b.imap("UID STORE 2 +FLAGS (\\Flagged)");
        expect((await facts(a, "NOOP")).fetched).toMatchObject([{ sequence: 2, flags: ["\\Flagged"] }]);
        expect((await facts(a, "FETCH 2 (FLAGS)")).fetched[0]?.modseq).toBeUndefined();
      });

      it("a silent STORE still tells the MODSEQ", async () => {
        const { b } = await two(1, "ENABLE CONDSTORE");
        const { fetched } = await facts(b, "STORE 1 +FLAGS.SILENT (\\Flagged)");
        expect(fetched).toEqual([{ sequence: 1, modseq: expect.any(Number) }]);
      });

      it("marking as read by FETCH tells FLAGS and MODSEQ", async () => {
        const { b } = await two(1, "ENABLE CONDSTORE");
        const answer = await b.imap("UID FETCH 1 (BODY[HEADER.FIELDS (SUBJECT)])");
        expect(answer).toMatch(/FLAGS \([^)]*\\Seen/);
        expect(answer).toMatch(/MODSEQ \(\d+\)/);
      });
    });

    describe("UNCHANGEDSINCE (§3.1.3)", () => {
      it("stores what has not changed and names the rest, by UID or by number as asked", async () => {
        const { a, b, modseq } = await two(3, "ENABLE CONDSTORE");
        await a.imap("UID STORE 2 +FLAGS (\\Flagged)");
        const answer = await facts(b, `UID STORE 1:3 (UNCHANGEDSINCE ${modseq}) +FLAGS.SILENT (\\Deleted)`);
        expect(answer.result).toBe("OK");
        expect(answer.codes["MODIFIED"]).toBe("2");
        const silent = answer.fetched.filter(({ modseq: own }) => own !== undefined).map(({ sequence }) => sequence);
        expect(silent).toEqual(expect.arrayContaining([1, 3]));
        await a.imap("NOOP");
        const { fetched } = await facts(a, "FETCH 1:3 (FLAGS)");
        expect(fetched.map(({ flags }) => flags)).toEqual([["\\Deleted"], ["\\Flagged"], ["\\Deleted"]]);
      });
    });

    describe("QRESYNC (§3.2)", () => {
      it("tells removals as VANISHED, with UIDs, from ENABLE on", async () => {
        const { a, b } = await two(5, "ENABLE QRESYNC");
        await remove(a, "2,4");
        const told = await facts(b, "NOOP");
        expect(told.vanished).toBe("2,4");
        expect(told.expunged).toEqual([]);
        const other = await facts(a, "NOOP");
        expect(other.vanished).toBeUndefined();
      });

      it("re-opens with what has changed since: removals of UIDs, then flags", async () => {
        const { a, b, modseq } = await two(6, "ENABLE QRESYNC");
        const validity = (await facts(b, "SELECT INBOX")).codes["UIDVALIDITY"];
        await b.imap("UNSELECT");
        await remove(a, "1:3,5");
        await a.imap("UID STORE 4 +FLAGS (\\Seen)");
        await append(a, "m7@t.fr");
        const answer = await b.imap(`SELECT INBOX (QRESYNC (${validity} ${modseq}))`);
        const told = factsOf(answer);
        expect(told.exists).toBe(3);
        expect(told.vanishedEarlier).toMatch(/^1:3,5$/);
        expect(told.fetched).toEqual([
          { sequence: 1, uid: 4, flags: ["\\Seen"], modseq: expect.any(Number) },
          { sequence: 3, uid: 7, flags: [], modseq: expect.any(Number) },
        ]);
        expect(answer.indexOf("VANISHED")).toBeLessThan(answer.indexOf("FETCH"));
        const some = await facts(b, `SELECT INBOX (QRESYNC (${validity} ${modseq} 1:2,6:7))`);
        expect(some.vanishedEarlier).toBe("1:2".replace(":", some.vanishedEarlier?.includes(",") ? "," : ":"));
        expect(some.fetched.map(({ uid }) => uid)).toEqual([7]);
      });

      it("tells nothing where the UIDVALIDITY is another", async () => {
        const { a, b, modseq } = await two(2, "ENABLE QRESYNC");
        await remove(a, "1");
        const told = await facts(b, `SELECT INBOX (QRESYNC (7 ${modseq}))`);
        expect(told).toMatchObject({ result: "OK", vanishedEarlier: undefined, fetched: [] });
      });

      it("VANISHED of UID FETCH gives removals before FETCH", async () => {
        const { a, b, modseq } = await two(4, "ENABLE QRESYNC");
        await remove(a, "1:2");
        await a.imap("UID STORE 3 +FLAGS (\\Flagged)");
        await b.imap("NOOP");
        const answer = await b.imap(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${modseq} VANISHED)`);
        expect(factsOf(answer).vanishedEarlier).toMatch(/^1[:,]2$/);
        expect(factsOf(answer).fetched.map(({ uid }) => uid)).toEqual([3]);
        expect(answer.indexOf("VANISHED")).toBeLessThan(answer.indexOf("FETCH"));
      });

      it.each(["FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)", "UID FETCH 1:* (FLAGS) (VANISHED)"])(
        "refuses %s",
        async (command) => {
          const { b } = await two(1, "ENABLE QRESYNC");
          expect((await facts(b, command)).result).toBe("BAD");
        },
      );

      it("is not to be had before it is enabled", async () => {
        const { b } = await two(1);
        expect((await facts(b, "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)")).result).toBe("BAD");
        expect((await facts(b, "SELECT INBOX (QRESYNC (1 1))")).result).toBe("BAD");
      });

      it("EXPUNGE and MOVE say the new HIGHESTMODSEQ", async () => {
        const { b, modseq } = await two(3, "ENABLE QRESYNC");
        await b.imap("UID STORE 1 +FLAGS.SILENT (\\Deleted)");
        const expunged = await facts(b, "EXPUNGE");
        expect(expunged.vanished).toBe("1");
        expect(Number(/^A1 OK \[HIGHESTMODSEQ (\d+)\]/.exec(expunged.tagged)?.[1])).toBeGreaterThan(modseq);
        const moved = await facts(b, "UID MOVE 2 Trash");
        expect(moved.vanished).toBe("2");
        expect(moved.codes["COPYUID"]).toMatch(/^\d+ 2 1$/);
        expect(moved.tagged).toMatch(/^A1 OK \[HIGHESTMODSEQ \d+\]/);
      });

      it("keeps the client's HIGHESTMODSEQ low while a removal could not be told", async () => {
        const { a, b } = await two(3, "ENABLE QRESYNC");
        await remove(a, "1");
        await a.imap("UID STORE 3 +FLAGS (\\Flagged)");
        const during = await facts(b, "FETCH 2:3 (FLAGS)");
        expect(during.vanished).toBeUndefined();
        expect(Number(during.codes["HIGHESTMODSEQ"])).toBeLessThan(
          Math.max(...during.fetched.map((f) => f.modseq ?? 0)),
        );
        expect((await facts(b, "NOOP")).vanished).toBe("1");
      });
    });

    describe("two sessions of one mailbox", () => {
      it("no removal is told during FETCH, STORE and SEARCH by number (RFC 3501 §7.4.1)", async () => {
        const { a, b } = await two(3);
        await remove(a, "1");
        for (const command of ["FETCH 2 (FLAGS)", "STORE 3 +FLAGS (\\Flagged)", "SEARCH ALL"])
          expect((await facts(b, command)).expunged).toEqual([]);
        expect((await facts(b, "NOOP")).expunged).toEqual([1]);
      });

      it("several removals are numbered as the client counts them", async () => {
        const { a, b } = await two(5);
        await remove(a, "2,4,5");
        const uids = [1, 2, 3, 4, 5];
        for (const number of (await facts(b, "NOOP")).expunged) uids.splice(number - 1, 1);
        expect(uids).toEqual([1, 3]);
      });

      it("what another session has removed is neither copied, nor moved, nor found by UID", async () => {
        const { a, b } = await two(3);
        await remove(a, "2");
        expect(await facts(b, "COPY 2:3 Trash")).toMatchObject({
          result: "NO",
          codes: { EXPUNGEISSUED: "" },
        });
        expect((await facts(b, "UID MOVE 2 Trash")).codes["COPYUID"]).toBeUndefined();
        expect(await a.imap("STATUS Trash (MESSAGES)")).toContain("(MESSAGES 0)");
        expect((await facts(b, "UID STORE 2 +FLAGS (\\Flagged)")).fetched).toEqual([]);
        expect((await facts(b, "UID FETCH 2 (FLAGS)")).fetched).toEqual([]);
      });

      it("a FETCH by number of what is gone gives no content of it, and says so", async () => {
        const { a, b } = await two(3);
        await remove(a, "2");
        const answer = await b.imap("FETCH 1:3 (UID BODY.PEEK[])");
        expect(factsOf(answer)).toMatchObject({ result: "OK", codes: { EXPUNGEISSUED: "" } });
        expect(answer).not.toContain("<m2@t.fr>");
        for (const id of ["<m1@t.fr>", "<m3@t.fr>"]) expect(answer).toContain(id);
      });

      it("a silent STORE does not hide what another session has changed before", async () => {
        const { a, b } = await two(1);
        await a.imap("STORE 1 +FLAGS (\\Flagged)");
        const first = await facts(b, "STORE 1 +FLAGS.SILENT (\\Seen)");
        const then = await facts(b, "NOOP");
        const flags = [...first.fetched, ...then.fetched].at(-1)?.flags;
        expect(flags).toContain("\\Flagged");
      });

      it("a FETCH without FLAGS does not hide it either", async () => {
        const { a, b } = await two(1);
        await a.imap("STORE 1 +FLAGS (\\Flagged)");
        const first = await facts(b, "FETCH 1 (RFC822.SIZE)");
        const then = await facts(b, "NOOP");
        expect([...first.fetched, ...then.fetched].at(-1)?.flags).toEqual(["\\Flagged"]);
      });

      it("a number that is not there is an error of the client, a UID is not", async () => {
        const { b } = await two(2);
        for (const command of ["FETCH 3 (FLAGS)", "FETCH 1:9 (FLAGS)", "STORE 3 +FLAGS (\\Seen)"])
          expect((await facts(b, command)).result).toBe("BAD");
        expect(await facts(b, "UID FETCH 9 (FLAGS)")).toMatchObject({ result: "OK", fetched: [] });
      });

      it("another folder is opened behind [CLOSED]", async () => {
        const { b } = await two(1);
        expect(await b.imap("SELECT Trash")).toMatch(/^\* OK \[CLOSED\]/);
        await b.imap("CLOSE");
        expect((await facts(b, "SELECT INBOX")).codes["CLOSED"]).toBeUndefined();
      });
    });

    describe("IDLE", () => {
      async function heard(client: RawClient, what: RegExp): Promise<string> {
        for (;;) {
          const line = await client.line();
          if (line === undefined) throw new Error("the connection ended");
          if (what.test(line)) return line;
        }
      }

      it("hears of an arrival, of flags and of a removal as they happen", async () => {
        const { a, b } = await two(1);
        expect(await b.imap("IDLE")).toMatch(/^\+/);
        await append(a, "new@t.fr");
        expect(await heard(b, /EXISTS/)).toBe("* 2 EXISTS");
        await a.imap("UID STORE 2 +FLAGS (\\Flagged)");
        expect(await heard(b, /FETCH/)).toMatch(/^\* 2 FETCH \(.*FLAGS \([^)]*\\Flagged/);
        await remove(a, "1");
        expect(await heard(b, /EXPUNGE/)).toBe("* 1 EXPUNGE");
        b.send("DONE\r\n");
        expect(factsOf(await b.imapAnswer()).result).toBe("OK");
      });

      it("with QRESYNC hears VANISHED, and the mod-sequences", async () => {
        const { a, b } = await two(2, "ENABLE QRESYNC");
        await b.imap("IDLE");
        await a.imap("UID STORE 2 +FLAGS (\\Flagged)");
        expect(await heard(b, /FETCH/)).toMatch(/UID 2.*MODSEQ \(\d+\)/);
        await remove(a, "1");
        expect(await heard(b, /VANISHED/)).toBe("* VANISHED 1");
        b.send("DONE\r\n");
        await b.imapAnswer();
      });
    });
  });
});
