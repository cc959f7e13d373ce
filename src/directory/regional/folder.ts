import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MedimailError } from "../../errors.js";
import type { Deposit } from "./types.js";

/** Files in a folder of this machine, or of a share. */
export function folderDeposit(folder: string): Deposit {
  return {
    async list() {
      try {
        const names = await readdir(folder, { withFileTypes: true });
        return await Promise.all(
          names
            .filter((entry) => entry.isFile())
            .map(async ({ name }) => {
              const { size, mtimeMs } = await stat(join(folder, name));
              return { name, bytes: size, modifiedAt: Math.trunc(mtimeMs) };
            }),
        );
      } catch (cause) {
        throw new MedimailError("directory_unavailable", "the folder of the regional directory cannot be read", {
          path: "directory.regional.folder",
          hint: "Look at the folder, and at the right to read it.",
          cause,
        });
      }
    },
    fetch: async ({ name }) => ({ path: join(folder, name), release: async () => {} }),
    close: async () => {},
  };
}
