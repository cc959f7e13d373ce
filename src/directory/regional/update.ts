import { MedimailError } from "../../errors.js";
import { type ImportProgress, type ImportReport, type ReadLine, runImport } from "../import.js";
import { infoAt } from "../store/replace.js";
import { charsetOf, type RegionalCharset } from "./charset.js";
import { csvRows } from "./csv.js";
import { RowReader } from "./rows.js";
import {
  type Deposit,
  type DepositedFile,
  REGIONAL_LIMITS,
  type RegionalLimits,
  type RegionalProfile,
} from "./types.js";

export interface UpdateRegionalOptions {
  deposit: Deposit;
  profile: RegionalProfile;
  /** The index to replace. */
  index: string;
  /** `*` and `?` in it. Default `*.csv`. */
  pattern?: string;
  /** Replaces the index even where the new file is much smaller, has many malformed lines, or is the one in use. */
  force?: boolean;
  limits?: Partial<RegionalLimits>;
  signal?: AbortSignal;
  onProgress?: (progress: ImportProgress) => void;
}

export type RegionalUpdate =
  /** The newest file is the one in use. */
  | { changed: false; file: string; asOf: string }
  | { changed: true; file: string; charset: RegionalCharset; report: ImportReport };

/**
 * Reads the newest file of a regional directory into its index (rac-dir), which is searched by `openDirectoryIndex`. The file is read whole first, then as a
 * stream; the index is replaced at once, and stays as it is where anything fails: a cut transfer, a file without its columns, lines without end.
 *
 * @throws MedimailError `directory_unavailable` (no answer, transfer cut, no file), `auth_refused`, `certificate_invalid` (another host key),
 * `directory_file_invalid`, `directory_file_refused`, `aborted`
 */
export async function updateRegional(options: UpdateRegionalOptions): Promise<RegionalUpdate> {
  const { deposit, profile, index, pattern = "*.csv", force = false, signal } = options;
  const limits = { ...REGIONAL_LIMITS, ...options.limits };
  const file = newest(await deposit.list(signal), pattern);
  const asOf = new Date(file.modifiedAt).toISOString();
  const used = infoAt(index);
  if (!force && used?.origin === file.name && used.asOf === asOf) return { changed: false, file: file.name, asOf };
  const { path, release } = await deposit.fetch(file, limits.maxFileBytes, signal);
  try {
    const charset = profile.charset ?? (await aborting(signal, () => charsetOf(path, signal)));
    const report = await aborting(signal, () =>
      runImport(
        {
          source: "regional",
          asOf,
          origin: file.name,
          // Never gone on with: the file is fetched anew each time.
          fingerprint: `regional ${file.name} ${Date.now()} ${Math.random()}`,
          maxListed: limits.maxListed,
          maxMalformedShare: limits.maxMalformedShare,
          lines: () => linesOf(path, charset, profile, asOf, limits, signal),
        },
        {
          index,
          force,
          ...(signal ? { signal } : {}),
          ...(options.onProgress ? { onProgress: options.onProgress } : {}),
        },
      ),
    );
    return { changed: true, file: file.name, charset, report };
  } finally {
    await release();
  }
}

async function* linesOf(
  path: string,
  charset: RegionalCharset,
  profile: RegionalProfile,
  asOf: string,
  limits: RegionalLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReadLine[]> {
  const reader = new RowReader(profile, asOf);
  for await (const rows of csvRows(path, { charset, separator: profile.separator, limits, signal }))
    yield rows.flatMap((row) => reader.read(row) ?? []);
}

function newest(files: readonly DepositedFile[], pattern: string): DepositedFile {
  const wanted = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^/]*")
      .replaceAll("?", "[^/]")}$`,
    "i",
  );
  const [first] = files
    .filter(({ name, bytes }) => wanted.test(name) && bytes > 0)
    // Two of the same time: names have dates.
    .sort((a, b) => b.modifiedAt - a.modifiedAt || b.name.localeCompare(a.name));
  if (first) return first;
  throw new MedimailError("directory_unavailable", "the deposit has no file that fits the pattern", {
    path: "directory.regional.pattern",
    hint: "Compare the pattern with the names of the files that are there.",
  });
}

/** What a stream throws for an abort is no error of ours. */
async function aborting<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted && (error as Error).name === "AbortError")
      throw new MedimailError("aborted", "the update was given up by the caller", { cause: signal.reason });
    throw error;
  }
}
