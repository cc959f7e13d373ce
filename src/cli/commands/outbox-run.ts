import type { Connector } from "../../connector-types.js";
import { isMedimailError, type MedimailError } from "../../errors.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import type { Context } from "../context.js";
import { eventLine, eventText } from "../views/events.js";

async function warnOf(context: Context, { message, hint }: MedimailError): Promise<void> {
  await context.warn(message);
  if (hint !== undefined) await context.warn(hint);
}

/** Between two tries to open the outbox, ms: doubled up to the last. */
const AGAIN = { first: 1_000, most: 30_000 };

/**
 * As for an outbox that cannot be written while it runs: what waiting may mend (a full disk, a lock of a backup) is said and waited for, by a service
 * that nobody restarts as by a person, who can stop it; all else ends at once. False: stopped meanwhile.
 */
async function opened(context: Context, connector: Connector): Promise<boolean> {
  let said: string | undefined;
  for (let pause = AGAIN.first; ; pause = Math.min(AGAIN.most, 2 * pause)) {
    try {
      await connector.ready();
      return true;
    } catch (error) {
      if (!isMedimailError(error) || error.code !== "storage_failed" || !error.retryable) throw error;
      if (error.message !== said) {
        await warnOf(context, error);
        await context.note(context.text.view.outboxWaits);
      }
      said = error.message;
      const { signal } = context;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        const stop = () => {
          clearTimeout(timer);
          resolve();
        };
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { once: true });
      });
      const reason: unknown = signal.reason;
      // Nothing could be done in the time given; a signal is the ordinary end.
      if (isMedimailError(reason) && reason.code === "timeout") throw error;
      if (signal.aborted) return false;
    }
  }
}

export const outboxRun: Command = {
  name: "outbox run",
  stream: true,
  ownsSignal: true,
  untilStopped: true,
  options: { ...CONFIG_OPTION },
  async run(context, { options }) {
    return withConnector(context, options, async (connector) => {
      if (!(await opened(context, connector))) return EXIT.done;
      if (!context.json) await context.note(context.text.view.workerStarted);
      const reading = new AbortController();
      // The cursor is taken before the worker starts, so that its first event is printed too.
      const events = connector.events({ signal: reading.signal })[Symbol.asyncIterator]();
      const first = events.next();
      let printed = 0;
      // Said once, not at each try.
      let said: string | undefined;
      const onStoreFault = (fault: MedimailError | undefined) => {
        if (fault && fault.message !== said) void warnOf(context, fault);
        said = fault?.message;
      };
      const print = async () => {
        for (let next = await first; !next.done; next = await events.next()) {
          const event = next.value;
          printed += 1;
          await context.event(eventLine(event), (style) => eventText(event, context.text, style));
        }
      };
      const printing = print();
      // An outbox that cannot be read any more ends the worker too.
      try {
        await Promise.race([connector.delivery.run({ signal: context.signal, onStoreFault }), printing]);
        // What the mails in hand have become is durable by now: printed until nothing more comes.
        for (let before = -1; before !== printed; ) {
          before = printed;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      } finally {
        reading.abort();
      }
      await printing;
      return EXIT.done;
    });
  },
};
