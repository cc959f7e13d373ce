import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();

describe("a mock that cannot start: exit 3, mock_failed", () => {
  it("where a file is in the place of the folder", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    for (const dir of [file, join(file, "below")]) {
      const result = await cli("mock", "--dir", dir, "--json");
      expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([3, "mock_failed"]);
    }
  });

  it("where its port is taken", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const result = await cli("mock", "--port-smtp", String(port), "--json");
    expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([3, "mock_failed"]);
    taken.close();
  });
});
