import { execFile } from "node:child_process";
import type { Secret } from "../config/index.js";
import { MedimailError } from "../errors.js";
import { readNamedFile } from "./files.js";

export interface ResolveSecretOptions {
  /** Path of the secret in the configuration (`auth.passphrase`), for the error. */
  what: string;
  signal?: AbortSignal;
  /** For a command. Default 30,000. */
  timeoutMs?: number;
  env?: Readonly<Record<string, string | undefined>>;
}

const MAX_SECRET_BYTES = 64 * 1024;

/**
 * The value of a secret, read anew at each call: it is kept nowhere. One line end at the end of a file or of a program's output is dropped.
 *
 * Throws `secret_unavailable` (with no output of the program: it may be the secret), `file_not_found` or `aborted`.
 */
export async function resolveSecret(secret: Secret, options: ResolveSecretOptions): Promise<string> {
  if (typeof secret === "string") return secret;
  if ("env" in secret) {
    const value = (options.env ?? process.env)[secret.env];
    if (value === undefined || value === "")
      throw unavailable(options.what, `the environment variable ${secret.env} is not set`);
    return value;
  }
  if ("file" in secret) {
    const content = readNamedFile(secret.file, options.what, { path: options.what, maxBytes: MAX_SECRET_BYTES });
    return notEmpty(dropLineEnd(content.toString("utf8")), options.what, "the file is empty");
  }
  return notEmpty(dropLineEnd(await run(secret.command, options)), options.what, "the command printed nothing");
}

function run(command: readonly string[], options: ResolveSecretOptions): Promise<string> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      {
        timeout: options.timeoutMs ?? 30_000,
        maxBuffer: MAX_SECRET_BYTES,
        windowsHide: true,
        encoding: "utf8",
        ...(options.signal ? { signal: options.signal } : {}),
      },
      (error, stdout) => {
        if (!error) resolve(stdout);
        else if (options.signal?.aborted) reject(new MedimailError("aborted", `${options.what}: interrupted`));
        // Node's message quotes what the program wrote, which may be the secret: only the kind of failure is kept.
        else reject(unavailable(options.what, failure(program, error)));
      },
    );
  });
}

function failure(program: string, error: { code?: unknown; killed?: boolean }): string {
  if (error.code === "ENOENT") return `the program ${program} was not found`;
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")
    return `the program ${program} printed more than ${MAX_SECRET_BYTES} bytes`;
  if (error.killed) return `the program ${program} took too long`;
  return `the program ${program} failed${typeof error.code === "number" ? ` with exit code ${error.code}` : ""}`;
}

function dropLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}

function notEmpty(value: string, what: string, why: string): string {
  if (value === "") throw unavailable(what, why);
  return value;
}

function unavailable(what: string, why: string): MedimailError {
  return new MedimailError("secret_unavailable", `${what}: ${why}`, { path: what });
}
