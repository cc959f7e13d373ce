import { describe, expect, it } from "vitest";
import { openXdm } from "../../src/xdm/open.js";
import { archive, DOCUMENT, metadata, plainEntries } from "./archives.js";
import { makeZip, type RawEntry } from "./zip-maker.js";

const codes = (opened: { problems: { code: string }[] }) => opened.problems.map((problem) => problem.code);
const renamed = (change: (name: string) => string) =>
  plainEntries().map((e) => ({ ...e, name: change(String(e.name)) }));
const open = (entries: readonly RawEntry[]) => openXdm(makeZip(entries));

describe("reading what other vendors write", () => {
  it("finds nothing wrong with a plain archive", async () => {
    const opened = await openXdm(archive());
    expect(opened.problems).toEqual([]);
    expect(opened.documents[0]).toMatchObject({
      path: "IHE_XDM/SUBSET01/DOC0001.XML",
      uniqueId: "1.2.3.6",
      patientId: "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH",
      integrity: { file: "present", hash: "ok", size: "ok" },
    });
    expect(Buffer.from(opened.documents[0]?.content ?? [])).toEqual(DOCUMENT);
    expect(opened.submissionSets[0]).toMatchObject({ uniqueId: "1.2.3.5", sourceId: "1.2.3.4" });
    expect(opened.otherFiles.map((file) => file.path)).toEqual([
      "INDEX.HTM",
      "README.TXT",
      "IHE_XDM/SUBSET01/METADATA.XML",
    ]);
  });

  it("reads names in lower case", async () => {
    const opened = await open(renamed((name) => name.toLowerCase()));
    expect(opened.problems).toEqual([]);
    expect(opened.documents[0]?.path).toBe("ihe_xdm/subset01/doc0001.xml");
  });

  it("reads an archive whose root has one more folder", async () => {
    const opened = await open(renamed((name) => `export/${name}`));
    expect(codes(opened)).toEqual(["xdm_folder_misplaced"]);
    expect(opened.documents[0]?.integrity.hash).toBe("ok");
  });

  it("reads names with backslashes", async () => {
    const entries = renamed((name) => name.replaceAll("/", "\\")).filter((e) => !String(e.name).endsWith("\\"));
    const opened = await open(entries);
    expect(codes(opened)).toEqual(["archive_backslashes"]);
    expect(opened.documents[0]?.path).toBe("IHE_XDM/SUBSET01/DOC0001.XML");
  });

  it("reads entries written as a stream, with a descriptor after the data", async () => {
    const opened = await open(plainEntries().map((e) => (e.content ? { ...e, descriptor: true } : e)));
    expect(opened.problems).toEqual([]);
  });

  it("reads an archive without INDEX.HTM and README.TXT, and says so", async () => {
    const opened = await open(plainEntries().slice(2));
    expect(opened.problems.map(({ code, path }) => [code, path])).toEqual([
      ["xdm_file_missing", "INDEX.HTM"],
      ["xdm_file_missing", "README.TXT"],
    ]);
  });

  it.each([
    ["the name of its folder before it", "SUBSET01/DOC0001.XML"],
    ["the whole path", "IHE_XDM/SUBSET01/DOC0001.XML"],
    ["a slash before the whole path", "/IHE_XDM/SUBSET01/DOC0001.XML"],
    ["a backslash", "SUBSET01\\DOC0001.XML"],
    ["percent signs", "DOC%30001.XML"],
    ["a scheme", "file:///IHE_XDM/SUBSET01/DOC%30001.XML"],
    ["the drive of a disc", "D:\\IHE_XDM\\SUBSET01\\DOC0001.XML"],
  ])("finds a document whose URI has %s", async (_, uri) => {
    const opened = await openXdm(archive([], { uri }));
    expect(opened.documents[0]).toMatchObject({ uri, path: "IHE_XDM/SUBSET01/DOC0001.XML" });
    expect(codes(opened)).toEqual(["xdm_uri_irregular"]);
  });

  it.each([
    ["no URI", ""],
    ["the URI of a file that is not there", "DOC00001.XML"],
  ])("finds a document with %s by its hash, wherever it is", async (_, uri) => {
    const entries = plainEntries({ uri }).map((e) =>
      e.name === "IHE_XDM/SUBSET01/DOC0001.XML" ? { ...e, name: "IHE_XDM/AILLEURS/CR.XML" } : e,
    );
    const opened = await open(entries);
    expect(opened.documents[0]).toMatchObject({ uri, path: "IHE_XDM/AILLEURS/CR.XML", integrity: { hash: "ok" } });
    expect(codes(opened)).toEqual(["xdm_uri_wrong"]);
  });

  it("takes the only file beside the metadata for a document without URI and hash, and none where there are two", async () => {
    const entries = plainEntries({ uri: "", hash: null });
    const beside = (name: string) => ({ name: `IHE_XDM/SUBSET01/${name}`, content: "x" });
    const opened = await open([...entries, beside("CCD.xsl"), beside(".DS_Store")]);
    expect(opened.documents[0]).toMatchObject({
      path: "IHE_XDM/SUBSET01/DOC0001.XML",
      integrity: { file: "present", hash: "absent", size: "ok" },
    });
    expect(codes(opened)).toEqual(["xdm_uri_wrong", "xdm_hash_absent"]);
    const two = await open([...entries, beside("DOC0002.XML")]);
    expect(codes(two)).toEqual(["xdm_document_missing"]);
  });

  it("gives the identifiers that a document refers to, where there are any", async () => {
    const ids = [
      "1.2.840.113747.804163^^^^urn:ihe:iti:xds:2016:studyInstanceUID",
      "A-17^^^&1.2.3&ISO^urn:ihe:iti:xds:2013:accession",
    ];
    const values = ids.map((id) => `<rim:Value>${id.replaceAll("&", "&amp;")}</rim:Value>`).join("");
    const slot = `<rim:Slot name="urn:ihe:iti:xds:2013:referenceIdList"><rim:ValueList>${values}</rim:ValueList></rim:Slot>`;
    const withIds = metadata().replace('<rim:Slot name="URI">', `${slot}<rim:Slot name="URI">`);
    const opened = await open(
      plainEntries().map((e) => (/METADATA/.test(String(e.name)) ? { ...e, content: withIds } : e)),
    );
    expect(opened.documents[0]?.referenceIds).toEqual(ids);
    expect((await openXdm(archive())).documents[0]).not.toHaveProperty("referenceIds");
  });

  it("takes no other file for a document whose hash none has", async () => {
    const opened = await openXdm(archive([], { uri: "DOC00001.XML", hash: "0".repeat(40) }));
    expect(codes(opened)).toEqual(["xdm_document_missing"]);
  });

  it("looks past what macOS joins to an archive", async () => {
    const joined = plainEntries().map((e) => ({ ...e, name: `__MACOSX/${e.name}`.replace(/([^/]+)$/, "._$1") }));
    const opened = await open([...plainEntries(), ...joined]);
    expect(opened.problems).toEqual([]);
    expect(opened.documents).toHaveLength(1);
  });

  it("reads metadata whose name lost a slash, and says so", async () => {
    const opened = await open(renamed((name) => name.replace(/SUBSET01\/(?=.)/, "SUBSET01")));
    expect(opened.documents[0]).toMatchObject({ path: "IHE_XDM/SUBSET01DOC0001.XML", integrity: { hash: "ok" } });
    expect(codes(opened)).toEqual(["xdm_metadata_misnamed", "xdm_uri_wrong"]);
  });

  it("takes no file of another kind for metadata, whatever the end of its name", async () => {
    const photos = [{ name: "photos/photometadata.xml", content: "<photos/>" }];
    await expect(open(photos)).rejects.toMatchObject({ code: "xdm_metadata_missing" });
  });

  it.each([
    ["one caret less", "279035121518989^^&1.2.250.1.213.1.4.10&ISO"],
    ["its ampersands escaped twice", "279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"],
  ])("knows a patient by an identifier with %s", async (_, patientId) => {
    const other = metadata({ patientId, uniqueId: "1.2.3.7" });
    const more = [
      { name: "IHE_XDM/SUBSET02/METADATA.XML", content: other },
      { name: "IHE_XDM/SUBSET02/DOC0001.XML", content: DOCUMENT },
    ];
    expect(codes(await open([...plainEntries(), ...more]))).toEqual([]);
  });

  it("follows `../` inside the archive, as ITI-32 allows", async () => {
    const opened = await openXdm(archive([], { uri: "../SUBSET01/DOC0001.XML" }));
    expect(opened.problems).toEqual([]);
    expect(opened.documents[0]?.path).toBe("IHE_XDM/SUBSET01/DOC0001.XML");
  });

  it.each([
    "../../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "%2e%2e/%2e%2e/%2e%2e/DOC0001.XML",
    "DOC0002.XML",
  ])("finds nothing for the URI %s", async (uri) => {
    const opened = await openXdm(archive([], { uri, hash: "0".repeat(40) }));
    expect(opened.documents[0]?.integrity).toEqual({ file: "missing", hash: "absent", size: "absent" });
    expect(opened.documents[0]?.content).toBeUndefined();
    expect(opened.problems).toContainEqual(
      expect.objectContaining({ severity: "error", code: "xdm_document_missing" }),
    );
  });

  it("reads two submission sets and their documents", async () => {
    const second = metadata({ uri: "DOC0001.XML", uniqueId: "1.2.3.7" });
    const opened = await openXdm(
      archive([
        { name: "IHE_XDM/SUBSET02/metadata.xml", content: second },
        { name: "IHE_XDM/SUBSET02/DOC0001.XML", content: DOCUMENT },
      ]),
    );
    expect(opened.problems).toEqual([]);
    expect(opened.submissionSets).toHaveLength(2);
    expect(opened.documents.map((document) => document.path)).toEqual([
      "IHE_XDM/SUBSET01/DOC0001.XML",
      "IHE_XDM/SUBSET02/DOC0001.XML",
    ]);
  });

  it("keeps the first set where the metadata of the second cannot be read", async () => {
    const opened = await openXdm(archive([{ name: "IHE_XDM/SUBSET02/METADATA.XML", content: "<not" }]));
    expect(opened.documents).toHaveLength(1);
    expect(opened.problems).toContainEqual(
      expect.objectContaining({
        severity: "error",
        code: "xdm_metadata_invalid",
        path: "IHE_XDM/SUBSET02/METADATA.XML",
      }),
    );
  });

  it("says as an error that an archive is about two patients", async () => {
    const second = metadata({ uri: "../SUBSET01/DOC0001.XML", uniqueId: "1.2.3.7", patientId: "1^^^&1.2.3&ISO^PI" });
    const opened = await openXdm(archive([{ name: "IHE_XDM/SUBSET02/METADATA.XML", content: second }]));
    expect(opened.problems).toContainEqual(
      expect.objectContaining({ severity: "error", code: "xdm_several_patients" }),
    );
  });

  it("reads a prefix that is never declared", async () => {
    const opened = await openXdm(archive([], { prefix: "ns3:" }));
    expect(opened.problems).toEqual([]);
    expect(opened.documents[0]?.uniqueId).toBe("1.2.3.6");
  });

  it("takes a lone package that says nothing of itself for the submission set, and no folder for one", async () => {
    const folder =
      '<rim:RegistryPackage id="f"/><rim:Classification classifiedObject="f" classificationNode="urn:uuid:D9D542F3-6CC4-48B6-8870-EA235FBC94C2"/>';
    expect((await openXdm(archive([], { setNode: false }))).submissionSets).toHaveLength(1);
    const opened = await openXdm(archive([], { extraObjects: folder }));
    expect(opened.submissionSets.map((set) => set.uniqueId)).toEqual(["1.2.3.5"]);
  });

  it("survives metadata without a patient, as IHE allows", async () => {
    const opened = await openXdm(archive([], { patientId: null }));
    expect(opened.documents[0]?.patientId).toBeUndefined();
    expect(codes(opened)).toEqual(["xdm_patient_id_missing"]);
  });

  it.each([
    ["C", "replace"],
    ["D", "delete"],
    [undefined, "create"],
  ] as const)("reads the action %s as %s", async (action, expected) => {
    const opened = await openXdm(archive([], action ? { action } : {}));
    expect(opened.documents[0]?.action).toBe(expected);
  });

  it("says as an error that an action is none", async () => {
    const opened = await openXdm(archive([], { action: "Z" }));
    expect(opened.documents[0]?.action).toBe("create");
    expect(codes(opened)).toEqual(["xdm_action_unknown"]);
  });

  it("lists a PDF beside the document as another file", async () => {
    const opened = await openXdm(archive([{ name: "IHE_XDM/SUBSET01/DOC00001.PDF", content: "%PDF-1.4" }]));
    expect(opened.otherFiles.map((file) => file.path)).toContain("IHE_XDM/SUBSET01/DOC00001.PDF");
    expect(opened.problems).toEqual([]);
  });

  it("tells of data after the archive", async () => {
    const opened = await openXdm(archive([], {}, { suffix: Buffer.from("\r\n") }));
    expect(codes(opened)).toEqual(["archive_stray_bytes"]);
  });
});

describe("integrity of the documents (ITI TF-2 3.32.4.1.4)", () => {
  it("accepts a hash in upper case", async () => {
    const upper = (await openXdm(archive())).documents[0]?.hash?.toUpperCase() ?? "";
    const opened = await openXdm(archive([], { hash: upper }));
    expect(opened.documents[0]).toMatchObject({ hash: upper.toLowerCase(), integrity: { hash: "ok" } });
  });

  it("says as an error that a hash or a size differs, and still gives the content", async () => {
    const opened = await openXdm(archive([], { hash: "0".repeat(40), size: "1" }));
    expect(opened.documents[0]?.integrity).toEqual({ file: "present", hash: "mismatch", size: "mismatch" });
    expect(opened.problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      "error xdm_hash_mismatch",
      "error xdm_size_mismatch",
    ]);
    expect(opened.documents[0]?.content).toBeDefined();
  });

  it("tells of a hash and a size that are not there", async () => {
    const opened = await openXdm(archive([], { hash: null, size: "about 12" }));
    expect(opened.documents[0]?.integrity).toEqual({ file: "present", hash: "absent", size: "absent" });
    expect(opened.problems.map((problem) => problem.severity)).toEqual(["warning", "warning"]);
  });

  it("says as an error that a file does not fit its checksum", async () => {
    const entries = plainEntries().map((e) => (e.name === "README.TXT" ? { ...e, crc: 1 } : e));
    expect((await open(entries)).problems).toContainEqual(
      expect.objectContaining({ severity: "error", code: "archive_checksum_mismatch", path: "README.TXT" }),
    );
  });
});

describe("what cannot be an XDM archive", () => {
  it("refuses an archive without METADATA.XML", async () => {
    await expect(open([{ name: "A.TXT", content: "x" }])).rejects.toMatchObject({ code: "xdm_metadata_missing" });
  });

  it("refuses metadata that are no XML", async () => {
    await expect(open([{ name: "IHE_XDM/S/METADATA.XML", content: "x" }])).rejects.toMatchObject({
      code: "xdm_metadata_invalid",
    });
  });

  it("says as an error that the metadata describe no document", async () => {
    const opened = await open([{ name: "IHE_XDM/S/METADATA.XML", content: "<a/>" }]);
    expect(opened.problems).toContainEqual(
      expect.objectContaining({ severity: "error", code: "xdm_document_missing" }),
    );
  });
});
