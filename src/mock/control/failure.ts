import { isMedimailError } from "../../errors.js";

/** Codes of the control API's errors, each with its HTTP status. */
export const CONTROL_CODES = {
  invalid_argument: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  timeout: 408,
  conflict: 409,
  closed: 410,
  too_large: 413,
  unsupported_type: 415,
  mock_http_unhandled: 409,
  internal: 500,
} as const;
export type ControlCode = keyof typeof CONTROL_CODES;

/** A refusal of the control API. */
export class ControlError extends Error {
  readonly code: ControlCode;
  readonly path: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ControlCode, message: string, { path, hint }: { path?: string; hint?: string } = {}) {
    super(message);
    this.code = code;
    this.path = path;
    this.hint = hint;
  }
}

export interface FailureBody {
  error: { code: string; message: string; path?: string; hint?: string };
}

/** What a caller is told of an error. One that is not ours says nothing of itself: it may quote its input. */
export function failureOf(error: unknown): { status: number; body: FailureBody; internal: boolean } {
  if (error instanceof ControlError || isMedimailError(error)) {
    const { code, message, path, hint } = error;
    const known = Object.hasOwn(CONTROL_CODES, code) ? CONTROL_CODES[code as ControlCode] : undefined;
    // Codes of what a caller gave us to read (an archive, a document) are his to hear.
    return {
      status: known ?? 400,
      body: {
        error: { code, message, ...(path === undefined ? {} : { path }), ...(hint === undefined ? {} : { hint }) },
      },
      internal: known === 500,
    };
  }
  return {
    status: 500,
    body: { error: { code: "internal", message: "An unforeseen fault of the mock" } },
    internal: true,
  };
}
