import { basename } from "node:path";
import { defined } from "../../defined.js";
import type { ReceiptOptions } from "../../mailbox/index.js";
import { type Options, usage } from "../args.js";
import type { Command } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import { deliverAndWait } from "../deliver.js";
import { readInput, readText } from "../files.js";
import type { Wait } from "../wait.js";
import { uidOf } from "./mailbox-act.js";

const WAITS = ["no", "accepted"] as const satisfies readonly Wait[];
const SHARED = {
  ...CONFIG_OPTION,
  folder: { type: "string", value: "FOLDER" },
  actor: { type: "string", value: "ID" },
  wait: { type: "string", value: WAITS.join("|"), choices: WAITS },
} as const;
/** What leaves is delivered while the command waits. */
const WRITES = {
  stream: true,
  ownsSignal: true,
  timeoutSeconds: 60,
  positionals: { name: "UID", min: 1, max: 1 },
} as const;

const refOf = (options: Options, text: string) => ({ folder: options.text("folder") ?? "inbox", uid: uidOf(text) });
const waitOf = (options: Options): Wait => (options.text("wait") ?? "accepted") as Wait;

export const mailboxReply: Command = {
  name: "mailbox reply",
  ...WRITES,
  options: {
    ...SHARED,
    body: { type: "string", value: "FILE", required: true },
    all: { type: "boolean" },
    to: { type: "string", value: "ADDRESS", multiple: true },
    cc: { type: "string", value: "ADDRESS", multiple: true },
    attach: { type: "string", value: "FILE", multiple: true },
    fin: { type: "boolean" },
    "request-read": { type: "boolean" },
    key: { type: "string", value: "KEY" },
  },
  async run(context, { options, positionals: [uid = ""] }) {
    const ref = refOf(options, uid);
    const reply = {
      text: readText(options.needed("body"), "--body"),
      all: options.flag("all"),
      to: options.list("to"),
      cc: options.list("cc"),
      attachments: options.list("attach").map((file) => ({
        name: basename(file),
        mimeType: /\.pdf$/i.test(file) ? "application/pdf" : "application/octet-stream",
        content: readInput(file, "--attach"),
      })),
      fin: options.flag("fin"),
      requestRead: options.flag("request-read"),
      ...defined({ actor: options.text("actor"), idempotencyKey: options.text("key") }),
      signal: context.signal,
    };
    return withConnector(context, options, (connector) =>
      deliverAndWait(context, connector, () => connector.mailbox.reply(ref, reply), waitOf(options)),
    );
  },
};

export const mailboxReceipt: Command = {
  name: "mailbox receipt",
  ...WRITES,
  options: {
    ...SHARED,
    displayed: { type: "boolean" },
    processed: { type: "boolean" },
    error: { type: "string", value: "CODE" },
    confirmed: { type: "boolean" },
    "failure-mail": { type: "boolean" },
  },
  async run(context, { options, positionals: [uid = ""] }) {
    const ref = refOf(options, uid);
    const by = defined({ actor: options.text("actor"), signal: context.signal });
    const said = saidOf(options);
    const { code } = said;
    if (options.flag("failure-mail") && code === undefined)
      throw usage("--failure-mail tells of an error: --error CODE");
    return withConnector(context, options, (connector) =>
      deliverAndWait(
        context,
        connector,
        () =>
          options.flag("failure-mail") && code !== undefined
            ? connector.mailbox.failureMail(ref, { code, ...by })
            : connector.mailbox.receipt(ref, { ...said, ...by, confirmed: options.flag("confirmed") }),
        waitOf(options),
      ),
    );
  },
};

function saidOf(options: Options): Pick<ReceiptOptions, "disposition" | "code"> {
  const given = ["displayed", "processed", "error"].filter((name) => options.flag(name));
  const [one] = given;
  if (given.length !== 1 || one === undefined) throw usage("one of --displayed, --processed, --error CODE");
  if (one !== "error") return { disposition: one as "displayed" | "processed" };
  return { disposition: "error", code: options.needed("error") };
}
