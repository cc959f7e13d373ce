import { createHash, randomUUID } from "node:crypto";
import { createReadStream, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { MedimailError } from "../../errors.js";
import { ensureFolder } from "../../folders.js";
import { outOfFiles } from "../../out-of-files.js";
import { readWhiteList, type WhiteListContent } from "./read.js";

/** What is known of the file beside its content, kept in `FILE.state.json`. */
export interface FileState {
  etag?: string;
  lastModified?: string;
  /** When its publisher last confirmed it: sent it, or said that it has not changed. ms since 1970. */
  confirmedAt?: number;
  /** Of the content that the rest is about: a file put there by hand has another. */
  sha256?: string;
}

export interface KeptList {
  content: WhiteListContent;
  state: FileState;
  /** Changes with the file. */
  version: string;
}

/** Version of the file as the disk says it; undefined where there is none. */
export function fileVersion(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : undefined;
}

/**
 * The list kept on disk.
 *
 * @returns undefined where there is none
 * @throws white_list_invalid, file_unreadable
 */
export async function loadList(path: string): Promise<KeptList | undefined> {
  const version = fileVersion(path);
  if (version === undefined) return undefined;
  const hash = createHash("sha256");
  try {
    const content = await readWhiteList(hashed(createReadStream(path), hash));
    const state = readState(path);
    return { content, version, state: state.sha256 === hash.digest("hex") ? state : {} };
  } catch (cause) {
    if (cause instanceof MedimailError) throw cause;
    throw new MedimailError("file_unreadable", "the white list cannot be read", {
      path: "trust.whiteList",
      ...outOfFiles(cause),
      cause,
    });
  }
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: { update(chunk: Uint8Array): unknown }) {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Puts a list in the place of the kept one, whole or not at all; readers of other processes see the old or the new. */
export async function saveList(
  path: string,
  bytes: Uint8Array,
  given: FileState,
): Promise<{ state: FileState; version: string }> {
  const state = { ...given, sha256: createHash("sha256").update(bytes).digest("hex") };
  await replace(path, bytes);
  await saveState(path, state);
  return { state, version: fileVersion(path) ?? "" };
}

export async function saveState(path: string, state: FileState): Promise<void> {
  await replace(statePath(path), Buffer.from(`${JSON.stringify(state)}\n`));
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    ensureFolder(dirname(path));
    writeFileSync(temporary, bytes, { flag: "wx" });
    const handle = await open(temporary, "r+");
    await handle.sync().finally(() => handle.close());
    await rename(temporary, path);
  } catch (cause) {
    try {
      unlinkSync(temporary);
    } catch {
      // It was never made, or has its final name already.
    }
    throw new MedimailError("file_unwritable", "the white list cannot be written", {
      path: "trust.whiteList",
      ...outOfFiles(cause),
      cause,
    });
  }
}

function readState(path: string): FileState {
  try {
    const state = JSON.parse(readFileSync(statePath(path), "utf8")) as Record<keyof FileState, unknown>;
    const { etag, lastModified, confirmedAt, sha256 } = state;
    return {
      ...(isHeader(etag) ? { etag } : {}),
      ...(isHeader(lastModified) ? { lastModified } : {}),
      ...(typeof confirmedAt === "number" ? { confirmedAt } : {}),
      ...(typeof sha256 === "string" ? { sha256 } : {}),
    };
  } catch {
    // Lost or damaged: the list is asked again whole, and is as old as it says itself.
    return {};
  }
}

const isHeader = (value: unknown): value is string => typeof value === "string" && /^[\x20-\x7e]{1,500}$/.test(value);

function statePath(path: string): string {
  return `${path}.state.json`;
}
