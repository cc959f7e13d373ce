import { MedimailError } from "../errors.js";
import type { Config } from "./schema.js";

/** A part of the configuration that is valid and that this version does not serve yet. */
export interface UnsupportedPart {
  path: string;
  why: string;
}

/**
 * What of a valid configuration this version cannot do. It is refused by name where it would be used, never ignored.
 */
export function unsupportedParts(config: Config): UnsupportedPart[] {
  const parts: UnsupportedPart[] = [];
  if (config.outbox.store === "postgres") {
    parts.push({ path: "outbox.store", why: "postgres is not served yet; use sqlite" });
  }
  return parts;
}

/** Throws `not_supported`, naming each part, where the configuration asks for what is not served yet. */
export function assertSupported(config: Config): void {
  const parts = unsupportedParts(config);
  const [first] = parts;
  if (!first) return;
  throw new MedimailError("not_supported", parts.map((part) => `${part.path}: ${part.why}`).join("\n"), {
    path: first.path,
  });
}
