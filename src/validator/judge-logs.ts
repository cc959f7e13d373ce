import { createReadStream, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { type ImportOptions, importServerLogs, type ServerLog } from "../compliance/index.js";
import { defined } from "../defined.js";
import { MedimailError } from "../errors.js";
import { concludeRun } from "./conclude.js";
import { openFolder } from "./out-folder.js";
import type { RunOptions, RunResult } from "./run-types.js";

export interface JudgeLogsOptions
  extends Pick<
      RunOptions,
      | "out"
      | "profile"
      | "lang"
      | "mask"
      | "signer"
      | "tracesFile"
      | "declarations"
      | "declarationsFile"
      | "declaredFiles"
      | "outputs"
    >,
    Pick<ImportOptions, "clients" | "mailboxes" | "timeZone" | "limits"> {
  /** Logs of Postfix and Dovecot, and rawlogs; what ends in `.gz` is unpacked as it is read. */
  files: readonly string[];
}

/**
 * Judges the logs of a real Postfix and Dovecot, and writes what a run writes (docs/server-logs.md).
 *
 * @throws MedimailError `file_not_found`, `observations_invalid` where the logs say nothing of a client or cannot be read, `invalid_argument`
 * beyond a limit, `run_failed` where the folder cannot be had
 */
export async function judgeLogs({ files, ...options }: JudgeLogsOptions): Promise<RunResult> {
  const logs = files.map(logOf);
  const { clients, mailboxes, timeZone, limits } = options;
  const { observations, ...imported } = await read(logs, defined({ clients, mailboxes, timeZone, limits }));
  const first = observations.find(({ kind }) => kind !== "mailbox");
  if (!first)
    throw new MedimailError("observations_invalid", "the logs say nothing of a client", {
      hint: `${imported.leftOut.unknown} lines of other things, ${imported.leftOut.malformed} without a time, ${imported.leftOut.otherClients} connections of other clients (docs/server-logs.md)`,
    });
  const recorder = openFolder(options.out);
  for (const observation of observations) recorder.add(observation);
  recorder.close();
  return await concludeRun({
    options,
    startedAt: new Date(first.at),
    scenarios: [],
    played: [],
    commands: [],
    imported: { files: files.map((file) => basename(file)), ...imported },
  });
}

function logOf(file: string): ServerLog {
  const path = resolve(file);
  let until: Date;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new TypeError("no file");
    until = stat.mtime;
  } catch (cause) {
    throw new MedimailError("file_not_found", `there is no log ${file}`, { cause });
  }
  return { name: path.replace(/\.gz$/, ""), content: contentOf(path), until };
}

/** Opened when it is its turn: a folder of rawlogs has thousands. */
async function* contentOf(path: string): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(path);
  if (!path.endsWith(".gz")) {
    yield* stream;
    return;
  }
  const unpacked = createGunzip();
  stream.on("error", (error) => unpacked.destroy(error));
  yield* stream.pipe(unpacked);
}

async function read(logs: readonly ServerLog[], options: ImportOptions) {
  try {
    return await importServerLogs(logs, options);
  } catch (cause) {
    if (cause instanceof MedimailError) throw cause;
    throw new MedimailError("observations_invalid", "a log cannot be read", { cause });
  }
}
