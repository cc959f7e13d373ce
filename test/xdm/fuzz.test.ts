import fc from "fast-check";
import { describe, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { extractTargets, inspectXdm, openXdm } from "../../src/xdm/index.js";
import { readMetadata } from "../../src/xdm/read-metadata.js";
import { archive, metadata } from "./archives.js";

const LIMITS = { maxEntryBytes: 1_000_000, maxTotalBytes: 4_000_000 };

/** Bytes changed, dropped or doubled at some places. */
const mutations = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom("set", "drop", "double", "zero"),
    value: fc.integer({ min: 0, max: 255 }),
    length: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 6 },
);

function mutate(
  source: Buffer,
  changes: readonly { at: number; kind: string; value: number; length: number }[],
): Buffer {
  let bytes = Buffer.from(source);
  for (const { at, kind, value, length } of changes) {
    const from = Math.floor(at * Math.max(0, bytes.length - 1));
    const to = Math.min(bytes.length, from + length);
    if (kind === "set") bytes[from] = value;
    else if (kind === "zero") bytes.fill(0, from, to);
    else if (kind === "drop") bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    else bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  }
  return bytes;
}

/** Passes a result and an error of ours; anything else is thrown. */
async function onlyOurs(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isMedimailError(error) || error.code === "internal") throw error;
  }
}

describe("any damage gives a result or a MedimailError, nothing else", () => {
  it("in the bytes of an archive", async () => {
    const source = archive([{ name: "IHE_XDM/SUBSET01/A.TXT", content: "abc", descriptor: true }]);
    await fc.assert(
      fc.asyncProperty(mutations, (changes) =>
        onlyOurs(async () => {
          const opened = await openXdm(mutate(source, changes), { limits: LIMITS });
          JSON.stringify(inspectXdm(opened));
          extractTargets(opened);
        }),
      ),
      { numRuns: 1500, seed: 20260105 },
    );
  });

  it("in the directory and the end of an archive", async () => {
    const source = archive();
    const directory = source.indexOf("PK\x01\x02", 0, "latin1");
    await fc.assert(
      fc.asyncProperty(mutations, (changes) => {
        const zip = Buffer.concat([source.subarray(0, directory), mutate(source.subarray(directory), changes)]);
        return onlyOurs(() => openXdm(zip, { limits: LIMITS }));
      }),
      { numRuns: 1500, seed: 20260106 },
    );
  });

  it("in the text of the metadata", async () => {
    const source = Buffer.from(metadata({ action: "C" }));
    await fc.assert(
      fc.asyncProperty(mutations, (changes) => onlyOurs(() => readMetadata(mutate(source, changes), "METADATA.XML"))),
      { numRuns: 1500, seed: 20260107 },
    );
  });

  it("in bytes that were never an archive", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) => onlyOurs(() => openXdm(bytes))),
      { numRuns: 500, seed: 20260108 },
    );
  });
});
