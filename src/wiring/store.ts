import type { Config } from "../config/index.js";
import { MedimailError } from "../errors.js";
import { type ContentKeys, openSqliteOutbox, type SqliteOutbox } from "../storage/index.js";

/** The outbox that the configuration names, and in the same place the memory of what came in. */
export function openStore(config: Config, key: ContentKeys | undefined): Promise<SqliteOutbox> {
  const encryption = key ? { key } : {};
  switch (config.outbox.store) {
    case "sqlite":
      return openSqliteOutbox({ path: config.outbox.path, ...encryption });
    case "memory":
      return openSqliteOutbox({ memory: true, ...encryption });
    case "postgres":
      throw new MedimailError("not_supported", "outbox.store postgres is not served yet; use sqlite.", {
        path: "outbox.store",
      });
  }
}
