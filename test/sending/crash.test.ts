import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { killRounds, killWorker, takeOver } from "./kill-rounds.js";

let worker: string;
const folder = mkdtempSync(join(tmpdir(), "medimail-crash-"));

beforeAll(async () => {
  worker = await killWorker();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(worker, { force: true });
});

const inFile = (name: string) => ({ store: "sqlite", path: join(folder, name) });

describe("a worker that is killed", () => {
  it(
    "at random moments, 50 times over 500 submissions, with a server that cuts after the final dot now and then: none twice, each arrived or listed unknown",
    {
      timeout: 300_000,
    },
    () => killRounds({ worker, outbox: inFile("kill.db"), submissions: 500, kills: 50 }),
  );

  it("leaves its work to another that lives, within 5 s", { timeout: 60_000 }, async () => {
    expect(await takeOver({ worker, outbox: inFile("takeover.db") })).toBeLessThan(5_000);
  });
});
