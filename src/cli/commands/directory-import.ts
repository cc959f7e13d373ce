import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { ImportProgress } from "../../directory/index.js";
import { MedimailError } from "../../errors.js";
import { type Options, usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import type { Context } from "../context.js";
import { givenConfig, INDEX_OPTIONS, indexOf } from "../directory-source.js";
import { importText } from "../views/directory.js";

/** Imports the extraction from a file (ANN/va1.01). Interrupted, the same command goes on where it was. */
export const directoryImport: Command = {
  name: "directory import",
  positionals: { name: "FILE", min: 1, max: 1 },
  options: { ...INDEX_OPTIONS, force: { type: "boolean" } },
  ownsSignal: true,
  async run(context, { options, positionals: [given = ""] }) {
    const file = resolve(given);
    if (!existsSync(file)) throw new MedimailError("file_not_found", `${given}: no such file`);
    const { importExtraction } = await import("../../directory/index.js");
    const report = await importExtraction(file, {
      index: indexOf(options, givenConfig(options)),
      force: options.flag("force"),
      signal: context.signal,
      onProgress: progressOn(context),
    });
    await context.value(report, (style) => importText(report, context.text, style));
    return EXIT.done;
  },
};

/** Downloads the extraction where there is a newer one, and imports it. */
export const directoryUpdate: Command = {
  name: "directory update",
  options: {
    ...INDEX_OPTIONS,
    url: { type: "string", value: "URL" },
    ca: { type: "string", value: "FILE", multiple: true },
    force: { type: "boolean" },
    source: { type: "string", value: "extraction|regional", choices: ["extraction", "regional"] },
  },
  ownsSignal: true,
  async run(context, { options }) {
    if (options.text("source") === "regional") return updateRegionalIndex(context, options);
    const url = options.text("url");
    if (url !== undefined && !URL.canParse(url)) throw usage("--url must be an address");
    const { updateExtraction } = await import("../../directory/index.js");
    const { openDirectoryHttp } = await import("../../wiring/index.js");
    const config = givenConfig(options);
    const ca = options.list("ca");
    const http = openDirectoryHttp({
      network: config?.network ?? {},
      tls: { ca: ca.length > 0 ? ca : (config?.tls.ca ?? []) },
    });
    try {
      const result = await updateExtraction({
        http,
        index: indexOf(options, config),
        ...(url === undefined ? {} : { url }),
        force: options.flag("force"),
        signal: context.signal,
        onProgress: progressOn(context),
      });
      const value = result.changed ? { changed: true, ...result.report } : result;
      await context.value(value, (style) =>
        result.changed ? importText(result.report, context.text, style) : context.text.directory.upToDate,
      );
      return EXIT.done;
    } finally {
      await http.close();
    }
  },
};

/** The newest file of the deposit server of the configuration (rac-dir). */
async function updateRegionalIndex(context: Context, options: Options): Promise<number> {
  const config = givenConfig(options);
  if (!config?.directory?.regional)
    throw usage("--source regional needs --config with directory.regional", "docs/configuration.md");
  const { updateRegionalDirectory } = await import("../../wiring/index.js");
  const result = await updateRegionalDirectory(config, {
    force: options.flag("force"),
    signal: context.signal,
    onProgress: progressOn(context),
    ...(options.flag("index") ? { index: indexOf(options, config, "regional") } : {}),
  });
  const value = result.changed
    ? { changed: true, file: result.file, charset: result.charset, ...result.report }
    : result;
  await context.value(value, (style) =>
    result.changed ? importText(result.report, context.text, style) : context.text.directory.upToDate,
  );
  return EXIT.done;
}

const EVERY_MS = 200;

/** One line that is written over, for a person who looks on. */
function progressOn({ io, text }: Context): (progress: ImportProgress) => void {
  if (!io.errIsTty || (io.env["CI"] ?? "") !== "") return () => {};
  let last = 0;
  return ({ stage, lines, share }) => {
    const now = Date.now();
    if (stage === "reading" && now - last < EVERY_MS) return;
    last = now;
    const percent = share === undefined ? undefined : Math.floor(share * 100);
    void io.err(`\r\u001b[K${text.directory.progress(stage, lines, percent)}${stage === "finishing" ? "\n" : ""}`);
  };
}
