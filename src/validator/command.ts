import { type ChildProcess, spawn } from "node:child_process";
import { MedimailError } from "../errors.js";

/** How the software under test ended. */
export interface CommandEnd {
  /** Its exit code; absent where a signal ended it. */
  code?: number;
  signal?: string;
  /** Why we ended it: its time was over, or the run was stopped. */
  ended?: "time" | "stopped";
}

export interface CommandOptions {
  words: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Ended when this is over. */
  timeoutMs?: number;
  signal: AbortSignal;
  /** What it says on either stream. */
  onOutput: (text: string) => void;
  onStart?: () => void;
}

/** Between the request to end and the end that nobody refuses. */
const GRACE_MS = 2_000;
const LAST_WORDS_MS = 500;
const POSIX = process.platform !== "win32";

/**
 * Runs the software under test in a process group of its own, and leaves nothing of it behind: what it has started ends with it.
 *
 * @throws MedimailError `run_failed` where it cannot be started
 */
export async function runCommand(options: CommandOptions): Promise<CommandEnd> {
  const { words, env, timeoutMs, signal, onOutput } = options;
  const [program = "", ...rest] = words;
  const child = spawn(program, rest, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: POSIX,
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", onOutput);
  const end = ended(child);
  await started(child);
  options.onStart?.();
  let ours: CommandEnd["ended"];
  const stop = (why: NonNullable<CommandEnd["ended"]>) => {
    ours ??= why;
    terminate(child, "SIGTERM");
    hard ??= setTimeout(() => terminate(child, "SIGKILL"), GRACE_MS);
  };
  let hard: NodeJS.Timeout | undefined;
  const onStop = () => stop("stopped");
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop("time"), timeoutMs);
  signal.addEventListener("abort", onStop, { once: true });
  if (signal.aborted) onStop();
  try {
    const result = await end;
    return ours === undefined ? result : { ...result, ended: ours };
  } finally {
    clearTimeout(timer);
    clearTimeout(hard);
    signal.removeEventListener("abort", onStop);
    // Processes that it has started and not waited for.
    terminate(child, "SIGTERM");
    await lastWords(child);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new MedimailError("run_failed", `the command to validate does not start (${cause.code ?? "unknown"})`, {
          cause,
          hint: "after --, its program (on the PATH, or with its folder) and its arguments",
        }),
      ),
    );
  });
}

function ended(child: ChildProcess): Promise<CommandEnd> {
  return new Promise((resolve) => {
    // Not "close": a process that it left behind may hold its streams open.
    child.once("exit", (code, signal) =>
      resolve({ ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) }),
    );
    child.once("error", () => resolve({}));
  });
}

/** What it said before it ended may still be on its way; a process that it left behind may hold the streams open for ever. */
async function lastWords({ stdout, stderr }: ChildProcess): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LAST_WORDS_MS);
  });
  const said = [stdout, stderr].map(
    (stream) =>
      new Promise<void>((resolve) => (stream?.readableEnded === false ? stream.once("close", resolve) : resolve())),
  );
  await Promise.race([late, Promise.all(said)]);
  clearTimeout(timer);
}

function terminate(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    if (POSIX) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // There is nobody left.
  }
}
