import type { ImapFlow } from "imapflow";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/seams/index.js";
import { imapError } from "../../src/transport/imap/errors.js";
import { FlagClasses } from "../../src/transport/imap/flag-classes.js";
import { UidSet } from "../../src/transport/imap/index.js";
import type { Token } from "../../src/transport/imap/raw.js";
import { type FetchRow, readRows } from "../../src/transport/imap/rows.js";
import { summariesCommand } from "../../src/transport/imap/summary-rows.js";

/** CPU time of the call in ms: other processes of the machine do not count. */
function cpu(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  return process.cpuUsage(start).user / 1000;
}

const client = { enabled: new Set<string>() } as unknown as ImapFlow;
const asked = { range: "1:50", path: "INBOX", uidValidity: "1" };
const atom = (value: string) => ({ type: "ATOM", value });

describe("an answer without end is not held", () => {
  it("of summaries no more than a list has", () => {
    const { command, found } = summariesCommand(client, asked);
    const items: FetchRow["items"] = new Map<string, Token>([
      ["UID", atom("3")],
      ["RFC822.SIZE", atom("1")],
      ["HEADER", { type: "LITERAL", value: Buffer.alloc(1024 * 1024, "x") }],
    ]);
    const row: FetchRow = { seq: 1, items, weight: 1024 * 1024 };
    for (let rows = 0; rows < 64; rows += 1) command.onRow?.(row);
    expect(() => command.onRow?.(row)).toThrowError(expect.objectContaining({ code: "imap_failed" }));
    expect(found.mails).toHaveLength(64);
    // What is kept of each header is what its readers look at.
    expect(found.mails[0]?.mail.header).toHaveLength(128 * 1024);
  });

  it("of flags no more than a folder has", () => {
    const classes = new FlagClasses();
    const add = (uid: number): void => classes.add({ seq: uid, uid, flags: [`k${uid}`.padEnd(1024 * 1024, "x")] });
    for (let uid = 1; uid <= 31; uid += 1) add(uid);
    expect(() => {
      add(32);
      add(33);
    }).toThrowError(expect.objectContaining({ code: "imap_failed" }));
  });

  it("of anything no more than 256 MB for one command, whatever the library makes of it", async () => {
    const request = {};
    const engine = { currentRequest: request, handleResponse: async () => true };
    readRows(engine as unknown as ImapFlow);
    const response = { payload: Buffer.alloc(1024 * 1024), literals: [Buffer.alloc(1024 * 1024)] };
    const answer = (): Promise<boolean> =>
      (engine.handleResponse as unknown as (data: unknown) => Promise<boolean>)(response);
    for (let sent = 0; sent < 128; sent += 1) await answer();
    await expect(answer()).rejects.toMatchObject({ code: "imap_failed" });
    // Another command begins anew.
    engine.currentRequest = {};
    expect(await answer()).toBe(true);
  });

  it("and the error of the command is that one", async () => {
    const ours = imapError(new Error("x"), "listing");
    expect(
      imapError(Object.assign(new Error("processing"), { code: "ResponseProcessingFailed", _err: ours }), "y"),
    ).toBe(ours);
  });
});

describe("flags of many mails cost little time", () => {
  it("told in falling order, each with a mod-sequence of its own", () => {
    const classes = new FlagClasses();
    const many = 30_000;
    for (let uid = many; uid > 0; uid -= 1) classes.add({ seq: uid, uid, flags: ["\\Seen"], modseq: String(uid) });
    const known = UidSet.of(Array.from({ length: many / 2 }, (_, index) => 2 * index + 1));
    expect(
      cpu(() => {
        const list = classes.list(known);
        expect(list).toHaveLength(many / 2);
        expect(list[0]).toEqual({ flags: ["\\Seen"], modseq: expect.any(String), uids: expect.any(UidSet) });
      }),
    ).toBeLessThan(1_500);
  });
});

describe("what a set has beside another", () => {
  it("is the same as by looking at each number", () => {
    const random = seededRandom(11);
    const some = (): number[] =>
      Array.from({ length: Math.floor(random.fraction() * 30) }, () => 1 + Math.floor(random.fraction() * 40));
    for (let turn = 0; turn < 2_000; turn += 1) {
      const [a, b] = [some(), some()];
      const [left, right] = [a, b].map((uids) => UidSet.of([...uids].sort((x, y) => x - y))) as [UidSet, UidSet];
      const rising = (uids: number[]): string => UidSet.of([...new Set(uids)].sort((x, y) => x - y)).toString();
      expect(left.minus(right).toString()).toBe(rising(a.filter((uid) => !b.includes(uid))));
      expect(left.intersection(right).toString()).toBe(rising(a.filter((uid) => b.includes(uid))));
    }
  });
});
