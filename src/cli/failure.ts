import { networkInterfaces } from "node:os";
import type { ErrorCode } from "../errors.js";
import { isMedimailError, MedimailError } from "../errors.js";
import { EXIT } from "./command.js";
import type { CliIo } from "./io.js";
import type { Style } from "./style.js";
import { printable } from "./style.js";
import type { Text } from "./text/index.js";

const USAGE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "usage_invalid",
  "invalid_argument",
  "not_supported",
  "config_invalid",
  "config_unreadable",
  "file_not_found",
  "file_unreadable",
  "secret_unavailable",
  "directory_index_missing",
]);

/** What the system says of a name or an address where there is no network to ask, or to reach it by. */
const NO_WAY: ReadonlySet<unknown> = new Set(["EAI_AGAIN", "ENETDOWN", "ENETUNREACH", "ENOTFOUND"]);

/** The exit code of CLI.md for an error; `networks` is what this machine is connected to. */
export function exitCodeOf(error: MedimailError, networks: () => object = outside): number {
  if (error.code === "aborted") return EXIT.interrupted;
  if (error.code === "mock_failed" || error.code === "run_failed") return EXIT.couldNotRun;
  // No network at all is no answer of the other side.
  if (causesOf(error).some((cause) => NO_WAY.has(cause.code)) && Object.keys(networks()).length === 0)
    return EXIT.couldNotRun;
  return USAGE.has(error.code) ? EXIT.usage : EXIT.no;
}

/** The interfaces that lead out of this machine and have an address. */
function outside(): object {
  const all = Object.entries(networkInterfaces());
  return Object.fromEntries(all.filter(([, addresses]) => addresses?.some(({ internal }) => !internal)));
}

function causesOf(error: Error): NodeJS.ErrnoException[] {
  const causes: NodeJS.ErrnoException[] = [];
  for (let at: unknown = error.cause; at instanceof Error && causes.length < 5; at = at.cause) causes.push(at);
  return causes;
}

/** Any thrown thing as an error of ours. One that we did not foresee keeps its text inside: it may quote what it worked on. */
export function toMedimailError(thrown: unknown): MedimailError {
  if (isMedimailError(thrown)) return thrown;
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  return new MedimailError("internal", `unforeseen fault (${kind}${typeof code === "string" ? ` ${code}` : ""})`, {
    cause: thrown,
    hint: "run again with --verbose for the stack",
  });
}

export interface Printed {
  json: boolean;
  verbose: boolean;
  text: Text;
  style: Style;
}

/** The error for people on stderr; with --json also as one line on stdout (CLI.md). */
export async function printError(
  io: CliIo,
  error: MedimailError,
  { json, verbose, text, style }: Printed,
): Promise<void> {
  if (json) await io.out(`${JSON.stringify({ error: shape(error) })}\n`);
  const said = error.message.split("\n").map((line) => printable(text.detail(line)));
  // Where the language has no phrase for the code, what was said is one.
  const title = text.errors[error.code] ?? said.shift() ?? error.code;
  const lines = [`${style.red(`${text.error}${text.colon}`)} ${title} [${error.code}]`];
  lines.push(...said.map((line) => `  ${line}`));
  if (error.requirement) lines.push(`  ${text.requirement}${text.colon} ${error.requirement}`);
  if (error.hint) lines.push(`  ${text.hint}${text.colon} ${printable(text.detail(error.hint))}`);
  if (verbose) lines.push(...stackOf(error).map((line) => style.dim(`  ${line}`)));
  await io.err(`${lines.join("\n")}\n`);
}

/** The fields of CLI.md; `path` is left out of the contract, and stays in the message. */
function shape(error: MedimailError) {
  const { code, message, retryable, requirement, hint } = error.toJSON();
  return { code, message, retryable, ...(requirement ? { requirement } : {}), ...(hint ? { hint } : {}) };
}

/** Where it was thrown, without the messages: those of other libraries may quote their input. */
function stackOf(error: Error): string[] {
  const frames: string[] = [];
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (depth > 0) frames.push(`cause: ${at.name}`);
    frames.push(
      ...withoutMessage(at)
        .split("\n")
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 8)
        .map((line) => line.trim()),
    );
  }
  return frames;
}

/** A message of several lines may have one that looks like a frame. */
function withoutMessage({ stack = "", message }: Error): string {
  const at = message === "" ? -1 : stack.indexOf(message);
  return at < 0 ? stack : stack.slice(at + message.length);
}
