import type { Config } from "../config/index.js";
import { isMedimailError } from "../errors.js";
import type { InboxStore, OutboxStore } from "../seams/index.js";
import { resolveSecret } from "../settings/index.js";
import { type ContentKeys, openPostgresOutbox, openSqliteOutbox } from "../storage/index.js";
import type { KeySource } from "./content-keys.js";

/** An outbox, and the memory of what came in. */
export interface Store extends OutboxStore {
  readonly inbox: InboxStore;
}

/** The outbox that the configuration names, and in the same place the memory of what came in. */
export async function openStore(config: Config, keys: KeySource): Promise<Store> {
  const key = await keys.get();
  try {
    return await openAt(config.outbox, key ? { key } : {});
  } catch (error) {
    // The file or command that gives the key may be put right meanwhile.
    if (isMedimailError(error) && error.code === "storage_key_wrong") keys.forget();
    throw error;
  }
}

async function openAt(outbox: Config["outbox"], key: { key?: ContentKeys }): Promise<Store> {
  switch (outbox.store) {
    case "sqlite":
      return await openSqliteOutbox({ path: outbox.path, ...key });
    case "memory":
      return await openSqliteOutbox({ memory: true, ...key });
    case "postgres":
      return await openPostgresOutbox({ url: await resolveSecret(outbox.url, { what: "outbox.url" }), ...key });
  }
}
