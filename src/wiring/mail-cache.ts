import { resolve } from "node:path";
import { MedimailError } from "../errors.js";
import { MailboxCache } from "../mailbox/index.js";
import { openMailCache } from "../storage/index.js";
import type { Frame } from "./core.js";

/**
 * The cache that the configuration names; none where it names none. Sealed with the key of the outbox, where there is one.
 *
 * @throws config_invalid where it would be the outbox's file: a cache is thrown away when it is damaged
 */
export function mailboxCache({ config, keys, tenant, mailbox, log }: Frame): MailboxCache | undefined {
  const path = config.cache?.path;
  if (path === undefined) return undefined;
  const { outbox } = config;
  if (outbox.store === "sqlite" && resolve(outbox.path) === resolve(path))
    throw new MedimailError("config_invalid", "the cache has a file of its own, never that of the outbox", {
      path: "cache.path",
    });
  return new MailboxCache({
    async open(anew) {
      const key = await keys.get();
      return openMailCache({ path, ...(key ? { key } : {}) }, { anew });
    },
    box: `${tenant}\n${mailbox}`,
    logger: log,
  });
}
