import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { extractStream } from "../../src/cli/extract.js";
import { refuseDevice, streamAtomically, writeAtomically } from "../../src/cli/files.js";
import { MedimailError } from "../../src/errors.js";
import { startCli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
let count = 0;
function place(): string {
  count += 1;
  const made = join(folder, String(count));
  mkdirSync(made);
  return made;
}

describe("a file that is written as its content comes", () => {
  it("is on the disk piece by piece, and has its name when it is whole", async () => {
    const at = place();
    const file = join(at, "scan.pdf");
    const sizes: number[] = [];
    async function* content() {
      for (let piece = 0; piece < 3; piece += 1) {
        const [name = "", ...more] = readdirSync(at);
        expect([/^\.scan\.pdf\..*\.tmp$/.test(name), more]).toEqual([true, []]);
        sizes.push(statSync(join(at, name)).size);
        yield Buffer.alloc(100_000, piece);
      }
    }
    await streamAtomically(file, content(), "--out");
    expect([sizes, readdirSync(at)]).toEqual([[0, 100_000, 200_000], ["scan.pdf"]]);
    expect(readFileSync(file).equals(Buffer.concat([0, 1, 2].map((piece) => Buffer.alloc(100_000, piece))))).toBe(true);
  });

  it("leaves what was there, and nothing else, where the content ends with an error, which is told as it is", async () => {
    const at = place();
    const file = join(at, "scan.pdf");
    writeFileSync(file, "before");
    const lost = new MedimailError("connection_lost", "the connection was lost");
    async function* content() {
      yield Buffer.from("after");
      throw lost;
    }
    await expect(streamAtomically(file, content(), "--out")).rejects.toBe(lost);
    expect([readdirSync(at), readFileSync(file, "utf8")]).toEqual([["scan.pdf"], "before"]);
  });

  it("asks for no content where the disk refuses", async () => {
    const at = place();
    let asked = false;
    async function* content() {
      asked = true;
      yield Buffer.from("x");
    }
    await expect(streamAtomically(join(at, "none", "scan.pdf"), content(), "--out")).rejects.toMatchObject({
      code: "file_not_found",
    });
    const outside = place();
    symlinkSync(outside, join(at, "link"));
    for (const path of ["../scan.pdf", "link/scan.pdf"])
      await expect(extractStream(at, path, content())).rejects.toMatchObject({
        code: expect.stringMatching(/^(archive_unsafe_entry|file_unwritable)$/),
      });
    expect([asked, readdirSync(outside)]).toEqual([false, []]);
  });
});

// Root's `--out /dev/null` had put a file in the place of the device. Never the real one here: while the fault was there, the test did it.
describe("a device or a pipe is not replaced by a file", () => {
  const refused = { code: "file_unwritable", message: expect.stringContaining("it is a device or a pipe") };

  it("whether it is named itself, or by a link", async () => {
    const at = place();
    execFileSync("mkfifo", [join(at, "pipe")]);
    symlinkSync("/dev/null", join(at, "null"));
    async function* content() {
      yield Buffer.from("x");
    }
    for (const file of ["pipe", "null"].map((name) => join(at, name))) {
      expect(() => writeAtomically(file, Buffer.from("x"), "--out")).toThrow(expect.objectContaining(refused));
      await expect(streamAtomically(file, content(), "--out")).rejects.toMatchObject(refused);
    }
    expect(lstatSync(join(at, "pipe")).isFIFO()).toBe(true);
    expect(lstatSync(join(at, "null")).isSymbolicLink()).toBe(true);
    expect(readdirSync(at).sort()).toEqual(["null", "pipe"]);
  });

  it("nor is what /dev holds, be it a link to a file where stdout is one", () => {
    for (const file of ["/dev/stdout", "/dev/none"])
      expect(() => refuseDevice(file, "--out")).toThrow(expect.objectContaining(refused));
    expect(refuseDevice("/dev/shm/report.zip", "--out")).toBeUndefined();
  });

  it("nor by the ready object of a mock", async () => {
    const pipe = join(place(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const { code, value } = await startCli(["mock", "--json"], { env: { MEDIMAIL_MOCK: pipe } }).result;
    expect([code, value()]).toMatchObject([1, { error: { code: "file_unwritable" } }]);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });
});
