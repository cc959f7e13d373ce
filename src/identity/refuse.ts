import type { ErrorCode } from "../errors.js";
import { MedimailError } from "../errors.js";
import type { ParseOptions } from "./brand.js";

/** The value stays out of the message: it identifies a person. */
export function refuse(
  message: string,
  options: Pick<ParseOptions, "path"> | undefined,
  code: ErrorCode = "identity_invalid",
  hint?: string,
): never {
  throw new MedimailError(code, message, {
    ...(options?.path === undefined ? {} : { path: options.path }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Turns a parser into a test. */
export function passes(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
