import { closeSync, copyFileSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { MedimailError } from "../../errors.js";
import { outOfFiles } from "../../out-of-files.js";
import { openIndexReader } from "../../storage/index.js";
import { type IndexInfo, infoOf, readMeta } from "./reader.js";

/** The files of one index: in use, being written, and the one before. */
export const buildingPath = (index: string): string => `${index}.new`;
export const previousPath = (index: string): string => `${index}.previous`;

/** What the index in use says of itself; undefined where there is none, or one that cannot be read. */
export function infoAt(index: string): IndexInfo | undefined {
  let file: ReturnType<typeof openIndexReader>;
  try {
    file = openIndexReader(index);
    return file && infoOf(readMeta(file));
  } catch {
    return undefined;
  } finally {
    file?.close();
  }
}

/**
 * Puts the finished file in the place of the one in use, in one step, and keeps that one beside it. Readers that have the old one open go on
 * with it until their next search.
 */
export function putInPlace(index: string): void {
  try {
    flush(buildingPath(index));
    if (existsSync(index)) {
      const previous = previousPath(index);
      rmSync(previous, { force: true });
      keep(index, previous);
    }
    renameSync(buildingPath(index), index);
    rmSync(`${buildingPath(index)}-journal`, { force: true });
    flush(dirname(index));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    throw new MedimailError("file_unwritable", `the index cannot be put in its place (${code})`, {
      ...outOfFiles(cause),
      cause,
    });
  }
}

/** A second name for the same file; where the volume knows none, a copy. */
function keep(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** So that a power cut leaves the old file or the new one, whole. Not every system lets a folder be opened. */
function flush(path: string): void {
  let opened: number;
  try {
    opened = openSync(path, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(opened);
  } catch {
    // Some file systems refuse it for a folder, or for a file opened to read.
  } finally {
    closeSync(opened);
  }
}
