import type { Connector } from "../connector-types.js";
import { defined } from "../defined.js";
import { errorCodeOf } from "../errors.js";
import {
  createDrafts,
  createMailboxActions,
  createMailboxOpener,
  createMailboxReader,
  createMailboxWriter,
  createReceipts,
  type MailboxCache,
  type MailTrace,
  searchable,
} from "../mailbox/index.js";
import { messageIdFor } from "../message/index.js";
import { type MailToSend, prepareMail, prepareReport, type Submission } from "../sending/index.js";
import { type Core, type Frame, senderProfile } from "./core.js";
import type { PreparedSubmission } from "./preparation.js";
import { copiesMails } from "./sent-copies.js";

/** The embedded mailbox over the operator's sessions; its acts are traced in the store. */
export function mailboxOf(
  frame: Frame,
  open: () => Promise<Core>,
  enqueue: (core: Core, prepared: PreparedSubmission, options: { signal?: AbortSignal }) => Promise<Submission>,
  cache?: MailboxCache,
): Connector["mailbox"] {
  const imap = async () => {
    const { operator } = await open();
    operator.requireAuthorities();
    return operator.imap;
  };
  const { software, sender } = frame.config;
  const { tenant, mailbox } = frame;
  const messageId = (): string =>
    messageIdFor({
      submission: frame.random.uuid(),
      recipientKey: "report",
      domain: mailbox.slice(mailbox.lastIndexOf("@") + 1),
    });
  const record = async (traces: MailTrace[], actor: string | undefined): Promise<void> => {
    const { store } = await open();
    const now = frame.clock.now();
    // What is done is done: a disk that is full now must not make it look as if it were not.
    await store.appendTraces(traces.map((entry) => frame.trace(entry, actor, now))).catch((error: unknown) =>
      frame.log.log("error", "traces.lost", {
        mailbox,
        code: errorCodeOf(error),
      }),
    );
  };
  const composing = {
    open: imap,
    own: mailbox,
    label: sender.label,
    nil: software.nil,
    software,
    now: () => frame.clock.now(),
    messageId,
  };
  const receipts = createReceipts({
    ...composing,
    maxSize: async () => (await open()).operator.transport.maxSize() || undefined,
    known: async (key) => (await (await open()).store.findByKey(tenant, mailbox, key)) !== undefined,
    async enqueue(report, signal) {
      const core = await open();
      const sentCopy = report.kind === "failure" && copiesMails(frame, core);
      return await enqueue(
        core,
        prepareReport({ ...report, sentCopy }, senderProfile(frame, core)),
        defined({ signal }),
      );
    },
  });
  const send = async (mail: MailToSend, signal: AbortSignal | undefined): Promise<Submission> => {
    const core = await open();
    const prepared = prepareMail({ ...mail, sentCopy: copiesMails(frame, core) }, senderProfile(frame, core));
    return await enqueue(core, prepared, defined({ signal }));
  };
  const writer = createMailboxWriter(imap, mailbox, send);
  const actions = createMailboxActions(imap, record);
  const drafts = createDrafts({ ...composing, enqueue: send, remove: actions.delete, record });
  return {
    ...writer,
    ...receipts,
    ...createMailboxOpener({
      imap,
      inbox: async () => (await open()).inbox,
      scope: { tenant, mailbox },
      now: () => frame.clock.now(),
      ...(cache ? { opened: (mail) => cache.remember(mail.mail, searchable(mail)) } : {}),
    }),
    ...createMailboxReader(imap, cache),
    ...actions,
    drafts,
  };
}
