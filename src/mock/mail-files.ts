import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureFolder } from "../folders.js";

/** Mails are on disk before they are observed, so that who reads the observations finds them. */
export function mailWriter(dir: string): (id: number | string, raw: Buffer) => string {
  ensureFolder(join(dir, "mails"));
  return (id, raw) => {
    const file = `mails/${typeof id === "number" ? String(id).padStart(6, "0") : id}.eml`;
    writeFileSync(join(dir, file), raw);
    return file;
  };
}
