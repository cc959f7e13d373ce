import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { MedimailError } from "../../errors.js";
import type { Http } from "../../http.js";
import { outOfFiles } from "../../out-of-files.js";
import type { ImportReport } from "../import.js";
import { infoAt } from "../store/replace.js";
import { type ImportExtractionOptions, importExtraction } from "./import.js";
import { EXTRACTION_LIMITS } from "./limits.js";

/** Where the ANS publishes the extraction, every day, without an account; its certificate is of the IGC-Santé. */
export const EXTRACTION_URL =
  "https://service.annuaire.sante.fr/annuaire-sante-webservices/V300/services/extraction/Extraction_Correspondance_MSSante";

export interface UpdateOptions extends ImportExtractionOptions {
  http: Pick<Http, "fetch">;
  /** Default {@link EXTRACTION_URL}. */
  url?: string;
  /** Largest archive, in bytes; it is held in memory once. Default 200 MB; the published one has 20 MB. */
  maxDownloadBytes?: number;
  /** Of the whole download, in ms. Default 10 minutes. */
  downloadTimeoutMs?: number;
}

/** What an update did. `unchanged`: the server has nothing newer than what is in use. */
export type UpdateReport = { changed: true; report: ImportReport } | { changed: false; index: string };

interface Kept {
  url: string;
  etag?: string;
  lastModified?: string;
  sha256?: string;
}

/**
 * Downloads the extraction where it is newer than the one in use, keeps the archive beside the index (`.zip`) and imports it (ANN/va1.01–.04). Nothing
 * that was in use is touched before the new index is whole; a download that was imported is not asked for again.
 *
 * @throws MedimailError those of `importExtraction` and of the connection; `http_failed` for another answer than a file
 */
export async function updateExtraction(options: UpdateOptions): Promise<UpdateReport> {
  const { http, url = EXTRACTION_URL, maxDownloadBytes = 200_000_000, downloadTimeoutMs = 600_000, ...rest } = options;
  const { index, signal } = rest;
  const [archive, notes] = [`${index}.zip`, `${index}.source.json`];
  const kept = infoAt(index) ? readNotes(notes, url) : undefined;
  const response = await http.fetch(url, {
    headers: {
      accept: "application/zip, application/octet-stream, */*",
      ...(kept?.etag ? { "if-none-match": kept.etag } : {}),
      ...(kept?.lastModified ? { "if-modified-since": kept.lastModified } : {}),
    },
    maxBytes: maxDownloadBytes,
    timeoutMs: downloadTimeoutMs,
    ...(signal ? { signal } : {}),
  });
  if (response.status === 304) return { changed: false, index };
  if (response.status !== 200)
    throw new MedimailError("http_failed", `the server of the extraction answers ${response.status}`, {
      retryable: response.status >= 500 || response.status === 429,
      hint: "Check the address; the index in use stays.",
    });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const note = { ...noteOf(response, url), sha256 };
  if (kept?.sha256 === sha256) {
    writeNotes(notes, note);
    return { changed: false, index };
  }
  put(archive, bytes);
  const report = await importExtraction(archive, { ...rest, limits: { ...EXTRACTION_LIMITS, ...rest.limits } });
  writeNotes(notes, note);
  return { changed: true, report };
}

function noteOf(response: Response, url: string): Kept {
  const [etag, lastModified] = [response.headers.get("etag"), response.headers.get("last-modified")];
  return { url, ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) };
}

function readNotes(path: string, url: string): Kept | undefined {
  try {
    const kept = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Kept) : undefined;
    return kept?.url === url ? kept : undefined;
  } catch {
    return undefined;
  }
}

const writeNotes = (path: string, kept: Kept): void => put(path, Buffer.from(`${JSON.stringify(kept)}\n`));

function put(path: string, bytes: Uint8Array): void {
  const beside = `${path}.part`;
  try {
    writeFileSync(beside, bytes);
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw new MedimailError("file_unwritable", `${basename(path)} cannot be written beside the index`, {
      ...outOfFiles(cause),
      cause,
    });
  }
}
