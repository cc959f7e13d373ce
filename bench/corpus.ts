// (b) Pack and open of the official archives against a floor of bare libraries: one process, rounds interleaved, medians and ratios.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { SaxesParser } from "saxes";
import { openXdm, packXdm, readCda } from "../src/index.js";
import { fixed, median, printTable, printTitle } from "./tools.js";

const CORPUS = join(import.meta.dirname, "../../../shared/corpus/xdm");
const WARM_UPS = 5;
const ROUNDS = 15;
const SOFTWARE = { name: "Bench", version: "1.0" };

interface Sample {
  zip: Uint8Array;
  cda: Uint8Array;
}

interface Contender {
  name: string;
  /** The row that this one is compared with; a floor has none. */
  floor?: string;
  run(sample: Sample): unknown;
  ms: number[];
  cpu: number[];
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
let events = 0;

/** The tokeniser of src/xml, handing over every tag, attribute and text, and nothing built of them. */
function parse(bytes: Uint8Array): void {
  const parser = new SaxesParser({ xmlns: false });
  const count = () => {
    events += 1;
  };
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", count);
  parser.on("closetag", count);
  parser.on("text", count);
  parser.on("cdata", count);
  parser.write(utf8.decode(bytes)).close();
}

const sha1 = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex");

/** Unpacks what the central directory lists, checksums compared; no limit, no check of names, no comparison of the two headers. */
function unzip(zip: Uint8Array): Map<string, Uint8Array> {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = bytes.lastIndexOf("PK\x05\x06", undefined, "latin1");
  const files = new Map<string, Uint8Array>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameEnd = at + 46 + bytes.readUInt16LE(at + 28);
    const path = bytes.toString("latin1", at + 46, nameEnd);
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(from, from + bytes.readUInt32LE(at + 20));
    if (!path.endsWith("/")) {
      const content = bytes.readUInt16LE(at + 10) === 8 ? inflateRawSync(packed) : packed;
      if (crc32(content) !== bytes.readUInt32LE(at + 16)) throw new Error("a checksum of the corpus does not fit");
      files.set(path, content);
    }
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

/** @param readDocument also parses the CDA */
function floorOpen({ zip }: Sample, readDocument: boolean): void {
  for (const [path, content] of unzip(zip)) {
    if (path.endsWith("/METADATA.XML")) parse(content);
    else if (path.startsWith("IHE_XDM/") && path.endsWith(".XML")) {
      sha1(content);
      if (readDocument) parse(content);
    }
  }
}

function floorPack({ cda }: Sample): void {
  parse(cda);
  sha1(cda);
  crc32(cda);
  deflateRawSync(cda, { level: 6 });
}

const contender = (name: string, run: Contender["run"], floor?: string): Contender => ({
  name,
  run,
  ms: [],
  cpu: [],
  ...(floor === undefined ? {} : { floor }),
});

const OPEN = "floor: unzip, SHA-1, parse METADATA.XML";
const OPEN_READ = "floor: the same, and parse the CDA";
const PACK = "floor: parse the CDA, SHA-1, deflate";

const contenders = [
  contender(OPEN, (sample) => floorOpen(sample, false)),
  contender("openXdm", ({ zip }) => openXdm(zip), OPEN),
  contender(OPEN_READ, (sample) => floorOpen(sample, true)),
  contender(
    "openXdm, readCda of each document",
    async ({ zip }) => {
      for (const { content } of (await openXdm(zip)).documents) if (content) readCda(content);
    },
    OPEN_READ,
  ),
  contender(PACK, floorPack),
  contender("packXdm", ({ cda }) => packXdm({ documents: [{ content: cda }], software: SOFTWARE }), PACK),
];

async function pass({ run }: Contender, samples: readonly Sample[]): Promise<{ ms: number; cpu: number }> {
  const cpu = process.cpuUsage();
  const since = performance.now();
  for (const sample of samples) await run(sample);
  const ms = performance.now() - since;
  const used = process.cpuUsage(cpu);
  return { ms, cpu: (used.user + used.system) / 1000 };
}

async function samplesOf(folder: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".zip")) continue;
    const zip = readFileSync(join(folder, name));
    const cda = (await openXdm(zip)).documents[0]?.content;
    if (!cda) throw new Error(`${name} has no document`);
    samples.push({ zip, cda });
  }
  return samples;
}

async function main(): Promise<void> {
  printTitle("(b) pack and open of the official archives");
  if (!existsSync(CORPUS)) {
    console.log(`skipped: the corpus is not here (${CORPUS}).`);
    return;
  }
  const samples = await samplesOf(CORPUS);
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    for (const index of contenders.keys()) {
      // Each round in another order, so that none always follows the same.
      const each = contenders[(index + round + WARM_UPS) % contenders.length] as Contender;
      const { ms, cpu } = await pass(each, samples);
      if (round < 0) continue;
      each.ms.push(ms / samples.length);
      each.cpu.push(cpu / samples.length);
    }
  }
  const named = new Map(contenders.map((each) => [each.name, each]));
  printTable(
    ["", "ms/archive (median)", "least", "CPU ms/archive", "of the floor", "of its CPU"],
    contenders.map(({ name, ms, cpu, floor }) => {
      const base = named.get(floor ?? name);
      return [
        name,
        fixed(median(ms), 3),
        fixed(Math.min(...ms), 3),
        fixed(median(cpu), 3),
        fixed(median(ms) / median(base?.ms ?? []), 2),
        fixed(median(cpu) / median(base?.cpu ?? []), 2),
      ];
    }),
  );
  const bytes = (key: keyof Sample) => samples.reduce((sum, sample) => sum + sample[key].byteLength, 0) / 1_000_000;
  console.log(
    `\n${ROUNDS} rounds of ${samples.length} archives (${fixed(bytes("zip"), 1)} MB packed, documents of ${fixed(bytes("cda"), 1)} MB), after ${WARM_UPS} to warm up.`,
  );
  if (events === 0) throw new Error("the floor parsed nothing");
}

await main();
