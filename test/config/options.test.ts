import { describe, expect, it } from "vitest";
import { optionsSchema } from "../../src/config/options-schema.js";
import { type ConnectorOptions, createConnector, isMedimailError } from "../../src/index.js";
import { members } from "../tools/interfaces.js";
import { validConfig } from "./valid.js";

/** Of a program in JavaScript, whose types nobody checks. */
function refusal(options: unknown): { code: string; message: string } {
  try {
    void createConnector(validConfig(), options as ConnectorOptions).close();
  } catch (error) {
    if (isMedimailError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: "", message: "" };
}

describe("the options of createConnector", () => {
  it("are those of the interface, and of the settings of delivery", () => {
    expect(Object.keys(optionsSchema.shape)).toEqual(members("src/connector-types.ts", "ConnectorOptions"));
    expect(Object.keys(optionsSchema.shape.settings.unwrap().shape)).toEqual(
      members("src/sending/delivery-settings.ts", "DeliverySettings"),
    );
  });

  it.each<[unknown, string]>([
    [{ recieptPollMs: 1000 }, 'options: unknown key "recieptPollMs", did you mean "receiptPollMs"?'],
    [{ settings: { concurency: 5 } }, 'settings: unknown key "concurency", did you mean "concurrency"?'],
    [{ settings: { concurrency: 0 } }, "settings.concurrency: must be from 1 to 1000"],
    [{ settings: { concurrency: Number.NaN } }, "settings.concurrency: must be a number"],
    [{ settings: { maxInDoubt: 1.5 } }, "settings.maxInDoubt: must be a whole number"],
    [{ settings: { backoff: { baseMs: 1, maxMs: 2, jitter: 3 } } }, "settings.backoff.jitter: must be from 0 to 1"],
    [{ delivery: "automatic" }, "delivery: must be one of auto, manual"],
    [{ unknownPolicy: "retry" }, "unknownPolicy: must be one of hold, resend"],
    [{ contentRetentionMs: "7d" }, 'contentRetentionMs: must be a number of milliseconds, or "never"'],
    [{ contentRetentionMs: -1 }, "contentRetentionMs: must be 0 or more"],
    [{ receiptPollMs: 0 }, "receiptPollMs: must be 1 or more"],
    [{ tenant: "" }, "tenant: must not be empty"],
    [{ logger: { info() {} } }, "logger: must be an object with log"],
    [{ encryptionKey: "a".repeat(32) }, "encryptionKey: must be 32 bytes, or a list of such keys, the newest first"],
    [{ encryptionKey: [] }, "encryptionKey: must not be empty"],
    [
      { encryptionKey: [new Uint8Array(32), new Uint8Array(16)] },
      "encryptionKey[1]: must be 32 bytes: make one with crypto.randomBytes(32)",
    ],
    [null, "options: must be an object"],
  ])("refuses %j, which would be silent later", (options, message) => {
    expect(refusal(options)).toEqual({ code: "invalid_argument", message });
  });

  it("may be left undefined one by one, and keep objects of the caller's own class", () => {
    class Log {
      log() {}
    }
    const options = { logger: new Log(), footer: undefined, settings: { concurrency: 50, pollMs: undefined } };
    expect(refusal(options)).toEqual({ code: "", message: "" });
  });
});
