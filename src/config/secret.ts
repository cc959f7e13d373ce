import { z } from "zod";
import { line, path, strict } from "./fields.js";

const byEnv = strict({
  env: line(200).refine((text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text), "must be the name of an environment variable"),
});
const byFile = strict({ file: path() });
const byCommand = strict({
  command: z
    .array(line(4096), { error: "must be a list: the program, then its arguments" })
    .min(1, "must name a program"),
});

/**
 * Where a secret comes from: the environment, a file, the output of a program, or (warned about) the configuration itself.
 * An empty text is a secret too: there are p12 files without a passphrase.
 */
export const secretSchema = z.union([z.string(), byEnv, byFile, byCommand], {
  error: (issue) =>
    issue.input === undefined
      ? "is required"
      : 'must be {"env": NAME}, {"file": PATH}, {"command": ["program", "argument"]} or a text',
});

export type Secret = z.output<typeof secretSchema>;
