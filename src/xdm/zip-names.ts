import { MedimailError } from "../errors.js";

/** An entry's name, as the rest of the room sees it: relative, `/` between folders, no `.` or `..`. */
export interface SafeName {
  path: string;
  directory: boolean;
  /** Written with `\`, as some Windows software does. */
  backslashes: boolean;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const latin1 = new TextDecoder("latin1");

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    // Old software writes the code page of its machine; which one is not said, and ASCII is the same in all.
    return latin1.decode(bytes);
  }
}

function unsafe(what: string, where: string): MedimailError {
  return new MedimailError("archive_unsafe_entry", `The archive has an entry whose name ${what}.`, {
    path: where,
    hint: "Do not open this archive: honest software does not write such names.",
  });
}

/**
 * Reads an entry's name and refuses what could leave the folder it is written to: absolute names, drives, `..`,
 * control characters.
 *
 * @throws MedimailError `archive_unsafe_entry`
 */
export function readName(raw: Uint8Array, where: string): SafeName {
  const written = decode(raw);
  if (/[\u0000-\u001f\u007f]/.test(written)) throw unsafe("holds control characters", where);
  const name = written.replaceAll("\\", "/");
  if (name.startsWith("/")) throw unsafe("is absolute", where);
  if (/^[A-Za-z]:/.test(name)) throw unsafe("names a drive", where);
  const directory = name.endsWith("/");
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.some((part) => /^\.\.[. ]*$/.test(part))) throw unsafe("leads out of the archive", where);
  if (parts.length === 0) throw unsafe("is empty", where);
  return { path: parts.join("/"), directory, backslashes: written.includes("\\") };
}

/** Two names that are one file on a file system that ignores case (Windows, macOS) have the same key. */
export function nameKey(path: string): string {
  return path.normalize("NFC").toUpperCase().toLowerCase();
}
