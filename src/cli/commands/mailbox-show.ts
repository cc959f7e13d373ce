import type { MailboxOpener, MailList, MailSummary, OpenedMail } from "../../mailbox/index.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import type { Context } from "../context.js";
import { mailText } from "../views/mailbox.js";
import { documentLines, openedValue, shownMail } from "../views/opened-mail.js";

export const mailboxShow: Command = {
  name: "mailbox show",
  positionals: { name: "UID", min: 1, max: 1 },
  options: { ...CONFIG_OPTION, folder: { type: "string", value: "FOLDER" } },
  async run(context, { options, positionals: [text = ""] }) {
    if (!/^[1-9]\d{0,9}$/.test(text)) throw usage("UID is the number of a mail, as mailbox list shows it");
    const ref = { folder: options.text("folder") ?? "inbox", uid: Number(text) };
    return withConnector(context, options, async ({ mailbox }) => {
      const { signal } = context;
      const opened = await mailbox.open(ref, { remember: true, signal });
      const body = await mailbox.body(opened.mail, { signal });
      const { text: plain, html, blocked, truncated } = body;
      const value = { ...openedValue(opened), body: { text: plain, html: html ?? null, blocked, truncated } };
      await context.value(value, (style) => shownMail(opened, body, context.text, style));
      return opened.problems.some(({ severity }) => severity === "error") ? EXIT.no : EXIT.done;
    });
  },
};

/**
 * One line a mail with what the metadata say of its documents (MSS/va1.25). A page is opened from its oldest mail on, so that of two mails of one document the later one is
 * the duplicate, and printed newest first.
 */
export async function printedOpened(
  context: Context,
  mailbox: MailboxOpener,
  mails: MailList,
  limit: number,
): Promise<number> {
  let left = limit;
  for await (const page of mails.pages()) {
    const wanted = page.slice(0, left);
    const opened = new Map<MailSummary, OpenedMail>();
    for (const mail of [...wanted].reverse())
      opened.set(mail, await mailbox.open(mail, { remember: true, signal: context.signal }));
    for (const mail of wanted) {
      const found = opened.get(mail);
      if (!found) continue;
      // What it holds is let go of before the next page.
      await context.event(openedValue(found), (style) =>
        [mailText(found.mail, style), ...documentLines(found, context.text, style)].join("\n"),
      );
    }
    left -= wanted.length;
    if (left <= 0) break;
  }
  return EXIT.done;
}
