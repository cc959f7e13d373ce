import { readFileSync } from "node:fs";
import { MedimailError } from "../errors.js";

/**
 * Reads a file that a person named. Throws `file_not_found`, or `file_unreadable` (a folder, no permission). `what` is what the file is
 * for, and ends in the message; `path` in the error is the name of the option or key, never a value.
 */
export function readNamedFile(file: string, what: string, options: { path?: string; maxBytes?: number } = {}): Buffer {
  const details = options.path === undefined ? {} : { path: options.path };
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (cause) {
    throw fileError(cause, file, what, details);
  }
  if (options.maxBytes !== undefined && content.length > options.maxBytes) {
    throw new MedimailError("file_unreadable", `${what}: ${file} is larger than ${options.maxBytes} bytes`, details);
  }
  return content;
}

export function fileError(cause: unknown, file: string, what: string, details: { path?: string } = {}): MedimailError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new MedimailError("file_not_found", `${what}: there is no file ${file}`, { ...details, cause });
  const why =
    code === "EISDIR"
      ? "it is a folder"
      : code === "EACCES" || code === "EPERM"
        ? "permission denied"
        : (code ?? "unknown reason");
  return new MedimailError("file_unreadable", `${what}: ${file} cannot be read (${why})`, { ...details, cause });
}
