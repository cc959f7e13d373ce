import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { openXdm, packXdm } from "../../src/xdm/index.js";
import type { DocumentEntry } from "../../src/xdm/types.js";
import { describeWithShared } from "../tools/shared.js";
import { SOFTWARE } from "./fixtures.js";
import { makeZip, type RawEntry } from "./zip-maker.js";

const META = "IHE_XDM/SUBSET01/METADATA.XML";
const CDA = "IHE_XDM/SUBSET01/DOC0001.XML";

type Files = Record<string, Uint8Array>;
const text = (bytes: Uint8Array | undefined) =>
  Buffer.from(bytes ?? [])
    .toString("utf8")
    .replace(/^\ufeff/, "");
const utf16 = (xml: string) => Buffer.from(`\ufeff${xml.replace(/^<\?xml[^>]*\?>/, "")}`, "utf16le");
const entriesOf = (files: Files): RawEntry[] =>
  Object.entries(files).map(([name, content]) => (name.endsWith("/") ? { name } : { name, content }));
const metaAs = (change: (xml: string) => string | Uint8Array) => (files: Files) =>
  entriesOf({ ...files, [META]: Buffer.from(change(text(files[META]))) });
const namesAs = (change: (name: string) => string) => (files: Files) =>
  entriesOf(files).map((entry) => ({ ...entry, name: change(String(entry.name)) }));

/** What other vendors do to an archive, and the problems that it may be told for; the documents are read all the same. */
const ARCHIVES: Record<string, [change: (files: Files) => RawEntry[], problems: string[]]> = {
  "names in lower case": [namesAs((name) => name.toLowerCase()), []],
  "one folder more": [namesAs((name) => `export/${name}`), ["xdm_folder_misplaced"]],
  backslashes: [
    (files) => namesAs((name) => name.replaceAll("/", "\\"))(files).filter(({ content }) => content),
    ["archive_backslashes"],
  ],
  "a set of another name": [namesAs((name) => name.replace("SUBSET01", "LOT_1")), ["xdm_uri_irregular"]],
  "INDEX.HTML, no README": [
    (files) =>
      namesAs((name) => name.replace("INDEX.HTM", "INDEX.HTML"))(files).filter(({ name }) => name !== "README.TXT"),
    ["xdm_file_missing"],
  ],
  "entries written as a stream": [
    (files) => entriesOf(files).map((e) => (e.content ? { ...e, descriptor: true } : e)),
    [],
  ],
  "metadata with a byte order mark": [metaAs((xml) => `\ufeff${xml}`), []],
  "metadata in UTF-16": [metaAs(utf16), []],
  "metadata in UTF-16, big-endian": [metaAs((xml) => utf16(xml).swap16()), []],
  "metadata in ISO-8859-1": [
    metaAs((xml) =>
      Buffer.from(
        `<?xml version="1.0" encoding="ISO-8859-1"?>${xml.replace(/[^\x00-\xff]/g, (c) => `&#${c.codePointAt(0)};`)}`,
        "latin1",
      ),
    ),
    [],
  ],
  "metadata with blanks before their declaration": [metaAs((xml) => `\r\n<?xml version="1.0"?>${xml}`), []],
  "metadata under other prefixes": [metaAs((xml) => xml.replaceAll("rim:", "ns2:").replaceAll(":rim=", ":ns2=")), []],
  "a hash in lower case": [
    metaAs((xml) =>
      xml.replace(/<(\w+:)?Value>[0-9A-F]{40}</g, (found) => found.toLowerCase().replace("value", "Value")),
    ),
    [],
  ],
  "no size": [metaAs((xml) => xml.replace(/name="size"/g, 'name="taille"')), ["xdm_size_absent"]],
  "no hash": [metaAs((xml) => xml.replace(/name="hash"/g, 'name="empreinte"')), ["xdm_hash_absent"]],
  "UUIDs without urn:uuid:, in upper case": [
    metaAs((xml) => xml.replace(/urn:uuid:([0-9a-f-]{36})/g, (_, uuid: string) => uuid.toUpperCase())),
    [],
  ],
  "no association": [metaAs((xml) => xml.replace(/<(\w+:)?Association[\s\S]*?<\/\1Association>/g, "")), []],
};

describeWithShared("the official archives as other vendors could write them", (shared) => {
  const folder = join(shared, "corpus/xdm");
  const archives = readdirSync(folder)
    .filter((name) => name.endsWith(".zip"))
    .map((name): [string, Files] => [name, unzipSync(readFileSync(join(folder, name)))]);

  it.each(Object.entries(ARCHIVES))(
    "%s: each document is found, and its metadata are those of the original",
    async (_, [change, told]) => {
      let changed = 0;
      for (const [name, files] of archives) {
        const [plain, other] = [makeZip(entriesOf(files)), makeZip(change(files))];
        if (!plain.equals(other)) changed += 1;
        const original = await openXdm(plain);
        const opened = await openXdm(other);
        const codes = new Set(opened.problems.map(({ code }) => code));
        const known = original.problems.map(({ code }) => code);
        expect(
          [...codes].filter((code) => !told.includes(code) && !known.includes(code)),
          name,
        ).toEqual([]);
        const metadataOf = ({
          integrity: _i,
          content: _c,
          path: _p,
          hash: _h,
          size: _s,
          entryUUID: _e,
          ...rest
        }: (typeof opened.documents)[0]) => rest;
        expect(opened.documents.map(metadataOf), name).toEqual(original.documents.map(metadataOf));
        expect(Buffer.compare(opened.documents[0]?.content ?? Buffer.alloc(0), files[CDA] as Uint8Array), name).toBe(0);
      }
      expect(changed).toBeGreaterThanOrEqual(40);
    },
  );

  /** What happens to a header, and the fields of the metadata that may change by it. */
  const HEADERS: Record<string, [change: (xml: string) => string | Uint8Array, fields: (keyof DocumentEntry)[]]> = {
    "in UTF-16": [utf16, []],
    "in ISO-8859-1": [
      (xml) =>
        Buffer.from(
          `<?xml version="1.0" encoding="ISO-8859-1"?>${xml.replace(/^\s*<\?xml[^>]*\?>/, "").replace(/[^\x00-\xff]/g, (c) => `&#${c.codePointAt(0)};`)}`,
          "latin1",
        ),
      [],
    ],
    "without legalAuthenticator": [
      (xml) => xml.replace(/<legalAuthenticator[\s\S]*?<\/legalAuthenticator>/, ""),
      ["legalAuthenticator"],
    ],
    "without componentOf": [
      (xml) => xml.replace(/<componentOf[\s\S]*?<\/componentOf>/, ""),
      ["healthcareFacilityTypeCode"],
    ],
    "without documentationOf": [
      (xml) => xml.replace(/<documentationOf[\s\S]*?<\/documentationOf>/g, ""),
      ["serviceStartTime", "serviceStopTime", "eventCodes", "practiceSettingCode"],
    ],
    "with an empty documentationOf before the others": [
      (xml) => xml.replace("<documentationOf", "<documentationOf><serviceEvent/></documentationOf><documentationOf"),
      [],
    ],
    "without title": [(xml) => xml.replace(/<title>[\s\S]*?<\/title>/, ""), ["title"]],
    "without confidentialityCode": [(xml) => xml.replace(/<confidentialityCode[^>]*?\/>/, ""), []],
    "with authors of whom nothing is said": [
      (xml) =>
        xml.replace(
          "<author",
          '<author nullFlavor="UNK"><assignedAuthor><id nullFlavor="NI"/></assignedAuthor></author><author',
        ),
      [],
    ],
    "with the type's translation alone": [
      (xml) =>
        xml.replace(/<code\s([^>]*?)(\/?)>/, (_, attributes: string, end: string) => {
          const start = `<code nullFlavor="OTH"><translation ${attributes}/>`;
          return end === "" ? start : `${start}</code>`;
        }),
      [],
    ],
    "with a patient's identifier that is null first": [
      (xml) => xml.replace(/(<patientRole[^>]*>)/, '$1<id nullFlavor="NASK" root="1.2.3"/>'),
      [],
    ],
    "with relations APND and XFRM": [
      (xml) =>
        xml.replace(
          /<component\b/,
          '<relatedDocument typeCode="APND"><parentDocument><id root="1.2.3"/></parentDocument></relatedDocument><relatedDocument typeCode="XFRM"><parentDocument><id nullFlavor="UNK"/></parentDocument></relatedDocument><component',
        ),
      [],
    ],
  };

  it.each(Object.entries(HEADERS))(
    "a CDA %s is packed; nothing else of its metadata changes",
    async (_, [change, fields]) => {
      let differing = 0;
      for (const [name, files] of archives) {
        const source = files[CDA] as Uint8Array;
        const changed = Buffer.from(change(text(source)));
        if (!changed.equals(source)) differing += 1;
        const pack = (content: Uint8Array) =>
          packXdm({ documents: [{ content, cda: readCda(content) }], software: SOFTWARE });
        const [before] = (await pack(source)).documents;
        const packed = await pack(changed);
        const [after] = packed.documents;
        const own: string[] = ["hash", "size", "entryUUID", ...fields];
        const kept = (entry: DocumentEntry | undefined) =>
          Object.fromEntries(Object.entries(entry ?? {}).filter(([key]) => !own.includes(key)));
        expect(kept(after), name).toEqual(kept(before));
        expect((await openXdm(packed.zip)).problems, name).toEqual([]);
      }
      expect(differing).toBeGreaterThanOrEqual(40);
    },
  );
});
