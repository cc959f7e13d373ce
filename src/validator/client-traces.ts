import { existsSync, readFileSync, statSync } from "node:fs";
import { z } from "zod";
import type { TraceLine } from "../compliance/index.js";
import { MedimailError } from "../errors.js";

/** Bytes of the traces that a software under test hands over. */
const MAX_BYTES = 50_000_000;

const line = z.object({
  at: z.string().max(100),
  mailbox: z.string().max(500).optional(),
  actor: z.string().max(500).optional(),
  action: z.string().max(500).optional(),
  request: z.string().max(5_000).optional(),
  answer: z.string().max(5_000).optional(),
  ok: z.boolean().optional(),
});

/**
 * The functional traces of the software under test, one JSON object a line, as `medimail traces export --json` prints them (ECO.4.1.2). Undefined where
 * there is no such file: what was not handed over is not judged.
 *
 * @throws MedimailError `observations_invalid`
 */
export function readTraces(path: string): TraceLine[] | undefined {
  if (!existsSync(path)) return undefined;
  if (statSync(path).size > MAX_BYTES) throw invalid("the traces are too large");
  const lines = readFileSync(path, "utf8").split(/\r?\n/);
  return lines.flatMap((text, index): TraceLine | [] => (text.trim() === "" ? [] : traceOf(text, index + 1)));
}

function traceOf(text: string, count: number): TraceLine {
  try {
    return line.parse(JSON.parse(text)) as TraceLine;
  } catch (cause) {
    throw invalid(`line ${count} of the traces cannot be read`, cause);
  }
}

function invalid(why: string, cause?: unknown): MedimailError {
  return new MedimailError("observations_invalid", why, cause === undefined ? {} : { cause });
}
