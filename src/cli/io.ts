import { MedimailError } from "../errors.js";

/** The streams and signals that the command lives on; tests give their own. */
export interface CliIo {
  /**
   * Resolves when the text was handed over whole: a slow pipe slows the command down, nothing piles up. Throws `file_unwritable` where it
   * could not be, for another reason than that nobody reads any more: what is lost must not look done.
   */
  out(text: string): Promise<void>;
  err(text: string): Promise<void>;
  env: Readonly<Record<string, string | undefined>>;
  outIsTty: boolean;
  errIsTty: boolean;
  /** Aborted by SIGINT or SIGTERM; the reason is an {@link Interruption}. */
  signal: AbortSignal;
  /** Aborted when the reader of stdout has gone: what runs until it is stopped, stops; what has a work to do ends it. */
  readerGone: AbortSignal;
  /** Waits for a line of the person at the keyboard; undefined when there is none any more. Absent where nobody is there. */
  ask?: (signal: AbortSignal) => Promise<string | undefined>;
}

export class Interruption extends Error {
  constructor(readonly by: "SIGINT" | "SIGTERM") {
    super(by);
  }
}

/** The reader of a pipe has gone, or the stream had failed before. */
const NOBODY: ReadonlySet<string> = new Set(["EPIPE", "EOF", "ECONNRESET", "ERR_STREAM_DESTROYED"]);

/** The real process. A second SIGINT ends it at once, without waiting for the mail in hand. */
export function processIo(): CliIo & { detach(): void } {
  const controller = new AbortController();
  const reader = new AbortController();
  const gone = new Set<NodeJS.WriteStream>();
  const interrupt = (by: "SIGINT" | "SIGTERM") => {
    if (controller.signal.aborted && by === "SIGINT") process.exit(130);
    controller.abort(new Interruption(by));
  };
  const onInt = () => interrupt("SIGINT");
  const onTerm = () => interrupt("SIGTERM");
  process.on("SIGINT", onInt);
  process.on("SIGTERM", onTerm);
  for (const stream of [process.stdout, process.stderr]) {
    // `medimail … | head` closes the pipe: no error to report, there is nobody left to read it.
    stream.on("error", () => {
      gone.add(stream);
      if (stream === process.stdout) reader.abort();
    });
  }
  const write = (stream: NodeJS.WriteStream, text: string) =>
    new Promise<void>((resolve, reject) => {
      if (gone.has(stream) || text === "") return resolve();
      stream.write(text, (error) => {
        const { code } = (error ?? {}) as NodeJS.ErrnoException;
        if (stream !== process.stdout || code === undefined || NOBODY.has(code)) resolve();
        else reject(new MedimailError("file_unwritable", `the standard output cannot be written (${code})`));
      });
    });
  return {
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
    env: process.env,
    outIsTty: process.stdout.isTTY === true,
    errIsTty: process.stderr.isTTY === true,
    signal: controller.signal,
    readerGone: reader.signal,
    ...(process.stdin.isTTY ? { ask: askAtKeyboard } : {}),
    detach() {
      process.off("SIGINT", onInt);
      process.off("SIGTERM", onTerm);
    },
  };
}

async function askAtKeyboard(signal: AbortSignal): Promise<string | undefined> {
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: process.stdin });
  return new Promise((resolve) => {
    const end = (line?: string) => {
      signal.removeEventListener("abort", stopped);
      lines.close();
      process.stdin.pause();
      resolve(line);
    };
    const stopped = () => end();
    signal.addEventListener("abort", stopped, { once: true });
    lines.once("line", end).once("close", stopped);
    if (signal.aborted) end();
  });
}
