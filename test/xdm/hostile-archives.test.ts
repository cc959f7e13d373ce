import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { openXdm } from "../../src/xdm/open.js";
import type { XdmLimits } from "../../src/xdm/types.js";
import { archive, metadata, plainEntries } from "./archives.js";
import { makeZip } from "./zip-maker.js";

async function codeOf(zip: Uint8Array, limits: Partial<XdmLimits> = {}): Promise<string> {
  try {
    await openXdm(zip, { limits });
    return "opened";
  } catch (error) {
    if (isMedimailError(error)) return error.code;
    throw error;
  }
}

const zeros = (size: number) => Buffer.alloc(size);

describe("hostile archives", () => {
  it("opens the plain archive that the others are made from", async () => {
    expect(await codeOf(archive())).toBe("opened");
  });

  it.each([
    ["a parent folder", "../evil.xml"],
    ["a parent folder in the middle", "IHE_XDM/../../evil.xml"],
    ["a parent folder written with backslashes", "IHE_XDM\\..\\..\\evil.xml"],
    ["a parent folder with a trailing space, which Windows drops", "IHE_XDM/.. /evil.xml"],
    ["an absolute name", "/etc/evil.xml"],
    ["a drive", "C:\\evil.xml"],
    ["a share", "\\\\server\\evil.xml"],
    ["a NUL", "evil.xml\0.txt"],
    ["a line break", "evil\r\n.xml"],
    ["no name", "./"],
  ])("refuses an entry whose name has %s", async (_, name) => {
    expect(await codeOf(archive([{ name, content: "x" }]))).toBe("archive_unsafe_entry");
  });

  it.each([
    ["link", 0o120777],
    ["character device", 0o020666],
    ["pipe", 0o010666],
  ])("refuses a %s", async (_, mode) => {
    expect(await codeOf(archive([{ name: "LINK", content: "/etc/passwd", mode }]))).toBe("archive_unsafe_entry");
  });

  it.each([
    ["the same name", "README.TXT"],
    ["a name that differs by case", "readme.txt"],
    ["a name that differs by its folders' writing", "./README.TXT"],
  ])("refuses a second entry with %s", async (_, name) => {
    expect(await codeOf(archive([{ name, content: "other" }]))).toBe("archive_unsafe_entry");
  });

  it("refuses a name used for a file and for a folder", async () => {
    expect(await codeOf(archive([{ name: "README.TXT/x", content: "x" }]))).toBe("archive_unsafe_entry");
  });

  it("refuses an encrypted entry, told by the directory or by the local header alone", async () => {
    expect(await codeOf(archive([{ name: "A", content: "x", flags: 1 }]))).toBe("archive_encrypted");
    expect(await codeOf(archive([{ name: "A", content: "x", localFlags: 1 }]))).toBe("archive_encrypted");
    expect(await codeOf(archive([{ name: "A", content: "x", flags: 0x41 }]))).toBe("archive_encrypted");
  });

  it("refuses an entry that unpacks to more than it says, without unpacking more", async () => {
    const content = zeros(5_000_000);
    expect(await codeOf(archive([{ name: "A", content, size: 100 }]))).toBe("archive_invalid");
  });

  it("refuses an entry that unpacks to less than it says", async () => {
    expect(await codeOf(archive([{ name: "A", content: "abc", size: 100 }]))).toBe("archive_invalid");
  });

  it("refuses a stored entry of two sizes", async () => {
    expect(await codeOf(archive([{ name: "A", content: "abc", method: 0, size: 2 }]))).toBe("archive_invalid");
  });

  it("refuses an entry whose two headers differ", async () => {
    expect(await codeOf(archive([{ name: "A", content: "abc", localName: "B" }]))).toBe("archive_invalid");
    expect(await codeOf(archive([{ name: "A", content: "abc", localSize: 9 }]))).toBe("archive_invalid");
    expect(await codeOf(archive([{ name: "A", content: "abc", localMethod: 0 }]))).toBe("archive_invalid");
  });

  it("refuses a bomb by ratio before unpacking it, and a lower ratio if asked", async () => {
    const bomb = archive([{ name: "A", content: zeros(4_000_000) }]);
    expect(await codeOf(bomb)).toBe("archive_limit_exceeded");
    expect(await codeOf(bomb, { maxRatio: 2000 })).toBe("opened");
  });

  it("lets a small file pack as well as it can", async () => {
    expect(await codeOf(archive([{ name: "A", content: zeros(900_000) }]))).toBe("opened");
  });

  it("refuses a bomb by count, and a count that the directory cannot hold", async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ name: `F${index}`, content: "x" }));
    expect(await codeOf(archive(many), { maxEntries: 20 })).toBe("archive_limit_exceeded");
    expect(await codeOf(makeZip([], { count: 65_534 }))).toBe("archive_invalid");
  });

  it("refuses a bomb by sum", async () => {
    const many = Array.from({ length: 8 }, (_, index) => ({ name: `F${index}`, content: zeros(500_000) }));
    expect(await codeOf(archive(many), { maxTotalBytes: 3_000_000 })).toBe("archive_limit_exceeded");
  });

  it("refuses a second name for the packed block of another entry", async () => {
    const offset = archive().indexOf("PK\x01\x02", 0, "latin1");
    const content = zeros(300_000);
    const shared = archive([
      { name: "A", content },
      { name: "B", content, ghost: true, offset },
    ]);
    expect(await codeOf(shared)).toBe("archive_invalid");
  });

  it("refuses local headers quoted inside the packed block of another entry", async () => {
    const inner = makeZip([{ name: "B", content: "hidden", method: 0 }]);
    const local = inner.subarray(0, inner.indexOf("PK\x01\x02", 0, "latin1"));
    const plain = archive();
    const start = plain.indexOf("PK\x01\x02", 0, "latin1");
    const quoting = { name: "A", content: local, method: 0 };
    const overlapping = { name: "B", content: "hidden", method: 0, ghost: true, offset: start + 30 + 1 };
    expect(await codeOf(archive([quoting, overlapping]))).toBe("archive_unsafe_entry");
  });

  it("refuses an entry that lies in the directory", async () => {
    const plain = archive();
    const directory = plain.indexOf("PK\x01\x02", 0, "latin1");
    expect(await codeOf(archive([{ name: "A", content: "x", ghost: true, offset: directory }]))).toBe(
      "archive_invalid",
    );
  });

  it("refuses a file beyond the limit of one entry, of the archive, of folders", async () => {
    const big = archive([{ name: "A", content: zeros(200_000) }]);
    expect(await codeOf(big, { maxEntryBytes: 100_000 })).toBe("archive_limit_exceeded");
    expect(await codeOf(big, { maxArchiveBytes: 1000 })).toBe("archive_limit_exceeded");
    const deep = archive([{ name: "a/b/c/d/e/f/g/h/i/A", content: "x" }]);
    expect(await codeOf(deep)).toBe("archive_limit_exceeded");
    expect(await codeOf(deep, { maxPathDepth: 9 })).toBe("opened");
  });

  it("refuses more submission sets than the limit", async () => {
    const sets = ["SUBSET02", "SUBSET03"].map((name) => ({
      name: `IHE_XDM/${name}/METADATA.XML`,
      content: metadata({ uri: "../SUBSET01/DOC0001.XML" }),
    }));
    expect(await codeOf(archive(sets), { maxSubmissionSets: 2 })).toBe("archive_limit_exceeded");
  });

  it("leaves an archive in the archive packed and says so as an error", async () => {
    const inner = makeZip([{ name: "A", content: zeros(60_000_000) }]);
    const opened = await openXdm(archive([{ name: "INNER.ZIP", content: inner, method: 0 }]));
    expect(opened.problems).toContainEqual(
      expect.objectContaining({ severity: "error", code: "archive_nested", path: "INNER.ZIP" }),
    );
    expect(opened.otherFiles.find((file) => file.path === "INNER.ZIP")?.size).toBe(inner.byteLength);
  });

  it.each([
    ["a size of 2^63", 0x8000_0000_0000_0000n],
    ["a size of 16 TiB", 0x1000_0000_0000n],
  ])("refuses a 64-bit entry with %s", async (_, size) => {
    const extra = Buffer.alloc(12);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(size, 4);
    const code = await codeOf(archive([{ name: "A", content: "x", size: 0xffffffff, centralExtra: extra }]));
    expect(["archive_invalid", "archive_limit_exceeded"]).toContain(code);
  });

  it("refuses a 64-bit entry without its size", async () => {
    expect(await codeOf(archive([{ name: "A", content: "x", size: 0xffffffff }]))).toBe("archive_invalid");
  });

  it.each([
    ["cut in its data", (zip: Buffer) => zip.subarray(0, 200)],
    ["cut in its directory", (zip: Buffer) => Buffer.concat([zip.subarray(0, -150), zip.subarray(-22)])],
    ["cut in its end", (zip: Buffer) => zip.subarray(0, -4)],
    ["preceded by other data", (zip: Buffer) => Buffer.concat([Buffer.from("#!/bin/sh\n"), zip])],
    ["empty", () => Buffer.alloc(0)],
    ["not a ZIP", () => Buffer.from("%PDF-1.4 something long enough to look for an end")],
  ])("refuses an archive that is %s", async (_, change) => {
    expect(await codeOf(change(archive()))).toBe("archive_invalid");
  });

  it("refuses an archive in several parts, or whose end lies about the directory", async () => {
    expect(await codeOf(archive([], {}, { disk: 1 }))).toBe("archive_invalid");
    expect(await codeOf(archive([], {}, { count: 5 }))).toBe("archive_invalid");
    expect(await codeOf(archive([], {}, { directorySize: 60 }))).toBe("archive_invalid");
  });

  it("refuses a method that it does not know, and damaged packed data", async () => {
    expect(await codeOf(archive([{ name: "A", content: "x", method: 12, localMethod: 12 }]))).toBe("archive_invalid");
    const broken = { name: "A", content: "abc", packed: Buffer.from([0xff, 0xff, 0xff]), packedSize: 3 };
    expect(await codeOf(archive([broken]))).toBe("archive_invalid");
  });

  it("refuses an XML bomb in the metadata", async () => {
    const bomb = `<!DOCTYPE a [<!ENTITY b "${"x".repeat(99)}"><!ENTITY c "&b;&b;&b;">]>${metadata()}`;
    const entries = plainEntries().map((entry) =>
      String(entry.name).endsWith("METADATA.XML") ? { ...entry, content: bomb } : entry,
    );
    expect(await codeOf(makeZip(entries))).toBe("xml_dtd_refused");
    const deep = entries.map((entry) =>
      String(entry.name).endsWith("METADATA.XML") ? { ...entry, content: "<a>".repeat(500) } : entry,
    );
    expect(await codeOf(makeZip(deep))).toBe("xml_limit_exceeded");
  });

  it("says as an error that another archive hides before, between or after the entries", async () => {
    const hidden = makeZip([{ name: "IHE_XDM/SUBSET01/DOC0001.XML", content: "other" }]);
    const comment = archive([], {}, { comment: "x".repeat(60) });
    const inComment = Buffer.concat([comment.subarray(0, -60), archive().subarray(-22), Buffer.alloc(38)]);
    for (const zip of [
      archive([], {}, { prefix: hidden }),
      archive([], {}, { suffix: Buffer.concat([hidden, Buffer.from("x")]).subarray(0, 90) }),
    ]) {
      const { problems } = await openXdm(zip);
      expect(problems).toContainEqual(expect.objectContaining({ severity: "error", code: "archive_ambiguous" }));
    }
    expect(await codeOf(inComment)).toBe("archive_invalid");
    expect((await openXdm(archive([], {}, { suffix: Buffer.from("\r\n") }))).problems).toHaveLength(1);
  });

  it("never names an entry or quotes a content in an error", async () => {
    const error = await openXdm(archive([{ name: "../DUPONT_Jeanne.XML", content: "x" }])).catch((cause) => cause);
    expect(JSON.stringify(error)).not.toContain("DUPONT");
  });

  it("refuses a limit that is no number", async () => {
    expect(await codeOf(archive(), { maxEntries: 0 })).toBe("invalid_argument");
    expect(await codeOf(archive(), { maxRatio: Number.NaN })).toBe("invalid_argument");
  });
});
