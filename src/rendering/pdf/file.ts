import type PDFDocument from "pdfkit";
import { MARGIN } from "./pages.js";

/** What a PDF says of itself. */
export interface FileInfo {
  title: string;
  author: string;
  language: string;
  /** The same document gives the same file: the date is the document's. */
  date: Date;
}

const PRODUCER = "medimail-connector (pdfkit)";

type Doc = InstanceType<typeof PDFDocument>;
interface Metadata {
  info: Record<string, unknown>;
  _addInfo(): void;
}

/** Opens a PDF/A-1b file of A4 pages; the library is loaded with the first one. */
export async function openFile({ title, author, language, date }: FileInfo): Promise<Doc> {
  const { default: Pdf } = await import("pdfkit");
  const doc = new Pdf({
    // PDF/A-1 is PDF 1.4.
    pdfVersion: "1.4",
    subset: "PDF/A-1b",
    size: "A4",
    margin: MARGIN,
    bufferPages: true,
    lang: language,
    displayTitle: true,
    // The standard fonts are not embedded: none is opened.
    font: null as never,
    info: {
      Title: title,
      ...(author === "" ? {} : { Author: author }),
      Producer: PRODUCER,
      Creator: PRODUCER,
      CreationDate: date,
    },
  });
  escapeMetadata(doc as unknown as Metadata);
  return doc;
}

/** pdfkit (0.20) writes the title and the author into XML as they are: a document could write metadata of its own. */
function escapeMetadata(doc: Metadata): void {
  const add = doc._addInfo;
  doc._addInfo = () => {
    const { info } = doc;
    doc.info = Object.fromEntries(
      Object.entries(info).map(([key, value]) => [key, typeof value === "string" ? escaped(value) : value]),
    );
    try {
      add.call(doc);
    } finally {
      doc.info = info;
    }
  };
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The bytes of the file, once it is ended. */
export function bytesOf(doc: Doc): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on("data", (chunk: Buffer) => chunks.push(chunk));
    doc.on("end", () => {
      const all = Buffer.concat(chunks);
      resolve(new Uint8Array(all.buffer, all.byteOffset, all.length));
    });
    doc.on("error", reject);
    doc.end();
  });
}
