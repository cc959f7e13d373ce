import { createInbox, type Inbox, type IntegrationHooks } from "../mailbox/index.js";
import { currentWorker, isWorkerDead } from "../storage/index.js";
import type { Core, Frame } from "./core.js";

/** Silence after which a process of another machine or container counts as dead: longer than any handler takes. */
const STALE_MS = 15 * 60_000;

/** Documents taken in unattended. @param hooks what finishes a mail: its receipt, its filing */
export function inboxOf(frame: Frame, open: () => Promise<Core>, hooks: IntegrationHooks = {}): Inbox {
  const { clock, log, tenant, mailbox } = frame;
  return createInbox({
    imap: async () => {
      const { operator } = await open();
      operator.requireAuthorities();
      return operator.imap;
    },
    store: async () => {
      const { inbox, store } = await open();
      return { inbox, cursors: store };
    },
    scope: { tenant, mailbox },
    clock,
    log,
    hooks,
    owner: () => JSON.stringify({ ...currentWorker(), heartbeatAt: clock.now() }),
    isDead: (owner) => isWorkerDead(JSON.parse(owner), clock.now(), { staleAfterMs: STALE_MS }),
  });
}
