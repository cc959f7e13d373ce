import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { bundle } from "../tools/bundle.js";
import { submission } from "./samples.js";

it("a worker under Node's permission model hands over: the marks need no right that it cannot give", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "medimail-permission-")));
  const program = await bundle(join(import.meta.dirname, "process-child.ts"));
  try {
    const path = join(folder, "outbox.db");
    const store = await openSqliteOutbox({ path });
    await store.submit(submission("a"));
    await store.close();
    const model = process.allowedNodeEnvironmentFlags.has("--permission")
      ? "--permission"
      : "--experimental-permission";
    const flags = [model, "--allow-addons", "--allow-fs-read=*", `--allow-fs-write=${join(folder, "*")}`];
    const done = spawnSync(process.execPath, ["--no-warnings", ...flags, program, path, "drain", "w"], {
      encoding: "utf8",
    });
    expect([done.stderr, done.stdout]).toEqual(["", "s-a\n"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(program, { force: true });
  }
});
