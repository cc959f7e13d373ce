import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { DeltaKind } from "../../directory/index.js";
import { MedimailError } from "../../errors.js";
import { type Command, EXIT } from "../command.js";
import { givenConfig, INDEX_OPTIONS, indexOf } from "../directory-source.js";
import { deltaText, deltaValue } from "../views/directory.js";

const KINDS: readonly DeltaKind[] = ["added", "gone", "changed"];

/** What came, went and changed between the import in use and the one before. */
export const directoryDeltaCommand: Command = {
  name: "directory delta",
  stream: true,
  options: {
    ...INDEX_OPTIONS,
    kind: { type: "string", value: KINDS.join("|"), choices: KINDS, multiple: true },
    limit: { type: "string", value: "N" },
  },
  async run(context, { options }) {
    const limit = options.number("limit", { min: 1, max: 1e9, whole: true }) ?? Number.POSITIVE_INFINITY;
    const asked = options.list("kind");
    const { directoryDelta } = await import("../../directory/index.js");
    let count = 0;
    for (const delta of directoryDelta(
      indexOf(options, givenConfig(options)),
      KINDS.filter((kind) => asked.length === 0 || asked.includes(kind)),
    )) {
      if (count >= limit || context.signal.aborted) break;
      count += 1;
      await context.event(deltaValue(delta), (style) => deltaText(delta, context.text, style));
    }
    return EXIT.done;
  },
};

/** Writes an extraction of people who do not exist, to try the directory without the true one. */
export const directorySample: Command = {
  name: "directory sample",
  options: {
    lines: { type: "string", value: "N", required: true },
    out: { type: "string", value: "FILE", required: true },
    seed: { type: "string", value: "N" },
  },
  async run(context, { options }) {
    const lines = options.number("lines", { min: 1, max: 5_000_000, whole: true }) ?? 1;
    const seed = options.number("seed", { min: 0, max: 4_294_967_295, whole: true }) ?? 7;
    const out = options.needed("out");
    const { sampleExtraction } = await import("../../sample/index.js");
    const stream = createWriteStream(out);
    const failed = new Promise<never>((_, reject) => stream.once("error", reject));
    failed.catch(() => {});
    try {
      let block = "";
      for (const line of sampleExtraction({ lines, seed })) {
        block += line;
        if (block.length < 65_536) continue;
        if (!stream.write(block)) await Promise.race([once(stream, "drain"), failed]);
        block = "";
        if (context.signal.aborted) throw new MedimailError("aborted", "interrupted");
      }
      stream.end(block);
      await Promise.race([once(stream, "finish"), failed]);
    } catch (error) {
      if (error instanceof MedimailError) throw error;
      throw new MedimailError("file_unwritable", `${out}: cannot be written`, { cause: error });
    }
    await context.value({ file: out, lines, seed }, () => context.text.directory.written(lines, out));
    return EXIT.done;
  },
};
