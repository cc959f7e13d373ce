import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { MedimailError } from "../errors.js";
import { outOfFiles } from "../out-of-files.js";

/** Above this a file is not read at all: no document, archive or configuration is that large. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;
const CHUNK = 64 * 1024;
/** A pipe that nobody has begun to write into, and one whose writer is silent, are waited for so long, in ms: no signal is heard meanwhile. */
const PIPE = { begun: 10_000, silent: 60_000 };
const PIPE_LOOK_MS = 5;
/** Opening a pipe without a writer would else last until there is one. Not on Windows, where there is nothing of the kind. */
const OPEN = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a file that a person named; a pipe (`<(command)`) too, where something comes through it in time. Throws `file_not_found`, or `file_unreadable` (a folder, no permission, larger
 * than `maxBytes`, default 512 MiB). `what` is what the file is for, and starts the message; `path` in the error is the name of the key, never
 * a value.
 */
export function readNamedFile(file: string, what: string, options: { path?: string; maxBytes?: number } = {}): Buffer {
  const details = options.path === undefined ? {} : { path: options.path };
  const maxBytes = options.maxBytes ?? MAX_FILE_BYTES;
  let content: Buffer | undefined;
  try {
    content = readUpTo(file, maxBytes);
  } catch (cause) {
    throw fileError(cause, file, what, details);
  }
  if (content) return content;
  throw new MedimailError("file_unreadable", `${what}: ${file} is larger than ${maxBytes} bytes`, details);
}

/** Undefined where there is more: a device that never ends must not fill the memory. */
function readUpTo(file: string, maxBytes: number): Buffer | undefined {
  const handle = openSync(file, OPEN);
  try {
    const stat = fstatSync(handle);
    if (stat.isDirectory()) throw Object.assign(new Error("folder"), { code: "EISDIR" });
    if (stat.size > maxBytes) return undefined;
    const chunks: Buffer[] = [];
    let total = 0;
    // A file of a known size is read in one go; one byte more tells whether it has grown.
    let chunk = Buffer.allocUnsafe(stat.size > 0 ? stat.size + 1 : CHUNK);
    for (let filled = 0; ; ) {
      const room = chunk.subarray(filled);
      const read = stat.isFIFO() ? readPipe(handle, room, total === 0) : readSync(handle, room, 0, room.length, null);
      if (read === 0) {
        chunks.push(chunk.subarray(0, filled));
        return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, total);
      }
      total += read;
      filled += read;
      if (total > maxBytes) return undefined;
      // What comes byte by byte is put together: a chunk for each would fill the memory.
      if (filled < chunk.length) continue;
      chunks.push(chunk);
      chunk = Buffer.allocUnsafe(CHUNK);
      filled = 0;
    }
  } finally {
    closeSync(handle);
  }
}

/** Nothing at first may mean that the writer comes yet. */
function readPipe(handle: number, chunk: Buffer, first: boolean): number {
  const since = performance.now();
  for (;;) {
    let silent = false;
    try {
      const read = readSync(handle, chunk, 0, chunk.length, null);
      if (read > 0 || !first) return read;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      silent = true;
    }
    if (performance.now() - since > (silent ? PIPE.silent : PIPE.begun))
      throw Object.assign(new Error("pipe"), { code: "nothing came through the pipe" });
    Atomics.wait(SLEEPER, 0, 0, PIPE_LOOK_MS);
  }
}

const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

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
  return new MedimailError("file_unreadable", `${what}: ${file} cannot be read (${why})`, {
    ...details,
    ...outOfFiles(cause),
    cause,
  });
}
