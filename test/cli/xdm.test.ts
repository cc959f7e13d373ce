import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { strToU8, unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { extractFiles } from "../../src/cli/extract.js";
import { writeDocuments } from "./documents.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const files = writeDocuments(folder);
const at = (name: string) => join(folder, name);
const zip = at("set.zip");

async function packed(out: string, ...more: string[]) {
  return cli("xdm", "pack", "--cda", files.cda, "--out", out, "--json", ...more);
}

describe("xdm pack", () => {
  it("prints what xdm inspect prints of the result", async () => {
    const result = await packed(zip);
    expect([result.code, (await cli("xdm", "inspect", zip, "--json")).out]).toEqual([0, result.out]);
    expect(result.value()).toMatchObject({
      documents: [
        {
          uniqueId: "2.25.1001",
          action: "create",
          typeCode: { code: "11502-2" },
          integrity: { file: "present", hash: "ok", size: "ok" },
        },
      ],
    });
  });

  it("keeps the document byte for byte", async () => {
    await packed(at("bytes.zip"));
    const entries = unzipSync(readFileSync(at("bytes.zip")));
    expect(Buffer.from(entries["IHE_XDM/SUBSET01/DOC0001.XML"] ?? [])).toEqual(readFileSync(files.cda));
  });

  it("never writes over a document that it packs, by whatever name", async () => {
    const [own, link] = [at("own.xml"), at("link.xml")];
    writeFileSync(own, readFileSync(files.cda));
    symlinkSync(own, link);
    for (const out of [own, join(folder, "..", basename(folder), "own.xml"), link]) {
      const result = await cli("xdm", "pack", "--cda", own, "--out", out, "--json");
      expect([result.code, result.value()]).toMatchObject([2, { error: { code: "usage_invalid" } }]);
    }
    expect(readFileSync(own)).toEqual(readFileSync(files.cda));
  });

  it("takes several documents of one patient, in order", async () => {
    const result = await packed(at("two.zip"), "--cda", files.second);
    expect(result.value<{ documents: { uniqueId: string }[] }>().documents.map(({ uniqueId }) => uniqueId)).toEqual([
      "2.25.1001",
      "2.25.2001",
    ]);
  });

  it("carries action, masks, content type and source", async () => {
    const options = [
      "--action",
      "replace",
      "--confidentiality",
      "MASQUE_PS",
      "--content-type",
      "04",
      "--source-id",
      "1.2.250.1.999.7",
    ];
    const result = await packed(at("options.zip"), ...options);
    expect(result.value()).toMatchObject({
      submissionSets: [{ sourceId: "1.2.250.1.999.7", contentTypeCode: { code: "04" } }],
      documents: [{ action: "replace" }],
    });
    expect(result.out).toContain("MASQUE_PS");
  });

  it("refuses documents of two patients, and writes nothing (ECO.2.1.1)", async () => {
    const result = await packed(at("none.zip"), "--cda", files.otherPatient);
    expect(result.code).toBe(1);
    expect(result.value()).toMatchObject({ error: { code: "xdm_several_patients", requirement: "ECO.2.1.1 (b)" } });
    expect(existsSync(at("none.zip"))).toBe(false);
  });

  it("leaves no temporary file, nor half a result where the name is taken by a folder", async () => {
    mkdirSync(at("taken"));
    const result = await packed(at("taken"));
    expect([result.code, result.value()]).toMatchObject([1, { error: { code: "file_unwritable" } }]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("says that a CDA is not there, before anything else: exit 2", async () => {
    const result = await cli("xdm", "pack", "--cda", at("nowhere.xml"), "--out", at("x.zip"), "--json");
    expect([result.code, result.value()]).toMatchObject([2, { error: { code: "file_not_found" } }]);
  });

  it("refuses a damaged CDA: exit 1", async () => {
    writeFileSync(at("damaged.xml"), readFileSync(files.cda).subarray(0, 900));
    const result = await cli("xdm", "pack", "--cda", at("damaged.xml"), "--out", at("x.zip"), "--json");
    expect([result.code, result.value()]).toMatchObject([1, { error: { retryable: false } }]);
  });
});

describe("xdm inspect", () => {
  it("is exit 1 where a document is not the one described, and says so in problems", async () => {
    await packed(at("good.zip"));
    const entries = unzipSync(readFileSync(at("good.zip")));
    const document = entries["IHE_XDM/SUBSET01/DOC0001.XML"];
    if (document) document[document.length - 3] = 0x20;
    writeFileSync(at("tampered.zip"), zipSync(entries));
    const result = await cli("xdm", "inspect", at("tampered.zip"), "--json");
    expect(result.code).toBe(1);
    expect(result.value()).toMatchObject({
      documents: [{ integrity: { hash: "mismatch", size: "ok" } }],
      problems: [{ severity: "error" }],
    });
    expect((await cli("xdm", "inspect", at("tampered.zip"))).out).toContain(
      "fichier présent, SHA-1 non conforme, taille conforme",
    );
  });

  it("shows a person the document, and no escape sequence of a hostile title", async () => {
    await packed(at("plain.zip"));
    const entries = unzipSync(readFileSync(at("plain.zip")));
    const name = "IHE_XDM/SUBSET01/METADATA.XML";
    const metadata = Buffer.from(entries[name] ?? []).toString("utf8");
    entries[name] = strToU8(
      metadata
        .replaceAll("CR d'examens biologiques", "CR \u009b31m")
        .replaceAll("CR d&apos;examens biologiques", "CR \u009b31m"),
    );
    writeFileSync(at("hostile-title.zip"), zipSync(entries));
    const { out } = await cli("xdm", "inspect", at("hostile-title.zip"));
    expect(out).toContain("2.25.1001");
    expect(out).not.toContain("\u009b");
  });

  it.each([
    ["not a zip", Buffer.from("hello"), "archive_invalid"],
    ["a zip without METADATA.XML", Buffer.from(zipSync({ "a.txt": strToU8("a") })), "xdm_metadata_missing"],
    ["a path that leads out", Buffer.from(zipSync({ "../evil.txt": strToU8("a") })), "archive_unsafe_entry"],
  ])("refuses %s: exit 1, one line of JSON", async (_, content, code) => {
    writeFileSync(at("hostile.zip"), content);
    const result = await cli("xdm", "inspect", at("hostile.zip"), "--json");
    expect([result.code, result.value()]).toMatchObject([1, { error: { code, retryable: false } }]);
  });
});

describe("xdm extract", () => {
  it("prints the files that it wrote, and they are those of the archive", async () => {
    await packed(zip);
    const result = await cli("xdm", "extract", zip, "--out", at("out"), "--json");
    expect(result.code).toBe(0);
    expect(result.value<string[]>().sort()).toEqual(
      Object.keys(unzipSync(readFileSync(zip)))
        .filter((name) => !name.endsWith("/"))
        .map((name) => join(at("out"), name))
        .sort(),
    );
    expect(readFileSync(join(at("out"), "IHE_XDM/SUBSET01/DOC0001.XML"))).toEqual(readFileSync(files.cda));
  });

  it("writes nothing of an archive with a path that leads out", async () => {
    writeFileSync(at("evil.zip"), zipSync({ "IHE_XDM/a.txt": strToU8("a"), "../evil.txt": strToU8("a") }));
    const result = await cli("xdm", "extract", at("evil.zip"), "--out", at("evil"), "--json");
    expect([result.code, existsSync(at("evil")), existsSync(at("evil.txt"))]).toEqual([1, false, false]);
  });

  it("follows no link in the place of a file", async () => {
    await packed(zip);
    mkdirSync(at("linked"));
    writeFileSync(at("victim.txt"), "untouched");
    symlinkSync(at("victim.txt"), join(at("linked"), "README.TXT"));
    const result = await cli("xdm", "extract", zip, "--out", at("linked"), "--json");
    expect([result.code, result.value()]).toMatchObject([1, { error: { code: "file_unwritable" } }]);
    expect([readFileSync(at("victim.txt"), "utf8"), readdirSync(at("linked"))]).toEqual(["untouched", ["README.TXT"]]);
  });

  it("follows no link in the place of a folder on the way", async () => {
    await packed(zip);
    mkdirSync(at("elsewhere"));
    mkdirSync(at("linked-folder"));
    symlinkSync(at("elsewhere"), join(at("linked-folder"), "IHE_XDM"));
    const result = await cli("xdm", "extract", zip, "--out", at("linked-folder"), "--json");
    expect([result.code, readdirSync(at("elsewhere"))]).toEqual([1, []]);
  });

  it.each(["../out.txt", "/etc/out.txt", "a/../../out.txt", "."])("extractFiles itself refuses the path %s", (path) => {
    expect(() => extractFiles(at("direct"), [{ path, content: strToU8("a") }])).toThrowError(
      expect.objectContaining({ code: "archive_unsafe_entry" }),
    );
  });
});
