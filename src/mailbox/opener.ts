import type { InboxAction, InboxScope, InboxStore } from "../seams/index.js";
import type { ImapMailbox } from "../transport/imap/index.js";
import { type BodyOptions, bodyOf, type MailBody } from "./body.js";
import { findMail } from "./find.js";
import { openMail } from "./open.js";
import type { OpenedMail, OpenOptions } from "./open-types.js";
import type { MailRef } from "./types.js";

/** Reading what a mail says and what documents it holds. Marks nothing as read. */
export interface MailboxOpener {
  /**
   * What a person reads of a mail: its text, and its HTML sanitised, with nothing asked of a server.
   *
   * @throws `mail_not_found`
   */
  body(ref: MailRef, options?: BodyOptions): Promise<MailBody>;
  /**
   * The health documents of a mail: of its archive, wherever it is packed, or attached as they are, each with its integrity, its patient
   * and what the registry knows of it (SC.CDA/INT.18, LGC.MDV.06). What is broken or hostile is a problem, never an exception.
   *
   * @throws `mail_not_found`, and what the server or the store fails with
   */
  open(ref: MailRef, options?: OpenOptions): Promise<OpenedMail>;
  /**
   * Notes that the software has integrated a document, so that each mail that brings it says so.
   *
   * @returns false where the document was never remembered: open its mail with `remember: true` first.
   */
  integrated(document: { uniqueId: string; action: InboxAction }): Promise<boolean>;
}

/** What the opener reads and remembers with; `open` gives the sessions when they are needed. */
export interface OpenerDeps {
  imap: () => Promise<Pick<ImapMailbox, "summary" | "part">>;
  inbox: () => Promise<InboxStore>;
  scope: InboxScope;
  now: () => number;
  /** Told of each mail that was opened: what a search by patient or document finds it by. */
  opened?: (opened: OpenedMail) => Promise<void>;
}

export function createMailboxOpener({ imap, inbox, scope, now, opened }: OpenerDeps): MailboxOpener {
  return {
    async body(ref, options = {}) {
      const session = await imap();
      return bodyOf(session, await findMail(session, ref, options.signal), options);
    },
    async open(ref, options = {}) {
      const session = await imap();
      const mail = await findMail(session, ref, options.signal);
      const result = await openMail({ imap: session, inbox: await inbox(), scope, now: now() }, mail, options);
      if (result.documents.length > 0) await opened?.(result);
      return result;
    },
    integrated: async (document) => (await inbox()).markIntegrated(scope, document, now()),
  };
}
