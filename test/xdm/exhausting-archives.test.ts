import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { extractTargets, openXdm, packXdm } from "../../src/xdm/index.js";
import { archive, metadata, plainEntries } from "./archives.js";
import { cda, header, SOFTWARE } from "./fixtures.js";
import { makeZip } from "./zip-maker.js";

/** CPU time of the call in ms (other processes do not count), and its result or the code of its error. */
async function measured<T>(work: () => Promise<T>): Promise<{ ms: number; result: T | string }> {
  const start = process.cpuUsage();
  let result: T | string;
  try {
    result = await work();
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    result = error.code;
  }
  return { ms: process.cpuUsage(start).user / 1000, result };
}

const single = (content: string, more: Parameters<typeof makeZip>[0] = []) =>
  makeZip([{ name: "IHE_XDM/S/METADATA.XML", content, method: 0 }, ...more]);
const entry = (uri: string, hash = "00") =>
  `<ExtrinsicObject><Slot name="URI"><ValueList><Value>${uri}</Value></ValueList></Slot><Slot name="hash"><ValueList><Value>${hash}</Value></ValueList></Slot></ExtrinsicObject>`;

describe("an archive made to exhaust the reader costs little", () => {
  it("thousands of entries of the metadata that name one large file: it is hashed once", async () => {
    const large = Buffer.alloc(10_000_000, "0123456789abcdefghijklmnopqrstuvwxyz");
    const zip = single(`<a>${entry("D.XML").repeat(5000)}</a>`, [
      { name: "IHE_XDM/S/D.XML", content: large, method: 0 },
    ]);
    const { ms, result } = await measured(() => openXdm(zip));
    expect(ms).toBeLessThan(2_000);
    expect(result).toMatchObject({ documents: { length: 5000 } });
  });

  it("more documents than the limit are refused", async () => {
    expect((await measured(() => openXdm(single(`<a>${"<ExtrinsicObject/>".repeat(10_001)}</a>`)))).result).toBe(
      "archive_limit_exceeded",
    );
    const two = single(`<a>${entry("D.XML").repeat(2)}</a>`);
    expect((await measured(() => openXdm(two, { limits: { maxDocuments: 1 } }))).result).toBe("archive_limit_exceeded");
  });

  it("three hundred thousand packages or actions are refused, not thrown upon", async () => {
    for (const object of [
      "<RegistryPackage/>",
      '<ExtrinsicObject><Slot name="urn:action:extraMetadataSlot"/></ExtrinsicObject>',
    ])
      expect((await measured(() => openXdm(single(`<a>${object.repeat(140_000)}</a>`)))).result).toEqual(
        object.includes("Package") ? expect.objectContaining({ submissionSets: [] }) : "archive_limit_exceeded",
      );
  });

  it("a bomb of many entries that are each small enough for any ratio", async () => {
    const many = Array.from({ length: 100 }, (_, n) => ({ name: `F${n}`, content: Buffer.alloc(1_000_000) }));
    const { ms, result } = await measured(async () => openXdm(archive(many)));
    expect(result).toBe("archive_limit_exceeded");
    expect(ms).toBeLessThan(2_000);
  });

  it("a URI of megabytes finds nothing, at once", async () => {
    for (const uri of ["%41/".repeat(2_000_000), "../".repeat(3_000_000)]) {
      const { ms, result } = await measured(() => openXdm(single(metadata({ uri }))));
      expect(ms).toBeLessThan(1_500);
      expect(result).toMatchObject({ documents: [{ integrity: { file: "missing" } }] });
    }
  });

  it("thousands of URIs that lead through thousands of folders", async () => {
    const uris = ["x/".repeat(1_900), "x/../".repeat(800), "\u00e9%41".repeat(1_000)];
    const objects = uris.map((uri) => Array.from({ length: 600 }, (_, n) => entry(`${uri}${n}`)).join("")).join("");
    const zip = makeZip([{ name: "a/b/c/d/e/f/g/h/METADATA.XML", content: `<a>${objects}</a>`, method: 0 }]);
    const { ms, result } = await measured(() => openXdm(zip));
    expect(result).toMatchObject({ documents: { length: 1_800 } });
    expect(ms).toBeLessThan(1_500);
  });

  it("a patient with two hundred thousand identifiers is packed", async () => {
    const localIds = Array.from({ length: 200_000 }, (_, n) => `1.2.3^${n}`);
    const patient = { ...header().patient, localIds };
    const { result } = await measured(() =>
      packXdm({ documents: [{ content: Buffer.from("x"), cda: cda({ patient }) }], software: SOFTWARE }),
    );
    expect(result).toMatchObject({ documents: [{ size: 1 }] });
  });

  it("a name of ten megabytes is cut, not taken apart", async () => {
    const patient = { ...header().patient, birthName: "^|".repeat(5_000_000) };
    const { ms, result } = await measured(() =>
      packXdm({ documents: [{ content: Buffer.from("x"), cda: cda({ patient }) }], software: SOFTWARE }),
    );
    expect(ms).toBeLessThan(1_000);
    const [name] = (result as Awaited<ReturnType<typeof packXdm>>).documents[0]?.sourcePatientInfo ?? [];
    expect(name).toMatch(/^PID-5\|(\\[SF]\\)+\^ALICE\^ALICE MARIE\^\^\^\^L$/);
    expect(name?.length).toBeLessThanOrEqual(256);
  });
});

describe("what an error of the reader tells", () => {
  const folder = "IHE_XDM/DUPONT_JEANNE";

  it("is never the folder, which may be named after the patient", async () => {
    const zip = makeZip([{ name: `${folder}/METADATA.XML`, content: "<a" }]);
    const error = await openXdm(zip).catch((cause) => cause);
    expect(error).toMatchObject({ code: "xdm_metadata_invalid", path: "METADATA.XML" });
    const limit = await openXdm(makeZip([{ name: `${folder}/METADATA.XML`, content: metadata() }]), {
      limits: { maxSubmissionSets: 0.5 },
    }).catch((cause) => cause);
    expect(limit.code).toBe("archive_limit_exceeded");
    expect(JSON.stringify([error, limit])).not.toContain("DUPONT");
  });
});

describe("the name of a file to extract", () => {
  const nameOf = async (name: string) => {
    const targets = extractTargets(await openXdm(archive([{ name, content: "x" }])));
    return targets.map(({ path }) => path).filter((path) => !plainEntries().some((each) => each.name === path));
  };

  it("is cut to what a disk takes, and keeps its ending", async () => {
    const [path] = await nameOf(`${"é".repeat(300)}.pdf`);
    expect(path).toMatch(/^é+\.pdf$/);
    expect(Buffer.byteLength(path as string)).toBeLessThanOrEqual(255);
  });

  it("holds no mark of direction and no control of a terminal", async () => {
    expect(await nameOf("report\u202efdp.exe")).toEqual(["report_fdp.exe"]);
    expect(await nameOf("a\u009b31mb.txt")).toEqual(["a_31mb.txt"]);
  });
});
