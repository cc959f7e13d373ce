import type { Config } from "../config/index.js";
import { isMedimailError, MedimailError } from "../errors.js";
import { openSqliteOutbox, type SqliteOutbox, type SqliteOutboxOptions } from "../storage/index.js";
import type { KeySource } from "./content-keys.js";

/** The outbox that the configuration names, and in the same place the memory of what came in. */
export async function openStore(config: Config, keys: KeySource): Promise<SqliteOutbox> {
  const place = placeOf(config);
  const key = await keys.get();
  try {
    return await openSqliteOutbox({ ...place, ...(key ? { key } : {}) });
  } catch (error) {
    // The file or command that gives the key may be put right meanwhile.
    if (isMedimailError(error) && error.code === "storage_key_wrong") keys.forget();
    throw error;
  }
}

function placeOf(config: Config): Pick<SqliteOutboxOptions, "path" | "memory"> {
  switch (config.outbox.store) {
    case "sqlite":
      return { path: config.outbox.path };
    case "memory":
      return { memory: true };
    case "postgres":
      throw new MedimailError("not_supported", "outbox.store postgres is not served yet; use sqlite.", {
        path: "outbox.store",
      });
  }
}
