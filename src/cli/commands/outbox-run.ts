import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import { eventLine, eventText } from "../views/events.js";

export const outboxRun: Command = {
  name: "outbox run",
  stream: true,
  ownsSignal: true,
  untilStopped: true,
  options: { ...CONFIG_OPTION },
  async run(context, { options }) {
    return withConnector(context, options, async (connector) => {
      await connector.ready();
      if (!context.json) await context.note(context.text.view.workerStarted);
      const reading = new AbortController();
      // The cursor is taken before the worker starts, so that its first event is printed too.
      const events = connector.events({ signal: reading.signal })[Symbol.asyncIterator]();
      const first = events.next();
      const print = async () => {
        for (let next = await first; !next.done; next = await events.next()) {
          const event = next.value;
          await context.event(eventLine(event), (style) => eventText(event, context.text, style));
        }
      };
      const printing = print();
      // Until then the worker's end decides; a store that cannot be read any more ends it too.
      try {
        await Promise.race([connector.delivery.run({ signal: context.signal }), printing]);
      } finally {
        // One look more: what the mail in hand has become.
        await new Promise((resolve) => setTimeout(resolve, 50));
        reading.abort();
      }
      await printing;
      return EXIT.done;
    });
  },
};
