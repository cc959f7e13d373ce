import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { MedimailError } from "../errors.js";
import { ensureFolder } from "../folders.js";
import { outOfFiles } from "../out-of-files.js";
import { readNamedFile } from "../settings/index.js";
import { usage } from "./args.js";

/** The bytes of an input file that a person named; `option` is how it was given (`--cda`). */
export function readInput(file: string, option: string): Buffer {
  return readNamedFile(file, option);
}

/** The path of a folder that a person named to be read; what is in it is another matter. Throws `file_not_found`. */
export function inputFolder(folder: string, option: string): string {
  const path = resolve(folder);
  if (!existsSync(path)) throw new MedimailError("file_not_found", `${option}: there is no folder ${folder}`);
  return path;
}

/** A text file of a person's: UTF-8, with or without a byte order mark. */
export function readText(file: string, option: string): string {
  const bytes = readInput(file, option);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new MedimailError("usage_invalid", `${option}: ${file} is not UTF-8 text`);
  }
}

/** What was read is never written over, by whatever name it is called. @throws `usage_invalid` */
export function refuseSource(source: string, target: string, option: string): void {
  const [from, to] = [source, target].map((file) => statSync(file, { throwIfNoEntry: false }));
  if (from && to && from.ino === to.ino && from.dev === to.dev)
    throw usage(`${option} names the document itself, which would be lost`);
}

/**
 * A rename would put a file in the place of a device or a pipe: of `/dev/null`, for everybody on the machine, where root runs the command.
 * `/dev/stdout` is a link, whatever it leads to. @throws `file_unwritable`
 */
export function refuseDevice(file: string, option: string): void {
  const there = statSync(file, { throwIfNoEntry: false });
  if (dirname(resolve(file)) !== "/dev" && (!there || there.isFile() || there.isDirectory())) return;
  throw new MedimailError("file_unwritable", `${option}: ${file} cannot be written (it is a device or a pipe)`);
}

/**
 * Writes a file whole or not at all: a temporary file beside it, then a rename. A link in its place is replaced, not followed; but a device or a
 * pipe is refused.
 *
 * Throws `file_not_found` (no such folder) or `file_unwritable`.
 */
export function writeAtomically(file: string, content: Uint8Array | readonly Uint8Array[], option: string): void {
  const target = resolve(file);
  refuseDevice(file, option);
  const temporary = temporaryBeside(target);
  try {
    writeNew(temporary, content instanceof Uint8Array ? [content] : content);
    renameSync(temporary, target);
  } catch (cause) {
    try {
      unlinkSync(temporary);
    } catch {
      // It was never made, or has its final name already.
    }
    throw writeError(cause, file, option);
  }
}

/**
 * As {@link writeAtomically}, piece by piece as they come: what is large is never held whole. Where the content ends with an error, that error is thrown
 * as it is, and nothing is left.
 */
export async function streamAtomically(
  file: string,
  content: AsyncIterable<Uint8Array>,
  option: string,
): Promise<void> {
  const target = resolve(file);
  const temporary = temporaryBeside(target);
  const onDisk = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause) => {
      throw writeError(cause, file, option);
    });
  refuseDevice(file, option);
  const handle = await onDisk(open(temporary, "wx"));
  try {
    try {
      for await (const piece of content) await onDisk(handle.writeFile(piece));
      await onDisk(handle.sync());
    } finally {
      await onDisk(handle.close());
    }
    await onDisk(rename(temporary, target));
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

function temporaryBeside(target: string): string {
  return join(dirname(target), `.${basename(target).slice(0, 100)}.${randomUUID()}.tmp`);
}

/** Makes the folder where it isn't there; a link or a file in its place is refused. */
export function makeFolder(folder: string, option: string): void {
  try {
    ensureFolder(folder);
  } catch (cause) {
    throw writeError(cause, folder, option);
  }
  if (!lstatSync(resolve(folder)).isDirectory() && !lstatSync(resolve(folder)).isSymbolicLink()) {
    throw new MedimailError("file_unwritable", `${option}: ${folder} is not a folder`);
  }
}

function writeNew(file: string, pieces: readonly Uint8Array[]): void {
  // `wx`: never through something that is there already.
  const handle = openSync(file, "wx");
  try {
    for (const piece of pieces)
      for (let at = 0; at < piece.length; ) at += writeSync(handle, piece, at, piece.length - at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function writeError(cause: unknown, file: string, option: string): MedimailError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOENT")
    return new MedimailError("file_not_found", `${option}: there is no folder ${dirname(file)}`, { cause });
  const why =
    code === "EISDIR" || code === "EEXIST"
      ? "a folder or a file of that name is there"
      : code === "EACCES" || code === "EPERM"
        ? "permission denied"
        : (code ?? "unknown reason");
  return new MedimailError("file_unwritable", `${option}: ${file} cannot be written (${why})`, {
    ...outOfFiles(cause),
    cause,
  });
}
