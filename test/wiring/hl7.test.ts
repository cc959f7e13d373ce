import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type Connector,
  type ConnectorOptions,
  createConnector,
  type Hl7Seen,
  type Hl7ServeOptions,
} from "../../src/index.js";
import { demoLaboratoryReport, type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { MllpClient, type MllpServer, startMllpServer } from "../../src/transport/mllp/index.js";
import { base64, bytes, CODE, DOCTOR, type MessageParts, message } from "../hl7/messages.js";
import { configOf, QUICK } from "../sending/kit.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-hl7-"));
let mock: MockMedimail;
let number = 0;
beforeAll(async () => {
  mock = await startMockMedimail({ autoReceipts: { deliver: true } });
});
afterEach(() => mock.faults.clear());
afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true, force: true });
});

function newPath(): string {
  number += 1;
  return join(folder, `outbox-${number}.db`);
}

async function connectorOf(path: string, options: ConnectorOptions = {}): Promise<Connector> {
  const config = await configOf(mock, undefined, { outbox: { path } });
  return createConnector(config, { ...QUICK, ...options });
}

/** A message of its own document each time: the same document does not go twice to the same recipient. */
function order(change: Partial<MessageParts> = {}): Uint8Array {
  number += 1;
  const { cda } = demoLaboratoryReport({ id: `2.25.55${number}`, setId: `2.25.5${number}` }, "20260105100000+0100");
  const documents = [{ data: base64(cda), status: "F", code: CODE, encoding: "Base64" }];
  return bytes(message({ controlId: `N${number}`, documents, ...change }));
}

/** The hospital's engine: it sends orders, and takes messages of business. */
class Engine implements AsyncDisposable {
  readonly taken: string[] = [];
  answers: string[] = [];
  #server: MllpServer | undefined;

  async start(port = 0): Promise<number> {
    this.#server = await startMllpServer({
      port,
      onMessage: async (content) => {
        const text = Buffer.from(content).toString();
        const verdict = this.answers.shift() ?? "AA";
        if (verdict === "silence") throw new Error("gone");
        if (verdict === "AA") this.taken.push(text);
        return bytes(`MSH|^~\\&|SIL|CHU_X|PFI|CHU_X|2026||ACK^Z02^ACK|1|P|2.6\rMSA|${verdict}|${text.split("|")[9]}\r`);
      },
    });
    return this.#server.port;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  /** Types and states of what came: `Z02 Y`. */
  get receipts(): string[] {
    return this.taken.map((text) => `${/ZAM\^(Z\d\d)/.exec(text)?.[1]} ${/\|N\d+\|([YN])\^/.exec(text)?.[1]}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

interface Served extends AsyncDisposable {
  send: (content: Uint8Array) => Promise<string[]>;
  seen: Hl7Seen[];
  stop: () => Promise<void>;
}

async function served(connector: Connector, options: Partial<Hl7ServeOptions> = {}): Promise<Served> {
  const ended = new AbortController();
  const seen: Hl7Seen[] = [];
  let serving: Promise<void> = Promise.resolve();
  const at = await new Promise<{ host: string; port: number }>((resolve, reject) => {
    serving = connector.hl7.serve({
      signal: ended.signal,
      onListening: resolve,
      onSeen: (one) => seen.push(one),
      ...options,
    });
    serving.catch(reject);
  });
  const client = new MllpClient(at);
  const stop = async () => {
    await client.close();
    ended.abort();
    await serving;
  };
  return {
    seen,
    stop,
    send: async (content) =>
      Buffer.from(await client.send(content))
        .toString()
        .split("\r"),
    [Symbol.asyncDispose]: stop,
  };
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("connector.hl7.serve", () => {
  it("answers AA once the order is durable, sends the mail, and tells what became of it", async () => {
    await using engine = new Engine();
    const port = await engine.start();
    await using connector = await connectorOf(newPath());
    await using gateway = await served(connector, { receipts: { host: "127.0.0.1", port } });
    const [msh, msa] = await gateway.send(order());
    expect(msh).toMatch(/^MSH\|\^~\\&\|PFI\|CHU_X\|SIL\|CHU_X\|\d{14}[+-]\d{4}\|\|ACK\^R01\^ACK\|/);
    expect(msa).toBe(`MSA|AA|N${number}`);
    const [taken] = gateway.seen;
    expect(taken).toMatchObject({
      event: "message",
      code: "AA",
      controlId: `N${number}`,
      submission: expect.any(String),
    });
    await until(() => engine.receipts.length > 0);
    expect(engine.receipts).toEqual(["Z02 Y"]);
    expect(engine.taken[0]).toContain(
      `OBX|2|XTN|DESTINATAIRE_MSS^Destinataire MSSanté^AckMetierZAM||^^X.400^${DOCTOR}|`,
    );
    await until(() => gateway.seen.length > 1);
    expect(gateway.seen[1]).toMatchObject({ event: "receipt", recipient: DOCTOR, state: "delivered", code: "AA" });
  });

  it("takes a message that is sent again for the same: AA, one mail", async () => {
    await using connector = await connectorOf(newPath(), { delivery: "manual" });
    await using gateway = await served(connector);
    const content = order();
    const answers = [await gateway.send(content), await gateway.send(content)].map(([, msa]) => msa);
    expect(answers).toEqual([`MSA|AA|N${number}`, `MSA|AA|N${number}`]);
    expect((await connector.outbox.stats()).submissions).toBe(1);
  });

  it("answers AE for a message that does not hold, with the field, and stores nothing", async () => {
    await using connector = await connectorOf(newPath(), { delivery: "manual" });
    await using gateway = await served(connector);
    const [, msa, err] = await gateway.send(order({ orc: "RO" }));
    expect(msa).toBe(`MSA|AE|N${number}`);
    expect(err).toContain("ERR||OBX^1^11|199^");
    expect(gateway.seen).toMatchObject([{ code: "AE", error: { code: "hl7_invalid", path: "OBX[1]-11" } }]);
    expect((await connector.outbox.stats()).submissions).toBe(0);
  });

  it("answers AE for what the rules of sending refuse: a masked document to professionals", async () => {
    await using connector = await connectorOf(newPath(), { delivery: "manual" });
    await using gateway = await served(connector);
    const [, msa, err] = await gateway.send(order({ flags: { MASQUE_PS: "Y" } }));
    expect(msa).toBe(`MSA|AE|N${number}`);
    expect(err).toMatch(/^ERR\|\|\|207\^Application error\^messageErrorCondition\|E\|\w+\^\^MEDIMAIL/);
  });

  it("refuses what is for the DMP too, unless another software feeds it", async () => {
    await using connector = await connectorOf(newPath(), { delivery: "manual" });
    const alone = { flags: { DESTDMP: "Y", DESTMSSANTEPS: "N" }, prt: [] };
    {
      await using gateway = await served(connector);
      const [, msa, err] = await gateway.send(order({ flags: { DESTDMP: "Y" } }));
      expect(msa).toBe(`MSA|AE|N${number}`);
      expect(err).toContain("not_supported");
    }
    await using gateway = await served(connector, { dmp: "ignore" });
    expect((await gateway.send(order({ flags: { DESTDMP: "Y" } })))[1]).toBe(`MSA|AA|N${number}`);
    // For the DMP alone there is nothing to send.
    expect((await gateway.send(order(alone)))[1]).toBe(`MSA|AA|N${number}`);
    expect((await connector.outbox.stats()).submissions).toBe(1);
  });

  it("closes the connection of what is no HL7: there is nobody to answer", async () => {
    await using connector = await connectorOf(newPath(), { delivery: "manual" });
    await using gateway = await served(connector);
    await expect(gateway.send(bytes("hello"))).rejects.toMatchObject({ code: "connection_lost" });
    expect((await gateway.send(order()))[1]).toBe(`MSA|AA|N${number}`);
  });

  it("tells an engine that is not there, says later, answers nonsense or nothing, until it takes the message; one that it refuses holds up nobody", async () => {
    await using engine = new Engine();
    const port = await engine.start();
    await engine.stop();
    const clock = {
      now: () => Date.now(),
      // Pauses of the relay last a second and more.
      sleep: (ms: number, { signal }: { signal?: AbortSignal } = {}) =>
        new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, Math.min(ms, 50));
          signal?.addEventListener("abort", () => {
            clearTimeout(timer);
            reject(signal.reason);
          });
        }),
    };
    await using connector = await connectorOf(newPath(), { clock });
    await using gateway = await served(connector, { receipts: { host: "127.0.0.1", port, timeoutMs: 2_000 } });
    await gateway.send(order());
    await new Promise((resolve) => setTimeout(resolve, 300));
    engine.answers = ["AR", "XX", "silence"];
    await engine.start(port);
    await until(() => engine.receipts.length === 1);
    // Each time the same message, by its number.
    expect(engine.taken[0]).toMatch(/\|MED\d+\|P\|2\.6/);
    engine.answers = ["AE"];
    await gateway.send(order());
    await until(() => gateway.seen.some((one) => one.event === "receipt" && one.code === "AE"));
    await gateway.send(order());
    await until(() => engine.receipts.length === 2);
  });

  it("tells what happened while nobody served, once, when somebody does again", async () => {
    await using engine = new Engine();
    const port = await engine.start();
    const path = newPath();
    const receipts = { host: "127.0.0.1", port };
    {
      await using connector = await connectorOf(path, { delivery: "manual" });
      await using gateway = await served(connector, { receipts });
      await gateway.send(order());
    }
    {
      // Another process delivers, and nobody tells.
      await using connector = await connectorOf(path);
      const [row] = await connector.outbox.list();
      for (;;) {
        const { recipients } = await connector.outbox.get(row?.id ?? "");
        if (recipients[0]?.state === "delivered") break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    expect(engine.receipts).toEqual([]);
    for (const _ of [1, 2]) {
      await using connector = await connectorOf(path, { delivery: "manual" });
      await using gateway = await served(connector, { receipts });
      await until(() => engine.receipts.length === 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(gateway.seen.length).toBeLessThanOrEqual(1);
    }
    expect(engine.receipts).toEqual(["Z02 Y"]);
  });

  it("ends with its connector, and refuses a port that is taken", async () => {
    const connector = await connectorOf(newPath(), { delivery: "manual" });
    const gateway = await served(connector);
    await connector.close();
    await gateway.stop();
    await using other = await connectorOf(newPath(), { delivery: "manual" });
    await using engine = new Engine();
    const port = await engine.start();
    await expect(other.hl7.serve({ signal: new AbortController().signal, listen: { port } })).rejects.toMatchObject({
      code: "connection_refused",
    });
  });
});
