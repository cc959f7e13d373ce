import { createHash, randomUUID } from "node:crypto";
import { readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureFolder } from "../../folders.js";
import { CRL_LIMITS } from "./crl.js";

/** Where lists are kept over a restart (CONF.22). They are public and signed: a file that was altered fails its check and is no more than absent. */
export class CrlStore {
  readonly #folder: string | undefined;

  constructor(folder?: string) {
    this.#folder = folder;
  }

  read(key: string): { bytes: Uint8Array; at: number } | undefined {
    const path = this.#path(key);
    if (path === undefined) return undefined;
    try {
      const { size, mtimeMs } = statSync(path);
      return size > CRL_LIMITS.bytes ? undefined : { bytes: readFileSync(path), at: mtimeMs };
    } catch {
      return undefined;
    }
  }

  /** @returns false where the disk would not: the list then serves this process only */
  write(key: string, bytes: Uint8Array): boolean {
    const path = this.#path(key);
    if (path === undefined || this.#folder === undefined) return true;
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      ensureFolder(this.#folder);
      writeFileSync(temporary, bytes, { flag: "wx" });
      renameSync(temporary, path);
      return true;
    } catch {
      try {
        unlinkSync(temporary);
      } catch {
        // It was never made.
      }
      return false;
    }
  }

  #path(key: string): string | undefined {
    const name = createHash("sha256").update(key).digest("hex").slice(0, 40);
    return this.#folder === undefined ? undefined : join(this.#folder, `${name}.crl`);
  }
}
