import { describe, expect, it } from "vitest";
import { extractTargets, openXdm } from "../../src/xdm/index.js";
import { archive, DOCUMENT } from "./archives.js";

const paths = async (...names: string[]) => {
  const opened = await openXdm(archive(names.map((name) => ({ name, content: name }))));
  return extractTargets(opened).map((target) => target.path);
};

describe("the files that xdm extract writes", () => {
  it("are all the files of the archive, with their content, each once", async () => {
    const targets = extractTargets(await openXdm(archive()));
    expect(targets.map((target) => target.path).sort()).toEqual([
      "IHE_XDM/SUBSET01/DOC0001.XML",
      "IHE_XDM/SUBSET01/METADATA.XML",
      "INDEX.HTM",
      "README.TXT",
    ]);
    const document = targets.find((target) => target.path.endsWith("DOC0001.XML"));
    expect(Buffer.from(document?.content ?? [])).toEqual(DOCUMENT);
  });

  it.each([
    ["a device of Windows", "IHE_XDM/AUX.XML", "IHE_XDM/_AUX.XML"],
    ["a device without extension", "nul", "_nul"],
    ["a hidden stream", "IHE_XDM/A.XML:evil", "IHE_XDM/A.XML_evil"],
    ["wildcards", "a?b*.txt", "a_b_.txt"],
    ["a final dot, which Windows drops", "folder./file.", "folder_/file_"],
  ])("have harmless names: %s", async (_, name, safe) => {
    expect(await paths(name)).toContain(safe);
  });

  it("are numbered where two names become one", async () => {
    expect(await paths("a?.txt", "a*.txt")).toEqual(expect.arrayContaining(["a_.txt", "a_-2.txt"]));
  });
});
