import { rmSync } from "node:fs";
import { join } from "node:path";
import { MedimailError } from "../errors.js";
import { ensureFolder } from "../folders.js";
import { ATTACHMENTS_FOLDER, MAILS_FOLDER, MOCK_FOLDER, OUTPUTS } from "./outputs.js";
import { Recorder } from "./recorder.js";

/** The folder of a run, without what a former run has left in it. Throws `run_failed`. */
export function openFolder(out: string): Recorder {
  try {
    ensureFolder(out);
    for (const name of [...OUTPUTS, MAILS_FOLDER, ATTACHMENTS_FOLDER, MOCK_FOLDER])
      rmSync(join(out, name), { recursive: true, force: true });
    ensureFolder(join(out, MOCK_FOLDER));
    return new Recorder(out);
  } catch (cause) {
    throw new MedimailError("run_failed", `the report cannot be written to ${out}`, {
      cause,
      hint: "--out is a folder that may be written",
    });
  }
}
