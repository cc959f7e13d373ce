import { nearest } from "../../config/index.js";
import { defined } from "../../defined.js";
import type { TemplateName, TemplateValues } from "../../onboarding/index.js";
import { loadConfigFile } from "../../settings/index.js";
import type { Options } from "../args.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { givePaper, namedValues, paperOptions } from "../papers.js";

/** Footer, banner, notices, register entry and mail to correspondents, with the structure's own words in them. */
export const onboardingTemplate: Command = {
  name: "onboarding template",
  positionals: { name: "NAME", min: 1, max: 1 },
  options: {
    config: { type: "string", value: "FILE" },
    set: { type: "string", value: "FIELD=TEXT", multiple: true },
    ...paperOptions(["text", "md", "html"]),
  },
  async run(context, { options, positionals: [name = ""] }) {
    const { FIELD_LABELS, fillTemplate, TEMPLATE_FIELDS, TEMPLATE_NAMES } = await import("../../onboarding/index.js");
    oneOf("NAME", name, TEMPLATE_NAMES);
    const given = namedValues(options, "set");
    for (const field of Object.keys(given)) oneOf("--set FIELD", field, TEMPLATE_FIELDS);
    const filled = fillTemplate(name as TemplateName, { ...configured(options), ...given }, context.lang);
    if (filled.missing.length > 0 && !context.json)
      await context.note(
        `${context.text.papers.toComplete}${context.text.colon} ${filled.missing.map((field) => `${FIELD_LABELS[field][context.lang]} (--set ${field}=…)`).join(", ")}`,
      );
    if (filled.advice !== undefined && !context.json) await context.note(filled.advice);
    const { page, html, markdown, text, missing, title, advice } = filled;
    await givePaper(context, options, {
      json: { template: name, title, missing, ...(advice === undefined ? {} : { advice }), text, html, markdown },
      texts: { text: () => text, md: () => markdown, html: () => page },
    });
    return EXIT.done;
  },
};

function oneOf(what: string, given: string, known: readonly string[]): void {
  if (known.includes(given)) return;
  const meant = nearest(given, known);
  throw usage(`${what} must be one of ${known.join(", ")}`, meant ? `did you mean ${meant}?` : undefined);
}

/** What a configuration knows of the structure and its mailbox. */
function configured(options: Options): TemplateValues {
  const path = options.text("config");
  if (path === undefined) return {};
  const { mailbox, sender, software } = loadConfigFile(path);
  const idNat = sender.structure?.idNat ?? "";
  return defined({
    mailbox: mailbox.address,
    domain: mailbox.address.slice(mailbox.address.lastIndexOf("@") + 1),
    structure: sender.structure?.name,
    finess: idNat.startsWith("1") ? idNat.slice(1) : undefined,
    siret: idNat.startsWith("3") ? idNat.slice(1) : undefined,
    software: software.name,
    publisher: software.publisher,
  });
}
