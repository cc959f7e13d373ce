import { defined } from "../../defined.js";
import type { DirectoryIndex } from "../../directory/index.js";
import { type Directory, type DirectoryMailboxType, mailboxTypes } from "../../seams/index.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { INDEX_OPTIONS, sourceOf } from "../directory-source.js";
import { ageInDays, entryText, entryValue } from "../views/directory.js";

/** From this age on a person is told: the extraction is published every day. */
const OLD_DAYS = 7;

/** Finds a recipient (ECO.3.1.4, SC.MSS/UX.41). */
export const directorySearch: Command = {
  name: "directory search",
  stream: true,
  positionals: { name: "TEXT", min: 0, max: 20 },
  options: {
    ...INDEX_OPTIONS,
    profession: { type: "string", value: "TEXT" },
    specialty: { type: "string", value: "TEXT" },
    city: { type: "string", value: "TEXT" },
    rpps: { type: "string", value: "NUMBER" },
    type: { type: "string", value: mailboxTypes.join("|"), choices: mailboxTypes },
    limit: { type: "string", value: "N" },
    source: {
      type: "string",
      value: "fhir|extraction|ldap|regional",
      choices: ["fhir", "extraction", "ldap", "regional"],
    },
  },
  async run(context, { options, positionals }) {
    const limit = options.number("limit", { min: 1, max: 1_000, whole: true }) ?? 20;
    const text = positionals.join(" ").trim();
    const query = defined({
      text: text === "" ? undefined : text,
      profession: options.text("profession"),
      specialty: options.text("specialty"),
      city: options.text("city"),
      rpps: options.text("rpps"),
      type: options.text("type") as DirectoryMailboxType | undefined,
    });
    if (Object.keys(query).length === 0)
      throw usage("what to search is missing: TEXT, or an option such as --rpps", "medimail directory search --help");
    const directory = await sourceOf(options.text("source") ?? "extraction", options);
    try {
      let count = 0;
      for await (const entry of directory.search(query, { limit, signal: context.signal })) {
        count += 1;
        await context.event(entryValue(entry), (style) => entryText(entry, context.text, style));
      }
      if (context.json) return EXIT.done;
      if (count === 0) await context.note(context.text.directory.none);
      if (isIndex(directory)) {
        const info = directory.info();
        await context.note(context.text.directory.asOf(info.asOf.slice(0, 10), info.entries));
        const days = ageInDays(info, Date.now());
        if (days >= OLD_DAYS) await context.warn(context.text.directory.old(days));
      }
      return EXIT.done;
    } finally {
      await directory.close();
    }
  },
};

const isIndex = (directory: Directory): directory is DirectoryIndex => "info" in directory;
