import type { Connector } from "../connector-types.js";
import { isMedimailError } from "../errors.js";
import { createInbox, type Inbox, type IntegrateOptions, type IntegrationHooks } from "../mailbox/index.js";
import { systemClock } from "../seams/index.js";
import { currentWorker, isWorkerDead } from "../storage/index.js";
import type { Core, Frame } from "./core.js";

/** Silence after which a process of another machine or container counts as dead: longer than any handler takes. */
const STALE_MS = 15 * 60_000;

/** Documents taken in unattended. @param hooksOf what answers and files the mails that are done with */
export function inboxOf(
  frame: Frame,
  open: () => Promise<Core>,
  hooksOf: (options: IntegrateOptions) => IntegrationHooks = () => ({}),
): Inbox {
  const { clock, log, tenant, mailbox: address } = frame;
  const inbox = (hooks: IntegrationHooks): Inbox =>
    createInbox({
      imap: async () => {
        const { operator } = await open();
        operator.requireAuthorities();
        return operator.imap;
      },
      store: async () => {
        const { inbox: entries, store } = await open();
        return { inbox: entries, cursors: store };
      },
      scope: { tenant, mailbox: address },
      clock,
      log,
      hooks,
      owner: () => JSON.stringify({ ...currentWorker(), heartbeatAt: clock.now(), elapsedAt: systemClock.elapsed() }),
      isDead: (owner) => isWorkerDead(JSON.parse(owner), clock.now(), { staleAfterMs: STALE_MS }),
    });
  return {
    ...inbox({}),
    integrate: (handler, options) => inbox(hooksOf(options)).integrate(handler, options),
  };
}

/** Refusals that asking again does not change: the mail is done with all the same. */
const UNANSWERED: ReadonlySet<string> = new Set([
  "receipt_not_asked",
  "receipt_unconfirmed",
  "already_sent",
  "idempotency_conflict",
  "recipient_invalid",
  "recipient_outside_trust_space",
]);

/** The mailbox answers and files a mail whose documents are integrated. Each step may come again after a crash, and does nothing then. */
export function finishing(
  { log, mailbox: address }: Frame,
  mailbox: () => Connector["mailbox"],
  { receipts = true, fileTo = "archive" }: IntegrateOptions,
): IntegrationHooks {
  return {
    ...(receipts
      ? {
          async sendReceipt(mail) {
            try {
              await mailbox().receipt(mail, { disposition: "processed" });
            } catch (error) {
              if (!isMedimailError(error) || !UNANSWERED.has(error.code)) throw error;
              if (error.code !== "receipt_not_asked")
                log.log("info", "inbox.no-receipt", { mailbox: address, code: error.code });
            }
          },
        }
      : {}),
    async file(mail) {
      try {
        await mailbox().flag(mail, { seen: true });
        if (fileTo !== false) await mailbox().move(mail, fileTo);
      } catch (error) {
        if (!isMedimailError(error)) throw error;
        // Moved or deleted by a person meanwhile, or in that folder already.
        if (error.code === "mail_not_found" || error.path === "to") return;
        // A mailbox without an archive: the mail stays where it is.
        if (error.code === "folder_not_found" && fileTo === "archive") return;
        throw error;
      }
    },
  };
}
