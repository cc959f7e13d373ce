import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { MllpClient, startMllpServer } from "../../src/transport/mllp/index.js";
import { bytes, CDA, DOCTOR, message } from "../hl7/messages.js";
import { cli, startCli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
let mock: MockMedimail;
let config: string;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock"), autoReceipts: { deliver: true } });
  config = (await mock.ready()).configs["labo@ch-exemple.mssante.fr"] ?? "";
});
afterAll(() => mock.close());

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("medimail hl7 inspect", () => {
  it("shows what a message orders, and neither document nor text", async () => {
    const path = file("order.hl7", message());
    const asked = await cli("hl7", "inspect", path, "--json");
    expect(asked.code).toBe(0);
    expect(asked.value()).toEqual({
      controlId: "12345",
      type: "ORU^R01",
      version: "2.5",
      charset: "UNICODE UTF-8",
      sender: { application: "SIL", facility: "CHU_X" },
      receiver: { application: "PFI", facility: "CHU_X" },
      action: "create",
      documents: [{ size: CDA.length }],
      recipients: [{ address: DOCTOR, kind: "professional" }],
      actor: "899700000001",
      replyTo: null,
      flags: expect.objectContaining({ DESTMSSANTEPS: true, DESTDMP: false }),
      fin: false,
      texts: { professional: false, patient: false },
      toDmp: false,
      problems: [],
    });
    const shown = await cli("hl7", "inspect", path);
    expect(shown.out).toContain(`Destinataire : ${DOCTOR}`);
    expect(shown.out).toContain("Indicateurs : INVISIBLE_PATIENT, DESTMSSANTEPS, ACK_RECEPTION, ACK_LECTURE_MSS");
  });

  it("tells what does not hold, with the field, in the language of the reader: exit 1", async () => {
    const path = file("wrong.hl7", message({ orc: "RO" }));
    const french = await cli("hl7", "inspect", path);
    expect(french.code).toBe(1);
    expect(french.err).toContain("OBX[1]-11 : ne concorde pas avec ORC-1");
    const asked = await cli("hl7", "inspect", path, "--json");
    expect(asked.value<{ error: object }>().error).toMatchObject({ code: "hl7_invalid", retryable: false });
    expect((await cli("hl7", "inspect", join(folder, "none.hl7"))).code).toBe(2);
  });
});

describe("medimail hl7 serve", () => {
  it("takes an order, delivers it, tells the engine, and ends with SIGTERM: exit 0", async () => {
    const told: string[] = [];
    const engine = await startMllpServer({
      onMessage: async (content) => {
        const text = Buffer.from(content).toString();
        told.push(text);
        return bytes(`MSH|^~\\&|SIL|CHU_X|PFI|CHU_X|2026||ACK^Z02^ACK|1|P|2.6\rMSA|AA|${text.split("|")[9]}\r`);
      },
    });
    const run = startCli([
      "hl7",
      "serve",
      "--config",
      config,
      "--json",
      "--mllp",
      "127.0.0.1:0",
      "--relay",
      `127.0.0.1:${engine.port}`,
    ]);
    const { host, port } = JSON.parse(await run.line((line) => line.includes("listening")));
    const client = new MllpClient({ host, port });
    // Receipts are looked for each 30 s: a refusal of the operator is known at once.
    mock.faults.add({ name: "unknown-recipient", times: 1 });
    const answer = Buffer.from(await client.send(bytes(message()))).toString();
    expect(answer).toContain("\rMSA|AA|12345\r");
    const taken = JSON.parse(await run.line((line) => line.includes('"message"')));
    expect(taken).toMatchObject({ event: "message", controlId: "12345", code: "AA", submission: expect.any(String) });
    const receipt = JSON.parse(await run.line((line) => line.includes('"receipt"')));
    expect(receipt).toMatchObject({ event: "receipt", recipient: DOCTOR, state: "failed", code: "AA" });
    expect(told[0]).toContain("ZAM^Z02^ZAM_Z01");
    expect(told[0]).toContain("|12345|N^^expandedYes-NoIndicator|");
    const refused = Buffer.from(await client.send(bytes(message({ orc: "XX" })))).toString();
    expect(refused).toContain("\rMSA|AE|12345\r");
    await client.close();
    run.interrupt("SIGTERM");
    expect((await run.result).code).toBe(0);
    await engine.close();
  });

  it.each([
    ["a place that is none", ["--mllp", "2575"]],
    ["a certificate without its key", ["--tls-cert", "a.pem"]],
    ["an unknown way with the DMP", ["--dmp", "maybe"]],
  ])("refuses %s: exit 2", async (_, options) => {
    expect((await cli("hl7", "serve", "--config", config, ...options)).code).toBe(2);
  });

  it("refuses a port that is taken: exit 3", async () => {
    const other = await startMllpServer({ onMessage: async (content) => content });
    const asked = await cli("hl7", "serve", "--config", config, "--json", "--mllp", `127.0.0.1:${other.port}`);
    expect(asked.out).toContain('"code":"connection_refused"');
    expect([1, 3]).toContain(asked.code);
    await other.close();
    expect(readFileSync(config, "utf8")).toContain("labo@");
  });
});
