import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestServer } from "./imap-servers.js";
import { dovecotMissing, dovecotServer, mockServer } from "./imap-servers.js";

const SCRIPT = fileURLToPath(new URL("imaplib_client.py", import.meta.url));

function pythonMissing(): string | undefined {
  if (process.env["CI"]) return undefined;
  try {
    execFileSync("python3", ["-c", "import imaplib, ssl"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "needs python3";
  }
}

const python = pythonMissing();
const dovecot = python ?? dovecotMissing();
if (python) console.info(`skipped: Python's imaplib against the mock (${python})`);
if (dovecot) console.info(`skipped: Python's imaplib against Dovecot (${dovecot})`);

describe.each([
  ["the mock", mockServer, python !== undefined],
  ["Dovecot", dovecotServer, dovecot !== undefined],
] as const)("%s", (_, start, absent) => {
  describe.skipIf(absent)("understood by Python's imaplib, a client by others", () => {
    let server: TestServer;

    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.close());

    it("changes, removals, conditional STORE and re-opening", async () => {
      const run = promisify(execFile)("python3", [SCRIPT, JSON.stringify(server.access())], { timeout: 25_000 });
      const out = JSON.parse((await run).stdout);
      expect(out).toMatchObject({
        selected: ["5"],
        vanished: ["2,4"],
        // Numbered 3 or 5: before the removals were told, or after.
        flags: [expect.stringMatching(/^[35] \(.*UID 5.*\\Flagged/)],
        conditional: ["OK", "5"],
        resync: ["OK", "(EARLIER) 2,4"],
        search: ["5"],
        body: [expect.stringContaining("Message-ID: <1@t.fr>")],
        copied: "OK",
        moved: "OK",
        trash: [expect.stringContaining("MESSAGES 2 UIDNEXT 3")],
        left: ["1 5"],
      });
      expect(out.capabilities).toEqual(expect.arrayContaining(["CONDSTORE", "QRESYNC", "UIDPLUS", "MOVE", "IDLE"]));
      expect(out.changedSince).toEqual([expect.stringMatching(/^3 \(.*UID 5.*MODSEQ \(\d+\)/)]);
      expect(out.folders.join("\n")).toContain("\\Sent");
    });
  });
});
