import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { renderHtml } from "../../src/rendering/index.js";
import { inspectXdm, openXdm, packXdm } from "../../src/xdm/index.js";
import { describeWithShared } from "../tools/shared.js";
import { archive, metadata } from "./archives.js";
import { ebrimValidator } from "./ebrim.js";
import { SOFTWARE } from "./fixtures.js";
import { chance, type Pick } from "./strange-choices.js";
import { strangeDocument } from "./strange-documents.js";
import { damaged } from "./xml-damage.js";

const VARIANTS = Number(process.env["VARIANTS"] ?? 100);
const SEED = Number(process.env["SEED"] ?? 20_261_129);
/** What a document that says too little, or too much, is refused for. */
const REFUSED = ["cda_invalid", "xml_invalid", "xdm_several_patients"];

function* documents(pick: Pick): Generator<Uint8Array> {
  for (let variant = 0; variant < VARIANTS; variant++) {
    let { xml } = strangeDocument(pick, [["11502-2", "10"]]);
    for (let times = pick([1, 2, 3]); times > 0; times--) xml = damaged(pick, xml);
    yield Buffer.from(xml);
  }
}

async function packed(content: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    return (await packXdm({ documents: [{ content }], software: SOFTWARE })).zip;
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    expect(REFUSED).toContain(error.code);
    return undefined;
  }
}

describe("nodes dropped, doubled, moved, made null or given odd values", () => {
  it("in a document: it is refused as what it is, or packed so that it can be opened, and shown", async () => {
    let used = 0;
    for (const content of documents(chance(SEED))) {
      const zip = await packed(content);
      if (zip === undefined) continue;
      used += 1;
      const opened = await openXdm(zip);
      expect(opened.problems.filter(({ code }) => code !== "xdm_patient_id_missing")).toEqual([]);
      expect(renderHtml(content).html).toContain("</html>");
    }
    expect(used).toBeGreaterThan(VARIANTS / 2);
  });

  it("in the metadata: they are read for what they still say", async () => {
    const pick = chance(SEED);
    for (let variant = 0; variant < VARIANTS; variant++) {
      const xml = damaged(pick, damaged(pick, metadata({ action: "C" })));
      const other = { name: "IHE_XDM/SUBSET02/METADATA.XML", content: xml };
      const { documents: found } = inspectXdm(await openXdm(archive([other])));
      expect(found[0]?.integrity).toEqual({ file: "present", hash: "ok", size: "ok" });
    }
  });
});

describeWithShared("metadata of damaged documents", (shared) => {
  it("are valid against ebRIM 3.0 nonetheless", async () => {
    const validate = ebrimValidator(shared);
    for (const content of documents(chance(SEED + 1))) {
      const zip = await packed(content);
      if (zip) validate(unzipSync(zip)["IHE_XDM/SUBSET01/METADATA.XML"] as Uint8Array);
    }
  });
});
