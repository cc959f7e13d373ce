import { MedimailError } from "../../errors.js";
import { parseJsonc } from "../../settings/index.js";
import { type Command, EXIT } from "../command.js";
import { readInput, readText, writeAtomically } from "../files.js";
import { headerText } from "../views/cda.js";

export const cdaWrap: Command = {
  name: "cda wrap",
  options: {
    pdf: { type: "string", value: "FILE", required: true },
    header: { type: "string", value: "FILE.json", required: true },
    out: { type: "string", value: "FILE", required: true },
  },
  async run(context, { options }) {
    const { cdaHeaderInputSchema, inspectCda, readCda, wrapPdf } = await import("../../cda/index.js");
    const pdf = readInput(options.needed("pdf"), "--pdf");
    const header = parseHeader(readText(options.needed("header"), "--header"), cdaHeaderInputSchema);
    const document = wrapPdf(pdf, header);
    writeAtomically(options.needed("out"), document, "--out");
    const cda = readCda(document);
    await context.value(inspectCda(cda), (style) => headerText(cda, context.text, style));
    return EXIT.done;
  },
};

interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
}

/** What `cda inspect` prints: its `body` and `problems` speak of a document, and are no part of a header. */
function parseHeader<T>(json: string, schema: Schema<T>): T {
  const parsed = parseJsonc(json);
  if (!("value" in parsed)) {
    const where = parsed.fault ? ` (line ${parsed.fault.line}, column ${parsed.fault.column})` : "";
    throw new MedimailError("cda_header_invalid", `--header is not JSON${where}`);
  }
  const value: unknown =
    typeof parsed.value === "object" && parsed.value !== null
      ? { ...parsed.value, body: undefined, problems: undefined }
      : parsed.value;
  if (typeof value === "object" && value !== null) {
    delete (value as { body?: unknown }).body;
    delete (value as { problems?: unknown }).problems;
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // Paths and rules only: the values are a patient's.
  const faults = result.error.issues
    .slice(0, 20)
    .map((issue) => `${issue.path.map(String).join(".") || "header"}: ${issue.message}`);
  throw new MedimailError("cda_header_invalid", faults.join("\n"), {
    hint: "the header is what `medimail cda inspect --json` prints",
  });
}
