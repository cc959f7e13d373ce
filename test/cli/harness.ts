import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type CliIo, Interruption } from "../../src/cli/io.js";
import { main } from "../../src/cli/run.js";

export interface CliResult {
  code: number;
  out: string;
  err: string;
  /** stdout as one JSON value. */
  value: <T = Record<string, unknown>>() => T;
  /** stdout as JSON lines. */
  lines: <T = Record<string, unknown>>() => T[];
}

export interface CliRun {
  result: Promise<CliResult>;
  /** As a signal would. */
  interrupt: (by?: "SIGINT" | "SIGTERM") => void;
  /** As `| head` would. */
  closeReader: () => void;
  /** Resolves with the first stdout line that fits, past or to come. */
  line: (fits: (line: string) => boolean) => Promise<string>;
  /** The same of stderr. */
  said: (fits: (line: string) => boolean) => Promise<string>;
}

/** Starts the command in this process, with captured streams. */
export function startCli(argv: string[], options: { env?: Record<string, string>; tty?: boolean } = {}): CliRun {
  const interrupted = new AbortController();
  const gone = new AbortController();
  let out = "";
  let err = "";
  const waiting = new Set<() => void>();
  const io: CliIo = {
    out: async (text) => {
      out += text;
      for (const look of [...waiting]) look();
    },
    err: async (text) => {
      err += text;
      for (const look of [...waiting]) look();
    },
    env: options.env ?? {},
    outIsTty: options.tty ?? false,
    errIsTty: options.tty ?? false,
    signal: interrupted.signal,
    readerGone: gone.signal,
  };
  const result = main(argv, io).then((code) => ({
    code,
    out,
    err,
    value: <T>() => JSON.parse(out) as T,
    lines: <T>() =>
      out
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as T),
  }));
  return {
    result,
    interrupt: (by = "SIGINT") => interrupted.abort(new Interruption(by)),
    closeReader: () => gone.abort(),
    line: (fits) => first(() => out, fits),
    said: (fits) => first(() => err, fits),
  };

  function first(text: () => string, fits: (line: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = text()
          .split("\n")
          .find((line) => line !== "" && fits(line));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      result.then(({ code, err: said }) => reject(new Error(`ended with ${code} before the line: ${said}`)), reject);
    });
  }
}

export function cli(...argv: string[]): Promise<CliResult> {
  return startCli(argv).result;
}

/** A folder that the suite removes at its end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "medimail-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
