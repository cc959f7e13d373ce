import { describe, expect, it } from "vitest";
import { openPostgresOutbox } from "../../src/storage/index.js";
import { describeWithPostgres } from "../tools/postgres.js";
import { inboxContract, resealContract, SCOPE, sighting } from "./contract-inbox.js";

describeWithPostgres("the registry of what came in, in PostgreSQL", (server) => {
  describe("as it is", () => inboxContract(async () => openPostgresOutbox({ url: await server().database() })));
  const key = new Uint8Array(32).fill(7);
  describe("encrypted", () => inboxContract(async () => openPostgresOutbox({ url: await server().database(), key })));

  it("shows no id of a document without the key, and is kept", async () => {
    const url = await server().database();
    {
      await using store = await openPostgresOutbox({ url, key });
      await store.inbox.remember(SCOPE, [sighting()]);
    }
    const schema = new URL(url).searchParams.get("schema");
    const [row] = await server().query(`SELECT string_agg(i::text, ' ') AS text FROM ${schema}.medimail_inbox i`);
    expect(row?.["text"]).toContain(SCOPE.mailbox);
    expect(row?.["text"]).not.toContain("CANARY");
    expect(row?.["text"]).not.toContain(Buffer.from("CANARY").toString("hex"));
    await using again = await openPostgresOutbox({ url, key });
    expect(await again.inbox.list(SCOPE, {})).toMatchObject([sighting()]);
    await expect(openPostgresOutbox({ url })).rejects.toMatchObject({ code: "storage_key_wrong" });
  });

  resealContract(() => {
    const url = server().database();
    return async (given) => openPostgresOutbox({ url: await url, key: given });
  });
});
