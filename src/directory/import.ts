import { rmSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { isMedimailError, MedimailError } from "../errors.js";
import type { DirectoryEntry, DirectorySource } from "../seams/index.js";
import { storageError } from "../storage/index.js";
import { countDelta, type DeltaCounts } from "./store/delta.js";
import type { IndexInfo } from "./store/reader.js";
import { buildingPath, infoAt, previousPath, putInPlace } from "./store/replace.js";
import { IndexWriter } from "./store/writer.js";

export interface ImportOptions {
  /** The index to replace. */
  index: string;
  /** Ends the import; the index in use stays, and what was read is kept: the same file goes on from there. */
  signal?: AbortSignal;
  onProgress?: (progress: ImportProgress) => void;
  /** Replaces the index even where the new one is much smaller, or has many malformed lines. Never by an empty one. */
  force?: boolean;
  /** Share of the entries in use that a new import must have. Default 0.8. */
  minKeptRatio?: number;
}

export interface ImportProgress {
  /** `finishing`: all lines are read, the vocabulary and the indexes are written. */
  stage: "reading" | "finishing";
  lines: number;
  entries: number;
  /** From 0 to 1, where the size is known. */
  share?: number;
}

export interface Malformed {
  count: number;
  /** The first ones. */
  first: { line: number; reason: string }[];
}

export interface ImportReport {
  index: string;
  source: DirectorySource;
  asOf: string;
  entries: number;
  /** Read, the header not counted. */
  lines: number;
  /** Lines that say the same as one before. */
  duplicates: number;
  malformed: Malformed;
  /** Lines that an interrupted import of the same file had read already. */
  resumedAfter?: number;
  /** The index that was in use until now. */
  previous?: IndexInfo;
  /** Against the previous one. */
  delta?: DeltaCounts;
}

/** What is read of a source: entries, or why a line is none. */
export interface ReadLine {
  line: number;
  entry?: DirectoryEntry;
  fault?: string;
}

export interface ImportSource {
  source: DirectorySource;
  asOf: string;
  /** Name of the file, kept in the index. */
  origin?: string;
  fingerprint: string;
  maxListed: number;
  maxMalformedShare: number;
  /** Lines after the first `skip` ones, in lists: the import gives way to other work between two. */
  lines(skip: number): AsyncIterable<readonly ReadLine[]>;
  share?: () => number;
}

interface Counts {
  lines: number;
  duplicates: number;
  malformed: Malformed;
}

/** Entries between two points from which an interrupted import can go on. */
const KEEP_EVERY = 100_000;

/** Reads a source into a new index and puts it in the place of the one in use, or leaves that one as it is. */
export async function runImport(from: ImportSource, options: ImportOptions): Promise<ImportReport> {
  const { index, signal, force = false, minKeptRatio = 0.8 } = options;
  const { writer, progress } = IndexWriter.open(buildingPath(index), from.fingerprint);
  const counts: Counts = progress
    ? (JSON.parse(progress.state) as Counts)
    : { lines: 0, duplicates: 0, malformed: { count: 0, first: [] } };
  const keep = () => writer.keep({ fingerprint: from.fingerprint, lines: counts.lines, state: JSON.stringify(counts) });
  let isClosed = false;
  const tell = (stage: ImportProgress["stage"]) => {
    const share = from.share?.();
    options.onProgress?.({
      stage,
      lines: counts.lines,
      entries: writer.entries,
      ...(share === undefined ? {} : { share }),
    });
  };
  const pause = async () => {
    await turn();
    if (signal?.aborted) throw stopped(signal);
  };
  try {
    let kept = writer.entries;
    for await (const lines of from.lines(counts.lines)) {
      for (const line of lines) take(line, writer, counts, from.maxListed);
      if (writer.entries - kept >= KEEP_EVERY) {
        keep();
        kept = writer.entries;
      }
      tell("reading");
      await turn();
      if (signal?.aborted) {
        keep();
        throw stopped(signal);
      }
    }
    const previous = infoAt(index);
    if (!force) refuseBadOnes(counts, from);
    refuseSmallOnes(writer.entries, previous, { force, minKeptRatio });
    keep();
    tell("finishing");
    await writer.finish(
      {
        source: from.source,
        asOf: from.asOf,
        importedAt: new Date().toISOString(),
        ...(from.origin ? { origin: from.origin } : {}),
      },
      pause,
    );
    writer.close();
    isClosed = true;
    putInPlace(index);
    return {
      index,
      source: from.source,
      asOf: from.asOf,
      entries: writer.entries,
      ...counts,
      ...(progress ? { resumedAfter: progress.lines } : {}),
      ...(previous ? { previous, delta: countDelta(index, previousPath(index)) } : {}),
    };
  } catch (error) {
    if (!isClosed) writer.close();
    // Only an import that was stopped is worth going on with.
    if (!(isMedimailError(error) && error.code === "aborted"))
      for (const ending of ["", "-journal"]) rmSync(`${buildingPath(index)}${ending}`, { force: true });
    throw storageError(error);
  }
}

function take({ line, entry, fault }: ReadLine, writer: IndexWriter, counts: Counts, maxListed: number): void {
  counts.lines += 1;
  if (entry) {
    if (!writer.add(entry)) counts.duplicates += 1;
    return;
  }
  counts.malformed.count += 1;
  if (counts.malformed.first.length < maxListed) counts.malformed.first.push({ line, reason: fault ?? "unknown" });
}

function refuseBadOnes({ lines, malformed }: Counts, { maxMalformedShare }: ImportSource): void {
  if (malformed.count <= lines * maxMalformedShare) return;
  const [first] = malformed.first;
  throw new MedimailError(
    "directory_file_refused",
    `${malformed.count} of ${lines} lines are malformed${first ? `, first line ${first.line} (${first.reason})` : ""}; the index in use stays`,
    { hint: "Look at the file; --force imports the good lines." },
  );
}

function refuseSmallOnes(
  entries: number,
  previous: IndexInfo | undefined,
  { force, minKeptRatio }: { force: boolean; minKeptRatio: number },
): void {
  if (entries === 0)
    throw new MedimailError("directory_file_refused", "the file has no entry; the index in use stays", {
      hint: "Download the extraction again.",
    });
  if (force || !previous || entries >= previous.entries * minKeptRatio) return;
  throw new MedimailError(
    "directory_file_refused",
    `the file has ${entries} entries, the index in use ${previous.entries}; that one stays`,
    { hint: "A directory does not shrink like that in a day; --force replaces it all the same." },
  );
}

function stopped(signal: AbortSignal): MedimailError {
  return new MedimailError("aborted", "the import was stopped; the index in use is the old one", {
    hint: "The same import goes on where it was.",
    cause: signal.reason,
  });
}

export interface ImportEntriesOptions extends ImportOptions {
  source: DirectorySource;
  /** ISO 8601. */
  asOf: string;
  /** Of what the entries were read from. */
  origin?: string;
}

/** Imports entries that another source has read already (a regional file). Stopped, it begins anew the next time. */
export async function importEntries(
  entries: AsyncIterable<DirectoryEntry> | Iterable<DirectoryEntry>,
  { source, asOf, origin, ...options }: ImportEntriesOptions,
): Promise<ImportReport> {
  return runImport(
    {
      source,
      asOf,
      ...(origin === undefined ? {} : { origin }),
      fingerprint: `entries ${new Date().toISOString()} ${Math.random()}`,
      maxListed: 0,
      maxMalformedShare: 1,
      lines: () => inLists(entries),
    },
    options,
  );
}

async function* inLists(
  entries: AsyncIterable<DirectoryEntry> | Iterable<DirectoryEntry>,
): AsyncGenerator<readonly ReadLine[]> {
  let list: ReadLine[] = [];
  let line = 0;
  for await (const entry of entries) {
    line += 1;
    list.push({ line, entry });
    if (list.length < 200) continue;
    yield list;
    list = [];
  }
  yield list;
}
