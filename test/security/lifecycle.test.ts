import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, pair } from "../sending/kit.js";
import { bundle } from "../tools/bundle.js";
import { cdaOf } from "../tools/documents.js";

describe("a program that closes its connector", () => {
  it("ends by itself, with no listener left on its signal, whatever its listeners threw", {
    timeout: 60_000,
  }, async () => {
    await using mock = await startMockMedimail();
    const script = await bundle(join(import.meta.dirname, "lifecycle-child.ts"));
    try {
      const config = JSON.stringify(await configOf(mock));
      const { stdout } = await promisify(execFile)(process.execPath, [script, config], { timeout: 40_000 });
      expect(JSON.parse(stdout)).toEqual({ ok: true, late: "closed", listeners: 0 });
    } finally {
      rmSync(script, { force: true });
    }
  });

  it("while a mail is on its way, finishes it", async () => {
    await using it = await pair({}, { autoReceipts: { deliver: false } });
    it.mock.faults.add({ name: "slow", at: "rcpt", ms: 300, times: 1 });
    await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await it.mock.waitFor((o) => o.kind === "line" && o.from === "client" && /^RCPT/i.test(o.line));
    await it.connector.close();
    expect(it.mock.mailbox(DOCTOR).messages("INBOX")).toHaveLength(1);
  });

  it.each([
    ["is silent from the start", { name: "slow", at: "greeting", ms: 30_000 }],
    ["is silent before the content", { name: "slow", at: "rcpt", ms: 30_000 }],
  ] as const)("does not wait for a server that %s", { timeout: 20_000 }, async (_, fault) => {
    await using it = await pair();
    it.mock.faults.add(fault);
    const submission = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await it.mock.waitFor((o) => o.kind === "fault" && o.name === "slow");
    const since = Date.now();
    await it.connector.close();
    expect(Date.now() - since).toBeLessThan(4_000);
    expect(submission.created).toBe(true);
    expect(it.mock.mails).toHaveLength(0);
  });

  it("ends its iterators of events", async () => {
    await using it = await pair();
    const ended = (async () => {
      for await (const _event of it.connector.events()) {
        // Nothing happens here.
      }
    })();
    await it.connector.ready();
    await it.connector.close();
    await ended.catch((error) => expect(isMedimailError(error) && error.code).toBe("closed"));
  });
});
