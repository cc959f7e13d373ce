import { unzipSync, zipSync } from "fflate";

/** The files of an archive by path, folders left out. By another library than ours. */
export function filesOf(archive: Uint8Array): Map<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(archive)).filter(([path]) => !path.endsWith("/")));
}

export function zipOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return zipSync(Object.fromEntries(files));
}

export const METADATA = "IHE_XDM/SUBSET01/METADATA.XML";

/** Changes METADATA.XML as text; what it looked for must be there, or the mutant would be a right connector. */
export function editMetadata(files: Map<string, Uint8Array>, from: RegExp, to: string): void {
  const before = Buffer.from(files.get(METADATA) ?? []).toString("utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`METADATA.XML has no ${from}`);
  files.set(METADATA, Buffer.from(after, "utf8"));
}
