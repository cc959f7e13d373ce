import type { ErrorCode } from "./error-codes.js";
import { ERROR_CODES } from "./error-codes.js";

export type { ErrorCode } from "./error-codes.js";
export { ERROR_CODES } from "./error-codes.js";

/** What an error may carry besides its code. Never options, headers, bodies or claims: they can hold health data. */
export interface MedimailErrorDetails {
  /** True where the same call may succeed later without any change. Default: what {@link ERROR_CODES} says of the code. */
  retryable?: boolean;
  /** The requirement that the refused thing would have broken, by its id in the catalogue (`ECO.2.1.1`). */
  requirement?: string;
  /** What to do about it, in one sentence. Default: what {@link ERROR_CODES} says of the code. */
  hint?: string;
  /** Where in the input the fault is: a path such as `mailbox.address`, never a value. */
  path?: string;
  cause?: unknown;
}

const BRAND = Symbol.for("medimail-connector.error");

/**
 * The one error class of the package. Branch on {@link MedimailError.code}, which is stable; messages are not.
 *
 * Two builds of the package (ESM and CJS) have two classes: recognise an error with {@link isMedimailError}, not `instanceof`.
 *
 * @example
 * try { await connector.documents.submit(document); }
 * catch (error) { if (isMedimailError(error) && error.code === "pdf_missing") askForThePdf(); else throw error; }
 */
export class MedimailError extends Error {
  override readonly name = "MedimailError";
  /** Stable, one of {@link ErrorCode}. */
  readonly code: ErrorCode;
  /** True where the same call may succeed later without any change. */
  readonly retryable: boolean;
  readonly requirement?: string;
  readonly hint?: string;
  readonly path?: string;

  constructor(code: ErrorCode, message: string, details: MedimailErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    const known = ERROR_CODES[code];
    const hint = details.hint ?? known.hint;
    this.retryable = details.retryable ?? known.retryable;
    const requirement = details.requirement ?? known.requirement;
    if (requirement !== undefined) this.requirement = requirement;
    if (hint !== undefined) this.hint = hint;
    if (details.path !== undefined) this.path = details.path;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The shape printed by the command with `--json` (CLI.md). The cause stays inside: it may be of a library that quotes its input. */
  toJSON(): {
    code: ErrorCode;
    message: string;
    retryable: boolean;
    requirement?: string;
    hint?: string;
    path?: string;
  } {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.requirement === undefined ? {} : { requirement: this.requirement }),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.path === undefined ? {} : { path: this.path }),
    };
  }
}

/** True for an error of this package, whichever of its builds made it. */
export function isMedimailError(value: unknown): value is MedimailError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

/** What a log, a trace or a wait says of an error: its code; `internal` of what is none of ours. */
export const errorCodeOf = (error: unknown): ErrorCode => (isMedimailError(error) ? error.code : "internal");

/** A finding that does not stop the work: reading goes on and the caller is told. */
export interface Problem {
  /** An `error` makes the content doubtful (a hash that differs); a `warning` does not. */
  severity: "error" | "warning";
  /** Stable, snake_case. */
  code: string;
  message: string;
  /** Where: an element path or an archive path, never a value. */
  path?: string;
}
