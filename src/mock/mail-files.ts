import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Mails are on disk before they are observed, so that who reads the observations finds them. */
export function mailWriter(dir: string): (id: number, raw: Buffer) => string {
  mkdirSync(join(dir, "mails"), { recursive: true });
  return (id, raw) => {
    const file = `mails/${String(id).padStart(6, "0")}.eml`;
    writeFileSync(join(dir, file), raw);
    return file;
  };
}
