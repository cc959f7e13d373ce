import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and what is missing above it; one that is there already is as good. Not `mkdirSync` with `recursive`: where
 * the system says ENOENT below a folder that exists (`/proc`, some network mounts), Node.js tries again without end.
 */
export function ensureFolder(folder: string, mode?: number): void {
  if (isFolder(folder)) return;
  const make = () => mkdirSync(folder, mode === undefined ? {} : { mode });
  try {
    make();
  } catch (error) {
    if (isFolder(folder)) return; // Another process was faster.
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || above === folder || isFolder(above)) throw error;
    ensureFolder(above, mode);
    if (!isFolder(folder)) make();
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
