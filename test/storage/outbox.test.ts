import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContentKeys } from "../../src/storage/index.js";
import { openSqliteOutbox } from "../../src/storage/index.js";
import type { StoreFactory } from "./outbox-contract.js";
import { outboxContract } from "./outbox-contract.js";

function inFile(key?: ContentKeys): StoreFactory {
  let folder: string | undefined;
  return {
    async open() {
      folder = await mkdtemp(join(tmpdir(), "medimail-outbox-"));
      return openSqliteOutbox({ path: join(folder, "outbox.db"), ...(key ? { key } : {}) });
    },
    async clean() {
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}

outboxContract("in memory", { open: () => openSqliteOutbox({ memory: true }), clean: async () => undefined });
outboxContract("in a file", inFile());
outboxContract("in a file, encrypted", inFile(randomBytes(32)));
