import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createConnector, loadConfigFile } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { cdaOf } from "../tools/documents.js";
import { configOf, DOCTOR, QUICK, soon, states } from "./kit.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = (name: string) => ({ store: "sqlite", path: join(folder, name) });
const manual = { ...QUICK, delivery: "manual" } as const;

describe("the keys of what is kept at rest", () => {
  it("can be changed: the new one first, the former ones as long as they sealed something", async () => {
    await using mock = await startMockMedimail();
    const config = await configOf(mock, undefined, { outbox: store("rotation.db") });
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const submit = async (encryptionKey: Uint8Array | Uint8Array[], n: number) => {
      await using connector = createConnector(config, { ...manual, encryptionKey });
      return (await connector.documents.submit({ documents: [{ cda: cdaOf(n) }], to: [DOCTOR], patient: true })).id;
    };
    const ids = [await submit(old, 1), await submit([fresh, old], 2)];
    {
      await using connector = createConnector(config, { ...QUICK, encryptionKey: [fresh, old] });
      const sent = await connector.documents.submit({ documents: [{ cda: cdaOf(3) }], to: [DOCTOR] });
      await sent.settled({ signal: soon() });
      for (const id of ids)
        await expect
          .poll(async () => Object.values(await states(connector, id)).sort(), { timeout: 10_000 })
          .not.toContain("queued");
    }
    expect(mock.mails).toHaveLength(5);
  });

  it("of two processes in the middle of a change: a mail that the former cannot open stays queued", async () => {
    await using mock = await startMockMedimail();
    const config = await configOf(mock, undefined, { outbox: store("two.db") });
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    await using former = createConnector(config, { ...QUICK, encryptionKey: old });
    await former.ready();
    await using writer = createConnector(config, { ...manual, encryptionKey: [fresh, old] });
    const { id } = await writer.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    // The former process takes it, and cannot read it.
    await expect
      .poll(async () => (await writer.outbox.get(id)).recipients[0]?.error?.code, { timeout: 10_000 })
      .toBe("storage_key_wrong");
    expect(await states(writer, id)).toEqual({ [DOCTOR]: "queued" });
    expect(mock.mails).toHaveLength(0);
  });

  it("may be named by the configuration, where the command finds them too", async () => {
    await using mock = await startMockMedimail();
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    writeFileSync(join(folder, "old.key"), `${old.toString("hex")}\n`);
    writeFileSync(join(folder, "new.key"), `${fresh.toString("base64")}\r\n`);
    const written = async (encryptionKey: unknown) => {
      const config = await configOf(mock, undefined, { outbox: { ...store("named.db"), encryptionKey } });
      writeFileSync(join(folder, "medimail.json"), JSON.stringify(config));
      return loadConfigFile(join(folder, "medimail.json"));
    };
    const list = async (encryptionKey: unknown, options = {}) => {
      await using connector = createConnector(await written(encryptionKey), { ...manual, ...options });
      return (await connector.outbox.list()).flatMap(({ recipients }) => recipients.map(({ address }) => address));
    };
    {
      await using connector = createConnector(await written({ file: "old.key" }), manual);
      await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], patient: true });
    }
    const [patient] = await list([{ file: "new.key" }, { file: "old.key" }]);
    expect(patient).toMatch(/@patient\.mssante\.fr$/);
    await expect(list({ file: "medimail.json" })).rejects.toMatchObject({
      code: "config_invalid",
      path: "outbox.encryptionKey",
    });
    await expect(list({ file: "old.key" }, { encryptionKey: old })).rejects.toMatchObject({ code: "config_invalid" });
    const config = await configOf(mock, undefined, { outbox: store("named.db") });
    await using without = createConnector(config, manual);
    await expect(without.ready()).rejects.toMatchObject({ code: "storage_key_wrong" });
  });

  it("named by a command are asked once, for the outbox and the cache; again where they did not fit", async () => {
    await using mock = await startMockMedimail();
    const [asked, secret] = [join(folder, "asked.txt"), join(folder, "asked.key")];
    writeFileSync(secret, randomBytes(32).toString("hex"));
    const program = `const fs = require("node:fs"); fs.appendFileSync(${JSON.stringify(asked)}, "x"); console.log(fs.readFileSync(${JSON.stringify(secret)}, "utf8"))`;
    const encryptionKey = { command: [process.execPath, "-e", program] };
    const config = await configOf(mock, undefined, {
      outbox: { ...store("asked.db"), encryptionKey },
      cache: { path: join(folder, "asked-cache.db") },
    });
    const times = () => readFileSync(asked, "utf8").length;
    {
      await using connector = createConnector(config, manual);
      await connector.ready();
      await connector.mailbox.list().toArray({ limit: 1 });
      expect(times()).toBe(1);
    }
    const right = readFileSync(secret);
    writeFileSync(secret, randomBytes(32).toString("hex"));
    await using connector = createConnector(config, manual);
    await expect(connector.ready()).rejects.toMatchObject({ code: "storage_key_wrong" });
    writeFileSync(secret, right);
    await connector.ready();
    expect(times()).toBe(3);
  });
});
