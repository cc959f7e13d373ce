import type { CdaLimits } from "../../cda/index.js";
import { MedimailError, type Problem } from "../../errors.js";
import { declaresPdfA1 } from "../../pdf-file.js";
import { faceOf } from "../facts.js";
import { formatId, formatPerson } from "../format.js";
import { type Names, namesOf } from "../ids.js";
import { DEFAULT_RENDER_LIMITS, type RenderLimits } from "../limits.js";
import { readShown } from "../read.js";
import type { Compared, Language, Notice, ShownDocument } from "../types.js";
import { wordsIn } from "../words.js";
import type { Tools } from "./blocks.js";
import { headPieces, morePieces } from "./face.js";
import { bytesOf, openFile } from "./file.js";
import { type FontSet, openFonts } from "./fonts.js";
import { Ink } from "./ink.js";
import { Pages, ROOM } from "./pages.js";
import { mediaOf, openPictures } from "./pictures.js";
import { writeRunning } from "./running.js";
import { bodyPieces } from "./sections.js";

export interface RenderPdfOptions {
  /** Embedded in the file, the glyphs used only. */
  fonts: FontSet;
  /** Language of our labels; the document's words stay as they are. Default `fr`. */
  language?: Language;
  /** What the metadata and the mail say, to mark where they do not agree. */
  compared?: Compared;
  /** What its reader must know before it, above the title. Default none. */
  notices?: readonly Notice[];
  limits?: Partial<CdaLimits & RenderLimits>;
}

export interface RenderedPdf {
  pdf: Uint8Array;
  /** `encapsulated`: the file of a level-1 document, byte for byte; `made`: laid out by us, from header and narrative. */
  origin: "encapsulated" | "made";
  /** The file declares PDF/A-1 (ECO.2.1.5). What is made here is PDF/A-1b; what a document encapsulates is not checked. */
  pdfA1: boolean;
  /** Of header and narrative: what is not shown, or not as it is written. */
  problems: Problem[];
}

/**
 * A CDA R2 document as a PDF (ECO.2.1.1, ECO.2.1.5). Level 3: header, narrative and images on A4 pages, PDF/A-1b; the same
 * document gives the same bytes. Level 1: the encapsulated PDF as it is; a body of another type is laid out where it is an image
 * or text, and is a problem `file_not_shown` of severity error where it is neither.
 *
 * @throws MedimailError `cda_invalid`, `xml_invalid`, `xml_dtd_refused`, `xml_limit_exceeded` (also `maxPages`, `maxMs`), `invalid_argument` (a face that is no font)
 */
export async function renderPdf(cda: Uint8Array | ShownDocument, options: RenderPdfOptions): Promise<RenderedPdf> {
  const shown = cda instanceof Uint8Array ? readShown(cda, options.limits ? { limits: options.limits } : {}) : cda;
  const { body } = shown;
  if (body.kind === "file" && body.media.kind === "pdf") {
    const pdf = body.media.bytes();
    const pdfA1 = declaresPdfA1(pdf);
    return { pdf, origin: "encapsulated", pdfA1, problems: pdfA1 ? shown.problems : [...shown.problems, NOT_PDFA] };
  }
  const { pdf, problems } = await lay(shown, options);
  return { pdf, origin: "made", pdfA1: true, problems: [...shown.problems, ...problems] };
}

const NOT_PDFA: Problem = {
  severity: "warning",
  code: "pdf_not_pdfa1",
  message: "The PDF that the document encapsulates does not declare PDF/A-1 (ECO.2.1.5): it is given as it is.",
};

async function lay(shown: ShownDocument, options: RenderPdfOptions): Promise<{ pdf: Uint8Array; problems: Problem[] }> {
  const language = options.language ?? "fr";
  const limits = { ...DEFAULT_RENDER_LIMITS, ...options.limits };
  const { header } = shown.cda;
  const face = faceOf(shown, language, options.compared, options.notices);
  const author = header.authors.map(({ person }) => formatPerson(person)).find((name) => name !== "") ?? "";
  const title = [face.title, face.patient.name].filter(Boolean).join(" \u2014 ");
  const doc = await openFile({
    title,
    author,
    language: languageOf(header.languageCode, language),
    date: dateOf(header.effectiveTime),
  });
  try {
    const ink = new Ink(doc, await openFonts(options.fonts), limits.maxMs);
    const pictures = await openPictures(shown.body, doc, limits.maxDecodedPixels);
    const tools: Tools = {
      ink,
      words: wordsIn(language),
      language,
      pictures,
      page: ROOM,
      ...destinations(namesOf(shown)),
    };
    const pages = new Pages(ink, limits.maxPages);
    pages.place([...headPieces(face, tools), ...bodyPieces(shown.body, tools), ...morePieces(face, tools)]);
    writeRunning(face, formatId(header.id), pages.count, tools);
    return { pdf: await bytesOf(doc), problems: problemsOf(shown, tools) };
  } catch (error) {
    if (error instanceof MedimailError) throw error;
    throw new MedimailError("internal", "The PDF could not be made.", { cause: error });
  }
}

/** What the pages do not show, or not as written. */
function problemsOf({ body }: ShownDocument, { ink, pictures }: Tools): Problem[] {
  const problems: Problem[] = [];
  const tell = (severity: Problem["severity"], code: string, message: string): void =>
    void problems.push({ severity, code, message });
  if ([...mediaOf(body)].some(({ number }) => !pictures.has(number)))
    tell(
      "error",
      "image_unreadable",
      "An image cannot be shown in a PDF/A-1 (CMYK, damaged, or too large): its place says so.",
    );
  if (body.kind === "file" && body.media.kind === "other")
    tell(
      "error",
      "file_not_shown",
      "The file that the document encapsulates is neither a PDF, an image nor text: not shown.",
    );
  if (body.kind === "none") tell("error", "file_not_shown", "The document has no body: only its header is shown.");
  if (ink.missing > 0)
    tell("warning", "characters_missing", `The font has no glyph for ${ink.missing} characters: shown as \ufffd.`);
  if (ink.turned > 0)
    tell("warning", "text_direction", "Text of a script written from right to left is laid out word by word only.");
  return problems;
}

/** Only what a link asks for gets a name in the file. */
function destinations({ given, wanted }: Names): Pick<Tools, "destination" | "anchor"> {
  const names = new Map([...wanted].filter((id) => given.has(id)).map((id, index) => [id, `d${index}`]));
  const placed = new Set<string>();
  return {
    destination: (id) => names.get(id),
    // The first of several elements of one identifier is the one that is meant.
    anchor: (id) => {
      const name = names.get(id);
      if (name === undefined || placed.has(name)) return undefined;
      placed.add(name);
      return name;
    },
  };
}

function languageOf(code: string | undefined, language: Language): string {
  const trimmed = code?.trim() ?? "";
  return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/.test(trimmed) ? trimmed : language;
}

/** Of the document, so that the same one gives the same file; to the day where it says no more. */
function dateOf(time: string | undefined): Date {
  const parts = /^(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)?(\d\d)?(?:\.\d+)?)?(?:([+-])(\d\d)(\d\d))?/.exec(
    time?.trim() ?? "",
  );
  if (parts === null) return new Date(0);
  const [, year, month = "1", day = "1", hour = "0", minute = "0", second = "0", sign, hours = "0", minutes = "0"] =
    parts;
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return new Date(local - offset);
}
