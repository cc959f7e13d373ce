import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { openSqliteOutbox } from "../../src/storage/index.js";

let refused: string | undefined;
// Tests run as root, whom no folder refuses.
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const accessSync: typeof fs.accessSync = (path, mode) => {
    if (path === refused) throw Object.assign(new Error("denied"), { code: "EACCES" });
    fs.accessSync(path, mode);
  };
  return { ...fs, accessSync };
});
const folder = mkdtempSync(join(tmpdir(), "medimail-folder-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("an outbox whose folder nobody may write to is refused when it is opened: its mails would never leave", async () => {
  const path = join(folder, "outbox.db");
  await (await openSqliteOutbox({ path })).close();
  refused = folder;
  await expect(openSqliteOutbox({ path })).rejects.toMatchObject({
    code: "storage_failed",
    retryable: false,
    message: expect.stringContaining("EACCES"),
    hint: expect.stringContaining("may write to both"),
  });
});
