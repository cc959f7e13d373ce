import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { readCda } from "../../src/cda/index.js";
import { pdfOf } from "../tools/documents.js";

/** The CDA of each official archive, unpacked by a library that the product does not use for it. */
export function corpusDocuments(shared: string): { name: string; cda: Uint8Array }[] {
  const folder = join(shared, "corpus/xdm");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".zip"))
    .sort()
    .map((name) => ({ name, cda: unzipDocument(readFileSync(join(folder, name))) }));
}

/** The first document of an archive, whatever wrote it. */
export function unzipDocument(zip: Uint8Array): Uint8Array {
  const files = unzipSync(zip);
  const path = Object.keys(files).find((name) => /IHE_XDM\/[^/]+\/DOC[^/]*\.XML$/i.test(name));
  if (!path) throw new Error("no document in the archive");
  return files[path] as Uint8Array;
}

/** A PDF to go beside a level-3 document; level 1 brings its own. */
export function pdfFor(cda: Uint8Array): Uint8Array | undefined {
  const { body } = readCda(cda);
  return body.level === "N1" && body.mediaType === "application/pdf" ? undefined : pdfOf(3_000, cda.length);
}
