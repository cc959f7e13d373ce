import { isMedimailError } from "../../errors.js";
import type { StoredError } from "../../seams/index.js";

/** How sealed values are read: `open` gives the value, or `otherwise` where the reading bears with one that cannot be opened. */
export interface Reading {
  read<T>(open: () => T, otherwise: T): T;
  /** Why the first of them could not be opened. */
  readonly fault?: StoredError | undefined;
}

/** Throws `storage_key_wrong`, `storage_corrupt`. */
export const STRICT: Reading = { read: (open) => open() };

/** One value that no key opens does not take the others with it. */
export function tolerant(): Reading {
  let fault: StoredError | undefined;
  return {
    read(open, otherwise) {
      try {
        return open();
      } catch (error) {
        if (!isMedimailError(error)) throw error;
        const { code, message, retryable } = error;
        fault ??= { code, message, retryable };
        return otherwise;
      }
    },
    get fault() {
      return fault;
    },
  };
}
