import type { Connector } from "../../connector-types.js";
import { MedimailError } from "../../errors.js";
import type { RecipientState, SubmissionRow } from "../../seams/index.js";
import { RECIPIENT_STATES } from "../../seams/outbox-records.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import { submissionText, submissionValue } from "../views/outbox.js";

const ID = { name: "ID", min: 1, max: 1 };
const PAGE = 200;

export const outboxList: Command = {
  name: "outbox list",
  options: {
    ...CONFIG_OPTION,
    state: { type: "string", value: "STATE", choices: RECIPIENT_STATES },
    limit: { type: "string", value: "N" },
  },
  async run(context, { options }) {
    const state = options.text("state") as RecipientState | undefined;
    const limit = options.number("limit", { min: 1, max: 1e9, whole: true }) ?? Number.POSITIVE_INFINITY;
    return withConnector(context, options, async (connector) => {
      const rows: SubmissionRow[] = [];
      for await (const row of pages(connector, state)) {
        rows.push(row);
        if (rows.length >= limit) break;
      }
      await context.value(rows.map(submissionValue), (style) =>
        rows.length === 0
          ? context.text.view.outboxEmpty
          : rows.map((row) => submissionText(row, context.text, style)).join("\n"),
      );
      return EXIT.done;
    });
  },
};

/** Newest first, all. */
async function* pages(connector: Connector, state: RecipientState | undefined): AsyncGenerator<SubmissionRow> {
  let after: string | undefined;
  for (;;) {
    const page = await connector.outbox.list({ limit: PAGE, ...(state ? { state } : {}), ...(after ? { after } : {}) });
    yield* page;
    after = page.at(-1)?.id;
    if (page.length < PAGE || after === undefined) return;
  }
}

export const outboxShow = onOne("outbox show", {}, (connector, id) => connector.outbox.get(id));

export const outboxRetry = onOne(
  "outbox retry",
  { resend: { type: "boolean" }, actor: { type: "string", value: "ID" } },
  (connector, id, options) =>
    connector.outbox.retry(id, { resend: options.flag("resend"), ...actorOf(options.text("actor")) }),
);

export const outboxCancel = onOne(
  "outbox cancel",
  { actor: { type: "string", value: "ID" } },
  async (connector, id, options) => {
    const row = await connector.outbox.cancel(id, actorOf(options.text("actor")));
    // A script must not believe that a mail was withdrawn which has left. Twice the same order is no fault.
    if (row.recipients.every(({ state }) => state !== "cancelled"))
      throw new MedimailError("submission_state", "Nothing of this submission waits to leave: it cannot be cancelled.");
    return row;
  },
);

function onOne(
  name: string,
  more: Command["options"],
  work: (connector: Connector, id: string, options: Parameters<Command["run"]>[1]["options"]) => Promise<SubmissionRow>,
): Command {
  return {
    name,
    positionals: ID,
    options: { ...CONFIG_OPTION, ...more },
    async run(context, { options, positionals: [id = ""] }) {
      if (!/^[\w-]{1,100}$/.test(id))
        throw usage("ID is that of a submission: letters, digits and dashes", "medimail outbox list");
      return withConnector(context, options, async (connector) => {
        const row = await work(connector, id, options);
        await context.value(submissionValue(row), (style) => submissionText(row, context.text, style));
        return EXIT.done;
      });
    },
  };
}

function actorOf(actor: string | undefined): { actor?: string } {
  return actor === undefined ? {} : { actor };
}

export const outboxRestored: Command = {
  name: "outbox restored",
  options: { ...CONFIG_OPTION, actor: { type: "string", value: "ID" } },
  async run(context, { options }) {
    return withConnector(context, options, async (connector) => {
      const unknown = await connector.outbox.restored(actorOf(options.text("actor")));
      await context.value({ unknown }, () => context.text.view.restored(unknown));
      return EXIT.done;
    });
  },
};

export const outboxStats: Command = {
  name: "outbox stats",
  options: { ...CONFIG_OPTION },
  async run(context, { options }) {
    return withConnector(context, options, async (connector) => {
      const stats = await connector.outbox.stats();
      const { view, events } = context.text;
      await context.value(stats, (style) =>
        [
          ...RECIPIENT_STATES.filter((state) => stats.byState[state] > 0).map(
            (state) => `${style.bold(String(stats.byState[state]).padStart(8))}  ${events[state]}`,
          ),
          `${style.bold(String(stats.due).padStart(8))}  ${view.due}${stats.due > 0 ? `, ${view.oldest} ${Math.round(stats.oldestDueMs / 1000)} ${view.seconds}` : ""}`,
          `${style.bold(String(stats.unmatchedReceipts).padStart(8))}  ${view.unmatched}`,
        ].join("\n"),
      );
      return EXIT.done;
    });
  },
};
