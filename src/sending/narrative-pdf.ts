import type { Cda } from "../cda/index.js";
import type { Problem } from "../errors.js";
import { hasPdfBody } from "../message/index.js";
import type { AddressedSubmission } from "./types.js";

/** The PDF of each document, where the caller gave one or one was made. */
export interface ChosenPdfs {
  pdfs: (Uint8Array | undefined)[];
  problems: Problem[];
}

/**
 * The PDF/A-1b that goes beside the archive (ECO.2.1.1, ECO.2.1.5), made of header and narrative where the caller gives none and the
 * document encapsulates none. What has no content that pages can show (a level 1 of another type) gets none: the mail is then
 * refused with `pdf_missing`.
 */
export async function pdfsOf(submission: AddressedSubmission, cdas: readonly Cda[]): Promise<ChosenPdfs> {
  const pdfs: (Uint8Array | undefined)[] = [];
  const problems: Problem[] = [];
  for (const [index, { cda: bytes, pdf }] of submission.documents.entries()) {
    const cda = cdas[index] as Cda;
    if (pdf !== undefined || submission.withoutPdf || hasPdfBody(cda)) {
      pdfs.push(pdf);
      continue;
    }
    const made = await make(bytes);
    pdfs.push(made.pdf);
    for (const problem of made.problems)
      problems.push({ ...problem, severity: "warning", path: `documents[${index}].pdf` });
  }
  return { pdfs, problems };
}

async function make(bytes: Uint8Array): Promise<{ pdf: Uint8Array | undefined; problems: Problem[] }> {
  // Loaded by who needs it.
  const [{ readShown }, { renderPdf }] = await Promise.all([import("../rendering/index.js"), import("../pdf.js")]);
  const shown = readShown(bytes);
  const made = await renderPdf(shown);
  const isHeaderOnly = made.problems.some(({ code }) => code === "file_not_shown");
  return {
    pdf: isHeaderOnly ? undefined : made.pdf,
    // Those of the header are told already by who read it.
    problems: made.problems.filter(
      (problem) => !shown.cda.problems.includes(problem) && problem.code !== "file_not_shown",
    ),
  };
}
