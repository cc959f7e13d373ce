import { defined } from "../../defined.js";
import type { ActOptions, MailAction, MailboxActions } from "../../mailbox/index.js";
import { type OptionSpecs, type Options, usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import { actionText } from "../views/mailbox.js";

const UIDS = { name: "UID", min: 1, max: 1_000 } as const;
const WHERE = {
  ...CONFIG_OPTION,
  folder: { type: "string", value: "FOLDER" },
  actor: { type: "string", value: "ID" },
} as const;

/** A command that acts on the mails whose UIDs it is given, in one folder. */
function acting(
  name: string,
  options: OptionSpecs,
  act: (
    mailbox: MailboxActions,
    mails: { folder: string; uid: number }[],
    options: Options,
    by: ActOptions,
  ) => Promise<MailAction>,
  check: (options: Options) => void = () => {},
): Command {
  return {
    name,
    positionals: UIDS,
    options: { ...WHERE, ...options },
    run(context, { options: given, positionals }) {
      const folder = given.text("folder") ?? "inbox";
      const mails = positionals.map((text) => ({ folder, uid: uidOf(text) }));
      check(given);
      const by = defined({ actor: given.text("actor"), signal: context.signal });
      return withConnector(context, given, async ({ mailbox }) => {
        const action = await act(mailbox, mails, given, by);
        await context.value(action, (style) => actionText(action, style, context.text.actOutcomes));
        return EXIT.done;
      });
    },
  };
}

export const mailboxMove: Command = acting(
  "mailbox move",
  { to: { type: "string", value: "FOLDER", required: true } },
  (mailbox, mails, options, by) => mailbox.move(mails, options.needed("to"), by),
);

export const mailboxDelete: Command = acting(
  "mailbox delete",
  { permanently: { type: "boolean" } },
  (mailbox, mails, options, by) => mailbox.delete(mails, { ...by, permanently: options.flag("permanently") }),
);

export const mailboxFlag: Command = acting(
  "mailbox flag",
  {
    seen: { type: "boolean" },
    unseen: { type: "boolean" },
    flagged: { type: "boolean" },
    unflagged: { type: "boolean" },
    add: { type: "string", value: "FLAG", multiple: true },
    remove: { type: "string", value: "FLAG", multiple: true },
  },
  (mailbox, mails, options, by) =>
    mailbox.flag(mails, {
      ...by,
      ...defined({ seen: either(options, "seen", "unseen"), flagged: either(options, "flagged", "unflagged") }),
      add: options.list("add"),
      remove: options.list("remove"),
    }),
  (options) => {
    const given = ["seen", "unseen", "flagged", "unflagged", "add", "remove"].some((name) => options.flag(name));
    if (!given) throw usage("an option says which flag: --seen, --unseen, --flagged, --unflagged, --add, --remove");
  },
);

function either(options: Options, yes: string, no: string): boolean | undefined {
  if (options.flag(yes) && options.flag(no)) throw usage(`--${yes} and --${no} contradict each other`);
  return options.flag(yes) ? true : options.flag(no) ? false : undefined;
}

function uidOf(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw usage("UID is the number of a mail, as mailbox list shows it");
  return Number(text);
}
