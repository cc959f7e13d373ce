import type { Connector } from "../connector-types.js";
import { isMedimailError } from "../errors.js";
import { createMailboxActions, createMailboxReader, type MailboxCache } from "../mailbox/index.js";
import type { Core, Frame } from "./core.js";

/** The embedded mailbox over the operator's sessions; its acts are traced in the store. */
export function mailboxOf(frame: Frame, open: () => Promise<Core>, cache?: MailboxCache): Connector["mailbox"] {
  const imap = async () => {
    const { operator } = await open();
    operator.requireAuthorities();
    return operator.imap;
  };
  return {
    ...createMailboxReader(imap, cache),
    ...createMailboxActions(imap, async (traces, actor) => {
      const { store } = await open();
      const now = frame.clock.now();
      // What is done is done: a disk that is full now must not make it look as if it were not.
      await store.appendTraces(traces.map((entry) => frame.trace(entry, actor, now))).catch((error: unknown) =>
        frame.log.log("error", "traces.lost", {
          mailbox: frame.mailbox,
          code: isMedimailError(error) ? error.code : "internal",
        }),
      );
    }),
  };
}
