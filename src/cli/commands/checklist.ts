import { resolve } from "node:path";
import type { Profile } from "../../compliance/index.js";
import { defined } from "../../defined.js";
import type { ChecklistState } from "../../validator/index.js";
import type { Options } from "../args.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { inputFolder, writeAtomically } from "../files.js";
import { PROFILES } from "../profiles.js";

const FORMATS = ["md", "html", "json"] as const;

/** The catalogue to work by: per profile, with the state of the work in a file of the publisher's repository. */
export const checklist: Command = {
  name: "checklist",
  options: {
    profile: { type: "string", value: "NAME", choices: PROFILES },
    format: { type: "string", value: FORMATS.join("|"), choices: FORMATS },
    state: { type: "string", value: "FILE" },
    report: { type: "string", value: "DIR" },
    done: { type: "string", value: "CODE", multiple: true },
    undone: { type: "string", value: "CODE", multiple: true },
    by: { type: "string", value: "NAME" },
    note: { type: "string", value: "TEXT" },
    evidence: { type: "string", value: "FILE", multiple: true },
    badge: { type: "string", value: "FILE" },
  },
  async run(context, { options }) {
    const room = await import("../../validator/index.js");
    const path = options.text("state");
    const changes = ["report", "done", "undone"].some((name) => options.list(name).length > 0);
    if (changes && path === undefined) throw usage("what is done is kept in a file: --state FILE");
    const before: ChecklistState =
      path === undefined ? { format: 1, items: {} } : room.readChecklistState(resolve(path));
    const profile = (options.text("profile") ?? before.profile ?? "all") as Profile;
    const state = changed(room, before, options);
    if (changes && path !== undefined)
      writeAtomically(path, Buffer.from(`${JSON.stringify({ ...state, profile }, undefined, 2)}\n`), "--state");
    const list = room.checklistOf(profile, state, context.lang);
    const badge = options.text("badge");
    if (badge !== undefined) writeAtomically(badge, Buffer.from(room.badge(list, context.lang)), "--badge");
    const format = options.text("format") ?? "md";
    const text =
      format === "html" ? room.checklistHtml(list, context.lang) : room.checklistMarkdown(list, context.lang);
    await context.value(list, () => (format === "json" ? JSON.stringify(list, undefined, 2) : text));
    return EXIT.done;
  },
};

function changed(
  room: typeof import("../../validator/index.js"),
  before: ChecklistState,
  options: Options,
): ChecklistState {
  const report = options.text("report");
  let state =
    report === undefined ? before : room.fillFromReport(before, room.readReport(inputFolder(report, "--report")));
  const by = options.text("by");
  const note = options.text("note");
  const evidence = options.list("evidence");
  const at = new Date().toISOString().slice(0, 10);
  const done = defined({ done: true, at, by, note, evidence: evidence.length === 0 ? undefined : evidence });
  for (const code of options.list("done")) state = room.markEntry(state, code, done);
  for (const code of options.list("undone")) state = room.markEntry(state, code, defined({ done: false, note }));
  return state;
}
