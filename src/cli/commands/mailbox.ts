import { defined } from "../../defined.js";
import type { MailAttachment, MailboxReader, MailSummary } from "../../mailbox/index.js";
import { type Options, usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import type { Context } from "../context.js";
import { dayExists } from "../days.js";
import { extractFiles, extractStream } from "../extract.js";
import { folderText, mailText, mailValue } from "../views/mailbox.js";
import { printedOpened } from "./mailbox-show.js";

const FOLDER_OPTION = { folder: { type: "string", value: "FOLDER" } } as const;
/** Of an attachment that `save` writes. It goes to the disk as it comes; an archive that is to be opened is held whole. */
const MAX_ATTACHMENT = 128 * 1024 * 1024;

export const mailboxFolders: Command = {
  name: "mailbox folders",
  options: { ...CONFIG_OPTION },
  run: (context, { options }) =>
    withConnector(context, options, async ({ mailbox }) => {
      const folders = await mailbox.folders({ signal: context.signal });
      await context.value(folders, (style) => folders.map((folder) => folderText(folder, style)).join("\n"));
      return EXIT.done;
    }),
};

export const mailboxList: Command = {
  name: "mailbox list",
  stream: true,
  options: {
    ...CONFIG_OPTION,
    ...FOLDER_OPTION,
    limit: { type: "string", value: "N" },
    open: { type: "boolean" },
  },
  run(context, { options }) {
    const limit = limitOf(options);
    const folder = options.text("folder") ?? "inbox";
    return withConnector(context, options, async ({ mailbox }) => {
      const mails = mailbox.list({ folder, pageSize: pageFor(limit), signal: context.signal });
      return options.flag("open") ? printedOpened(context, mailbox, mails, limit) : printed(context, mails, limit);
    });
  },
};

export const mailboxSearch: Command = {
  name: "mailbox search",
  stream: true,
  positionals: { name: "TEXT", min: 0, max: 1 },
  options: {
    ...CONFIG_OPTION,
    ...FOLDER_OPTION,
    "all-folders": { type: "boolean" },
    from: { type: "string", value: "TEXT" },
    recipient: { type: "string", value: "TEXT" },
    subject: { type: "string", value: "TEXT" },
    since: { type: "string", value: "DATE" },
    until: { type: "string", value: "DATE" },
    unseen: { type: "boolean" },
    flagged: { type: "boolean" },
    limit: { type: "string", value: "N" },
  },
  run(context, { options, positionals: [text] }) {
    const limit = limitOf(options);
    const since = options.text("since");
    const until = options.text("until");
    const query = defined({
      text,
      from: options.text("from"),
      to: options.text("recipient"),
      subject: options.text("subject"),
      since: since === undefined ? undefined : dayOf("since", since),
      before: until === undefined ? undefined : dayOf("until", until),
      seen: options.flag("unseen") ? false : undefined,
      flagged: options.flag("flagged") ? true : undefined,
    });
    if (Object.keys(query).length === 0) throw usage("a text or an option says what to look for");
    const where = { folder: options.text("folder") ?? "inbox", allFolders: options.flag("all-folders") };
    return withConnector(context, options, async ({ mailbox }) => {
      const pageSize = pageFor(limit);
      return printed(context, mailbox.search(query, { ...where, pageSize, signal: context.signal }), limit);
    });
  },
};

const limitOf = (options: Options): number =>
  options.number("limit", { min: 1, max: 1e9, whole: true }) ?? Number.POSITIVE_INFINITY;

/** With a small limit, one page of just so many. */
const pageFor = (limit: number): number => Math.min(limit, 200);

/** One line a mail, as they come, up to the limit. */
async function printed(context: Context, mails: AsyncIterable<MailSummary>, limit: number): Promise<number> {
  let count = 0;
  for await (const mail of mails) {
    await context.event(mailValue(mail), (style) => mailText(mail, style));
    count += 1;
    if (count >= limit) break;
  }
  return EXIT.done;
}

function dayOf(option: string, text: string): Date {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T12:00:00`) : new Date(Number.NaN);
  if (Number.isNaN(day.getTime()) || !dayExists(text)) throw usage(`--${option} must be a day: 2026-01-31`);
  return day;
}

export const mailboxSave: Command = {
  name: "mailbox save",
  positionals: { name: "UID", min: 1, max: 1 },
  options: {
    ...CONFIG_OPTION,
    ...FOLDER_OPTION,
    out: { type: "string", value: "DIR", required: true },
    open: { type: "boolean" },
  },
  async run(context, { options, positionals: [text = ""] }) {
    if (!/^[1-9]\d{0,9}$/.test(text)) throw usage("UID is the number of a mail, as mailbox list shows it");
    const uid = Number(text);
    const folder = options.text("folder") ?? "inbox";
    const out = options.needed("out");
    const { extractTargets, openXdm } = await import("../../xdm/index.js");
    return withConnector(context, options, async ({ mailbox }) => {
      const mail = await mailbox.get({ folder, uid }, { signal: context.signal });
      const written: string[] = [];
      let doubtful = false;
      const names = new Set<string>();
      for (const attachment of mail.attachments) {
        const held: Uint8Array[] | undefined = options.flag("open") && isArchive(attachment) ? [] : undefined;
        const content = contentOf(mailbox, mail, attachment, { signal: context.signal, held });
        written.push(await extractStream(out, distinct(attachment.name, names), content));
        if (!held) continue;
        const opened = await openXdm(Buffer.concat(held));
        written.push(...extractFiles(out, extractTargets(opened)));
        await context.warnProblems(opened.problems);
        doubtful ||= opened.problems.some(({ severity }) => severity === "error");
      }
      await context.value(written, (style) => written.map((path) => `${style.green("✓")} ${path}`).join("\n"));
      return doubtful ? EXIT.no : EXIT.done;
    });
  },
};

/** Asked for when it is first read: where the disk refuses before, no session is left waiting. */
async function* contentOf(
  mailbox: MailboxReader,
  mail: { folder: string; uid: number; uidValidity: string },
  { part }: MailAttachment,
  { signal, held }: { signal: AbortSignal; held: Uint8Array[] | undefined },
): AsyncGenerator<Uint8Array> {
  const { content } = await mailbox.attachment(mail, part, { signal, maxBytes: MAX_ATTACHMENT });
  for await (const piece of content) {
    held?.push(piece);
    yield piece;
  }
}

function isArchive({ name }: MailAttachment): boolean {
  return /\.zip$/i.test(name);
}

/** Two attachments of one name are two files, also where the disk knows no case. */
function distinct(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  let candidate = name;
  for (let count = 2; taken.has(candidate.toLowerCase()); count += 1) candidate = `${stem} (${count})${extension}`;
  taken.add(candidate.toLowerCase());
  return candidate;
}
