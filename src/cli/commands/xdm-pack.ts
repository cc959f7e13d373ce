import type { PackInput, XdmAction } from "../../xdm/types.js";
import { type Command, EXIT } from "../command.js";
import { readInput, refuseSource, writeAtomically } from "../files.js";
import { VERSION } from "../version.js";
import { archiveText } from "../views/xdm.js";

export const xdmPack: Command = {
  name: "xdm pack",
  options: {
    cda: { type: "string", value: "FILE", multiple: true, required: true },
    out: { type: "string", value: "ZIP", required: true },
    action: { type: "string", value: "create|replace|delete", choices: ["create", "replace", "delete"] },
    confidentiality: { type: "string", value: "CODE", multiple: true },
    "content-type": { type: "string", value: "CODE" },
    "source-id": { type: "string", value: "OID" },
  },
  async run(context, { options }) {
    const { inspectXdm, openXdm, packXdm } = await import("../../xdm/index.js");
    const out = options.needed("out");
    const files = options.list("cda");
    for (const file of files) refuseSource(file, out, "--out");
    const input: PackInput = {
      documents: files.map((file) => ({ content: readInput(file, "--cda") })),
      software: { name: "medimail-connector", version: VERSION },
    };
    const action = options.text("action") as XdmAction | undefined;
    const contentTypeCode = options.text("content-type");
    const sourceId = options.text("source-id");
    const packed = await packXdm({
      ...input,
      ...(action ? { action } : {}),
      ...(options.flag("confidentiality") ? { confidentialityCodes: options.list("confidentiality") } : {}),
      ...(contentTypeCode ? { contentTypeCode } : {}),
      ...(sourceId ? { sourceId } : {}),
    });
    // Read back first: what our own reader refuses is not left on the disk.
    const inspected = inspectXdm(await openXdm(packed.zip));
    writeAtomically(out, packed.zip, "--out");
    await context.warnProblems(packed.problems);
    await context.value(inspected, (style) => archiveText(inspected, context.text, style));
    return EXIT.done;
  },
};
