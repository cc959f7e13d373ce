import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ATTACHMENTS_FOLDER, MAILS_FOLDER, OUTPUTS } from "./outputs.js";
import type { Signer } from "./signature.js";
import { TOOL } from "./tool.js";

export const MANIFEST = "manifest.json";
export const SIGNATURE = "manifest.p7s";

/** `manifest.json`: every file of the run and its SHA-256, so that one signature holds for all. */
export interface Manifest {
  format: 1;
  tool: { name: string; version: string };
  at: string;
  files: readonly { name: string; size: number; sha256: string }[];
}

/** The files of a run, in order of name; manifest and signature are not among them. */
export function filesOf(folder: string): string[] {
  const own: readonly string[] = OUTPUTS;
  const sealed = (name: string) => own.includes(name) && name !== MANIFEST && name !== SIGNATURE;
  const top = readdirSync(folder, { withFileTypes: true });
  const files = top.filter((entry) => entry.isFile() && sealed(entry.name)).map(({ name }) => name);
  for (const below of [MAILS_FOLDER, ATTACHMENTS_FOLDER])
    if (top.some((entry) => entry.isDirectory() && entry.name === below))
      for (const entry of readdirSync(join(folder, below), { withFileTypes: true }))
        if (entry.isFile()) files.push(`${below}/${entry.name}`);
  return files.sort();
}

export function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  return new Promise((resolve, reject) => {
    createReadStream(path)
      .on("data", (chunk) => hash.update(chunk))
      .on("error", reject)
      .on("end", () => resolve(hash.digest("hex")));
  });
}

/** Writes the manifest, and signs it where the publisher gives his certificate. */
export async function sealFolder(folder: string, signer: Signer | undefined): Promise<void> {
  const files: Manifest["files"][number][] = [];
  for (const name of filesOf(folder))
    files.push({ name, size: statSync(join(folder, name)).size, sha256: await hashFile(join(folder, name)) });
  const manifest: Manifest = { format: 1, tool: TOOL, at: new Date().toISOString(), files };
  const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`, "utf8");
  writeFileSync(join(folder, MANIFEST), bytes);
  if (signer) writeFileSync(join(folder, SIGNATURE), await signer.sign(bytes));
}
