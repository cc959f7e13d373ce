import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { cdaOf, pdfOf } from "../tools/documents.js";
import { documentMail, failing, judged, LABO, smtp } from "./kit.js";

const SET = "IHE_XDM/SUBSET01/";
const META = `${SET}METADATA.XML`;
const changed = (edit: (files: Record<string, Uint8Array>) => void) => (zip: Uint8Array) => {
  const files = unzipSync(zip);
  edit(files);
  return zipSync(files);
};
const metadata = (from: string | RegExp, to: string) =>
  changed((files) => {
    const before = Buffer.from(files[META] ?? "").toString("utf8");
    const after = before.replace(from, to);
    if (after === before) throw new Error(`METADATA.XML has no ${from}`);
    files[META] = Buffer.from(after);
  });
const renamed = (from: string, to: string) =>
  changed((files) => {
    files[to] = files[from] as Uint8Array;
    delete files[from];
  });
const mandatory = async (archive: (zip: Uint8Array) => Uint8Array) =>
  (await failing(smtp([await documentMail({ archive })]))).filter((code) => !code.startsWith("RFC"));

/** The same document of somebody else, and a copy of the first of another identifier. */
const elsewhere = () =>
  Buffer.from(
    Buffer.from(cdaOf(8, pdfOf(300, 8)))
      .toString("utf8")
      .replace("MOREL", "DURAND"),
  );

describe("documents that the metadata do not name (ECO.2.1.1)", () => {
  it("fails a CDA that is hidden in the archive, and counts its patient (ECO.2.1.1 (b))", async () => {
    const same = changed((files) => Object.assign(files, { [`${SET}DOC00009.XML`]: cdaOf(8, pdfOf(300, 8)) }));
    const other = changed((files) => Object.assign(files, { [`${SET}DOC00009.XML`]: elsewhere() }));
    expect(await mandatory(same)).toEqual(["ECO.2.1.1"]);
    expect(await mandatory(other)).toEqual(["ECO.2.1.1", "ECO.2.1.1-b"]);
    const { results } = await judged(smtp([await documentMail({ archive: same })]));
    const [evidence] = results.find(({ code }) => code === "ECO.2.1.1")?.evidence ?? [];
    expect(evidence?.where).toContain("DOC00009.XML");
  });

  it("takes a second copy of a document that is named, and files of another kind", async () => {
    const copy = changed((files) => {
      const [name = ""] = Object.keys(files).filter((one) => /DOC\d+\.XML$/.test(one));
      Object.assign(files, { [`${SET}COPY.XML`]: files[name], "LISEZMOI.TXT": Buffer.from("bonjour") });
    });
    expect(await mandatory(copy)).toEqual([]);
  });
});

describe("what the metadata say of the patient and the set (ECO.2.1.1)", () => {
  it.each([
    ["another birth name", /(PID-5\|)MOREL/, "$1DURAND"],
    ["another birth date", /(PID-7\|)\d{8}/, "$119000101"],
    ["another sex", /(PID-8\|)F/, "$1M"],
    ["a document less confidential than its CDA", /nodeRepresentation="N"/, 'nodeRepresentation="V"'],
    ["no submission time", /<(?:rim:)?Slot name="submissionTime">.*?<\/(?:rim:)?Slot>/s, ""],
    ["no member", /AssociationType:HasMember/g, "AssociationType:Signs"],
  ])("fails %s", async (_what, from, to) => {
    expect(await mandatory(metadata(from, to))).toEqual(["ECO.2.1.1"]);
  });

  it("fails names that ISO 9660 level 1 does not know", async () => {
    expect(await mandatory(renamed(META, `${SET}metadata.xml`))).toEqual(["ECO.2.1.1"]);
    const files = Object.keys(unzipSync(await zipOf()));
    const [document = ""] = files.filter((one) => /DOC\d+\.XML$/.test(one));
    const name = document.slice(SET.length);
    const long = changed((all) => {
      all[`${SET}compte-rendu.xml`] = all[document] as Uint8Array;
      delete all[document];
      all[META] = Buffer.from(
        Buffer.from(all[META] ?? "")
          .toString("utf8")
          .replaceAll(name, "compte-rendu.xml"),
      );
    });
    expect(await mandatory(long)).toEqual(["ECO.2.1.1"]);
  });
});

async function zipOf(): Promise<Uint8Array> {
  let kept: Uint8Array = Buffer.of();
  await documentMail({
    archive: (zip) => {
      kept = zip;
      return zip;
    },
  });
  return kept;
}

describe("who sends (out-from, RFC 5322)", () => {
  it("fails a From of several boxes", async () => {
    const mail = (await documentMail()).replace(/^(From: .*>)\r\n/m, "$1,\r\n <autre@ch-exemple.mssante.fr>\r\n");
    expect(mail).toContain("<autre@");
    const boxes = [{ connection: "mock", kind: "mailbox", address: LABO, type: "APP" } as const];
    expect(await failing([...boxes, ...smtp([mail])])).toEqual(["out-from", "RFC-5322"]);
  });
});
