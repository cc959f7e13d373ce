import { randomBytes } from "node:crypto";
import type { ContentKeys } from "../../src/storage/index.js";
import { openPostgresOutbox } from "../../src/storage/index.js";
import { describeWithPostgres } from "../tools/postgres.js";
import type { StoreFactory } from "./outbox-contract.js";
import { outboxContract } from "./outbox-contract.js";

describeWithPostgres("PostgreSQL", (server) => {
  const inDatabase = (key?: ContentKeys): StoreFactory => ({
    marksAreDurable: true,
    open: async () => openPostgresOutbox({ url: await server().database(), ...(key ? { key } : {}) }),
    // The schema goes with the server.
    clean: async () => undefined,
  });
  outboxContract("in PostgreSQL", inDatabase());
  outboxContract("in PostgreSQL, encrypted", inDatabase(randomBytes(32)));
});
