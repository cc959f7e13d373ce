import { isMedimailError, type MedimailError } from "../../errors.js";
import type { MailEvent, MailSummary, WatchStatus } from "../../mailbox/index.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import type { Context } from "../context.js";
import { mailValue } from "../views/mailbox.js";
import { arrivalText } from "../views/watch.js";

export const mailboxWatch: Command = {
  name: "mailbox watch",
  stream: true,
  ownsSignal: true,
  untilStopped: true,
  options: {
    ...CONFIG_OPTION,
    folder: { type: "string", value: "FOLDER", multiple: true },
    limit: { type: "string", value: "N" },
  },
  run(context, { options }) {
    const limit = options.number("limit", { min: 1, max: 1e9, whole: true }) ?? Number.POSITIVE_INFINITY;
    const folders = options.list("folder");
    return withConnector(context, options, async (connector) => {
      await connector.ready();
      const stop = new AbortController();
      const notes = new Notes(context, (error) => stop.abort(error));
      const events = connector.mailbox.watch(folders.length === 0 ? "inbox" : folders, {
        signal: AbortSignal.any([context.signal, stop.signal]),
        onStatus: (status) => notes.heard(status),
      });
      await print(context, events, limit, folders.length > 1);
      await notes.written;
      // It never listened: what hindered it is the answer.
      if (isMedimailError(stop.signal.reason)) throw stop.signal.reason;
      return ended(context);
    });
  },
};

async function print(
  context: Context,
  events: AsyncIterable<MailEvent>,
  limit: number,
  several: boolean,
): Promise<void> {
  const since = Date.now();
  let count = 0;
  for await (const event of events) {
    if (event.type === "reset") await context.note(context.text.view.watchReset(event.folder));
    if (event.type !== "new" || (event.rebuilt && isOlder(event.mail, since))) continue;
    const { mail } = event;
    await context.event(mailValue(mail), (style) => arrivalText(mail, context.text, style, several));
    count += 1;
    if (count >= limit) return;
  }
}

/** Of a folder that was made anew all mails are told; a person has seen those from before. */
function isOlder({ date }: MailSummary, since: number): boolean {
  return date !== undefined && date.getTime() < since;
}

/** An interruption is exit 130 (CLI.md), the time that was asked for an end like another. */
async function ended(context: Context): Promise<number> {
  if (!context.signal.aborted) return EXIT.done;
  const reason: unknown = context.signal.reason;
  if (isMedimailError(reason) && reason.code === "timeout") return EXIT.done;
  if (context.json) throw reason;
  await context.note(context.text.view.watchStopped);
  return EXIT.interrupted;
}

/** What a person hears beside the mails: on stderr, in order. */
class Notes {
  readonly #context: Context;
  readonly #failed: (error: MedimailError) => void;
  #state: "opening" | "watching" | "interrupted" = "opening";
  written: Promise<void> = Promise.resolve();

  constructor(context: Context, failed: (error: MedimailError) => void) {
    this.#context = context;
    this.#failed = failed;
  }

  heard(status: WatchStatus): void {
    const { view, errors } = this.#context.text;
    if (status.state === "watching") {
      this.#note(this.#state === "opening" ? view.watchStarted : view.watchResumed);
    } else if (this.#state === "opening") {
      this.#failed(status.error);
      return;
    } else if (this.#state === "watching") {
      this.#note(view.watchInterrupted(errors[status.error.code] ?? status.error.code));
    }
    this.#state = status.state;
  }

  #note(text: string): void {
    if (this.#context.json && !this.#context.verbose) return;
    this.written = this.written.then(() => this.#context.note(text));
  }
}
