import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { writeError } from "../../src/cli/files.js";
import { connectError } from "../../src/net/direct.js";
import { fileError } from "../../src/settings/files.js";
import { readNamedFile } from "../../src/settings/index.js";
import { couldNotOpen } from "../../src/storage/driver.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, size: number): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.alloc(size, name));
  return path;
}

it("says of a file that cannot be opened for want of descriptors what is short, not that the file is at fault", () => {
  const short = Object.assign(new Error("x"), { code: "EMFILE" });
  const told = { retryable: true, hint: expect.stringContaining("ulimit -n") };
  expect(fileError(short, "a.pem", "tls.ca")).toMatchObject({ code: "file_unreadable", ...told });
  expect(writeError(short, "a.pdf", "--out")).toMatchObject({ code: "file_unwritable", ...told });
  expect(couldNotOpen(short)).toMatchObject({ code: "storage_failed", ...told });
  expect(connectError(short, "imap.example:143")).toMatchObject({ code: "connection_refused", ...told });
});

describe("readNamedFile", () => {
  it.each([0, 1, 65_536, 1_000_000])("reads a file of %i bytes whole", (size) => {
    expect(readNamedFile(file("f", size), "--cda").equals(Buffer.alloc(size, "f"))).toBe(true);
  });

  it("refuses a file above the limit, and takes one at it", () => {
    expect(() => readNamedFile(file("big", 11), "--cda", { maxBytes: 10 })).toThrowError(
      expect.objectContaining({ code: "file_unreadable" }),
    );
    expect(readNamedFile(file("fits", 10), "--cda", { maxBytes: 10 })).toHaveLength(10);
  });

  it.runIf(process.platform === "linux")("refuses a device that never ends, within the limit", () => {
    expect(() => readNamedFile("/dev/zero", "--cda", { maxBytes: 1_000_000 })).toThrowError(
      /larger than 1000000 bytes/,
    );
  });

  it.runIf(process.platform === "linux")("waits for a pipe that nobody writes into, but not for ever", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    let seconds = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => 1_000 * seconds++);
    try {
      expect(() => readNamedFile(pipe, "--cda")).toThrowError(
        /^--cda: .* cannot be read \(nothing came through the pipe\)$/,
      );
    } finally {
      clock.mockRestore();
    }
    expect(seconds).toBeGreaterThan(5);
  });

  it.runIf(process.platform === "linux")("holds what drips through a pipe in one piece", () => {
    const pipe = join(folder, "dripping");
    execFileSync("mkfifo", [pipe]);
    const script = `for i in 0 1 2 3 4 5 6 7 8 9; do printf $i; sleep 0.02; done > ${pipe}`;
    const writer = spawn("sh", ["-c", script], { stdio: "ignore" });
    const made = vi.spyOn(Buffer, "allocUnsafe");
    try {
      expect(readNamedFile(pipe, "--cda").toString()).toBe("0123456789");
      expect(made).toHaveBeenCalledTimes(1);
    } finally {
      made.mockRestore();
      writer.kill();
    }
  });

  it("names what the file is for, and where", () => {
    expect(() => readNamedFile(join(folder, "none"), "--cda", { path: "documents[0]" })).toThrowError(
      expect.objectContaining({
        code: "file_not_found",
        path: "documents[0]",
        message: expect.stringMatching(/^--cda: there is no file .*none$/),
      }),
    );
  });
});
