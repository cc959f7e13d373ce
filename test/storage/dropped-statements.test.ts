import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";

const PROC = "/proc/self/fd";

function openFiles(folder: string): number {
  const targets = readdirSync(PROC).map((fd) => {
    try {
      return readlinkSync(join(PROC, fd));
    } catch {
      return "";
    }
  });
  return targets.filter((target) => target.startsWith(folder)).length;
}

it.skipIf(!existsSync(PROC))("gives descriptors back though one connector after the other is closed", async () => {
  await using mock = await startMockMedimail();
  const config = await mock.config("labo@ch-exemple.mssante.fr");
  const folder = mkdtempSync(join(tmpdir(), "medimail-closed-"));
  let most = 0;
  for (let time = 0; time < 80; time += 1) {
    const outbox = { store: "sqlite" as const, path: join(folder, `${time % 3}.db`) };
    const connector = createConnector({ ...config, outbox }, { delivery: "manual" });
    await connector.outbox.stats();
    await connector.close();
    // As in any program that waits for something: a chain of promises alone lets nothing be given back.
    await new Promise((resolve) => setImmediate(resolve));
    most = Math.max(most, openFiles(folder));
  }
  rmSync(folder, { recursive: true, force: true });
  expect(most).toBeLessThan(140);
});
