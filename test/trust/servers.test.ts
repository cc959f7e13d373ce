import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BAD_SERVERS } from "./bad-servers.js";
import { GOOD_SERVERS } from "./good-servers.js";
import { FORBIDDEN, type Meeting, meet } from "./meeting-kit.js";
import { type Publications, publications } from "./pki-kit.js";
import type { Row } from "./server-row.js";

const folder = mkdtempSync(join(tmpdir(), "servers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const table: string[] = [];

async function run(row: Row, protocol: "smtp" | "imap", site: Publications, index: number): Promise<Meeting> {
  const { server, before, ...options } = await row.make(site);
  const revocationFolder = join(folder, `${index}-${protocol}`);
  if (before) {
    // An earlier meeting, from which something is kept on disk.
    const first = await meet(protocol, before.server, { ...options, revocationFolder });
    expect(first.outcome).toBe(before.outcome);
    await before.then?.();
  }
  return await meet(protocol, server, { ...options, revocationFolder });
}

/** ECO.1.1.1, ECO.1.1.3, ECO.1.1.5, ECO.1.1.6, ECO.1.1.7, ECO.1.1.10: each row of the table names what is wrong with its server. */
describe.each(["smtp", "imap"] as const)("a server that must not be spoken to, by %s", (protocol) => {
  it.each(BAD_SERVERS.map((row, index) => ({ ...row, index })))("$name: $code", async (row) => {
    await using site = await publications();
    const { outcome, message, wire } = await run(row, protocol, site, row.index);
    table.push(`${protocol} ${row.name.padEnd(66)} ${outcome.padEnd(22)} ${message}`);
    expect([outcome, message]).toEqual([row.code, row.says ? expect.stringMatching(row.says) : expect.any(String)]);
    expect(wire.filter((line) => FORBIDDEN.test(line.replace(/LOGINDISABLED/, "")))).toEqual([]);
    expect(wire.length).toBeLessThanOrEqual(4);
  });
});

describe.each(["smtp", "imap"] as const)("a server that is as it should be, by %s", (protocol) => {
  it.each(GOOD_SERVERS.map((row, index) => ({ ...row, index: 1_000 + index })))("$name", async (row) => {
    await using site = await publications();
    const { outcome, message, wire } = await run(row, protocol, site, row.index);
    table.push(`${protocol} ${row.name.padEnd(66)} ${outcome}`);
    expect([outcome, message]).toEqual(["ok", ""]);
    // It goes through to the end: what the table of the bad ones forbids does come here.
    expect(wire.filter((line) => /^(AUTH|\S+ AUTHENTICATE) /.test(line))).toHaveLength(1);
    expect(wire.some((line) => /^(MAIL FROM|\S+ LIST)/.test(line))).toBe(true);
  });
});

describe("the table", () => {
  it("is long enough, and each row is of its own", () => {
    expect(BAD_SERVERS.length).toBeGreaterThanOrEqual(60);
    expect(GOOD_SERVERS.length).toBeGreaterThanOrEqual(15);
    expect(new Set([...BAD_SERVERS, ...GOOD_SERVERS].map(({ name }) => name)).size).toBe(
      BAD_SERVERS.length + GOOD_SERVERS.length,
    );
    console.log(`${table.length} meetings\n${table.join("\n")}`);
  });
});
