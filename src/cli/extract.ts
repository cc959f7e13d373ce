import { lstatSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { MedimailError } from "../errors.js";
import { ensureFolder } from "../folders.js";
import { makeFolder, streamAtomically, writeAtomically, writeError } from "./files.js";

/** What file systems allow for one name. */
const MAX_NAME_BYTES = 255;

/**
 * Writes the files of an archive below a folder, and nowhere else. The paths were checked when the archive was read; here the disk is:
 * no link, in the place of a file or of a folder on the way, is followed. Gives back the paths written, as the person would type them.
 *
 * Throws `archive_unsafe_entry`, `file_unwritable`.
 */
export function extractFiles(folder: string, files: readonly { path: string; content: Uint8Array }[]): string[] {
  const root = rootOf(folder);
  const targets = files.map(({ path, content }) => ({ path, content, target: targetOf(root, path) }));
  // All are checked before the first is written: a hostile entry leaves nothing behind.
  for (const { path, target } of targets) refuseLinks(root, target, path);
  for (const { path, content, target } of targets) {
    prepareParents(root, target, path);
    writeAtomically(target, content, "--out");
  }
  return targets.map(({ target }) => join(folder, relative(root, target)));
}

/** One file, under the same rules, as its content comes. Errors of the content pass as they are. */
export async function extractStream(folder: string, path: string, content: AsyncIterable<Uint8Array>): Promise<string> {
  const root = rootOf(folder);
  const target = targetOf(root, path);
  refuseLinks(root, target, path);
  prepareParents(root, target, path);
  await streamAtomically(target, content, "--out");
  return join(folder, relative(root, target));
}

function rootOf(folder: string): string {
  makeFolder(folder, "--out");
  return realpathSync(resolve(folder));
}

function targetOf(root: string, path: string): string {
  const target = resolve(root, path);
  const inside = relative(root, target);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside) || path.includes("\0")) {
    throw new MedimailError("archive_unsafe_entry", "an entry of the archive leads out of the folder", {
      path: "--out",
    });
  }
  if (inside.split(sep).some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES)) {
    throw new MedimailError("archive_unsafe_entry", "an entry of the archive has a name too long for a file", {
      path: "--out",
    });
  }
  return target;
}

/** From the folder down to the target, nothing that is there already may be a link. */
function refuseLinks(root: string, target: string, path: string): void {
  const parts = relative(root, target).split(sep);
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const at = join(root, ...parts.slice(0, depth));
    let stat: ReturnType<typeof lstatSync> | undefined;
    try {
      stat = lstatSync(at);
    } catch {
      return; // Nothing there, so nothing below either.
    }
    if (stat.isSymbolicLink())
      throw new MedimailError("file_unwritable", `${path}: a link is in its place; links are not followed`);
    if (depth < parts.length && !stat.isDirectory())
      throw new MedimailError("file_unwritable", `${path}: a file is in the place of its folder`);
  }
}

function prepareParents(root: string, target: string, path: string): void {
  const folder = dirname(target);
  try {
    if (folder !== root) ensureFolder(folder);
  } catch (cause) {
    throw writeError(cause, path, "--out");
  }
  refuseLinks(root, target, path);
}
