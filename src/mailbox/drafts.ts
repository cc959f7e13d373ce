import { defined } from "../defined.js";
import { MedimailError } from "../errors.js";
import { bareId, composeDraft, field, type MailRecipient, threadFields } from "../message/index.js";
import type { MailToSend, RecipientInput, Submission } from "../sending/index.js";
import { type AppendReport, hasFlag, type ImapMailbox } from "../transport/imap/index.js";
import { MailActionError, type MailboxActions } from "./action-types.js";
import { foundMail, peopleOf } from "./answered.js";
import { bodyOf } from "./body.js";
import type { MailTrace } from "./traces.js";
import type { MailRef } from "./types.js";
import { common, filesOf, recipientOf, streamedFiles } from "./writing.js";
import type { MailboxDrafts } from "./writing-types.js";

const MAX_FILES = 25_000_000;

export interface DraftDeps {
  open: () => Promise<Pick<ImapMailbox, "append" | "summary" | "part">>;
  own: string;
  label: string;
  nil: string;
  software: { name: string; version: string };
  now: () => number;
  messageId: () => string;
  enqueue: (mail: MailToSend, signal: AbortSignal | undefined) => Promise<Submission>;
  remove: MailboxActions["delete"];
  record: (traces: MailTrace[], actor: string | undefined) => Promise<void>;
}

export function createDrafts(deps: DraftDeps): MailboxDrafts {
  /** What has taken its place is there: that the old one stays is no reason to say that nothing was done. */
  async function discard(ref: MailRef, actor: string | undefined): Promise<void> {
    await deps.remove(ref, { permanently: true, ...(actor === undefined ? {} : { actor }) }).catch(() => {});
  }

  /** Without its attachments. */
  async function opened(ref: MailRef, signal: AbortSignal | undefined) {
    const imap = await deps.open();
    const found = await foundMail(imap, ref, signal);
    const { mail, fields, header } = found;
    if (!hasFlag(mail.flags, "\\Draft"))
      throw new MedimailError("invalid_argument", "this mail is no draft", { path: "ref" });
    const { text, html } = await bodyOf(imap, found.found, signal ? { signal } : {});
    const [replyTo] = peopleOf(field(fields, "reply-to"));
    const before = bareId(field(fields, "in-reply-to"));
    // Its own Message-ID is none of the exchange.
    const references = threadFields(header).references.filter((id) => id !== mail.messageId);
    const draft = defined({
      to: mail.to.map(recipientOf),
      cc: mail.cc.map(recipientOf),
      subject: mail.rawSubject,
      text,
      html,
      replyTo: replyTo?.address,
      requestRead: field(fields, "disposition-notification-to") === undefined ? undefined : true,
      inReplyTo: before,
      references: references.length > 0 ? references : undefined,
    });
    return { draft, imap, found, place: { folder: mail.folder, uid: mail.uid, uidValidity: mail.uidValidity } };
  }

  return {
    async save(draft, { replaces, actor, signal } = {}) {
      const imap = await deps.open();
      const messageId = deps.messageId();
      const content = composeDraft(
        defined({
          from: { address: deps.own, label: deps.label },
          recipients: [
            ...(draft.to ?? []).map((to) => recipient(to)),
            ...(draft.cc ?? []).map((to) => recipient(to, true)),
          ],
          nil: deps.nil,
          software: deps.software,
          messageId,
          date: new Date(deps.now()),
          subject: draft.subject,
          body: { professional: defined({ text: draft.text, html: draft.html }) },
          files: draft.attachments ? [...draft.attachments] : undefined,
          replyTo: draft.replyTo,
          requestRead: draft.requestRead,
          inReplyTo: draft.inReplyTo,
          references: draft.references ? [...draft.references] : undefined,
        }),
      );
      const flags = ["\\Draft", "\\Seen"];
      const report = await imap.append({
        folder: "drafts",
        content: [content],
        messageId,
        flags,
        ...(signal ? { signal } : {}),
      });
      await deps.record([traceOf(report, messageId)], actor);
      if (report.error) throw new MailActionError(report.error, [], undefined);
      const { path, uidValidity } = report.folder;
      if (report.uid === undefined || uidValidity === undefined)
        throw new MedimailError("action_unknown", "the draft is kept, but the server does not say where", {
          hint: "List the drafts.",
        });
      if (replaces) await discard(replaces, actor);
      return { folder: path, uid: report.uid, uidValidity };
    },
    async open(ref, { signal } = {}) {
      const { draft, imap, found } = await opened(ref, signal);
      return { ...draft, attachments: await filesOf(imap, found, MAX_FILES, signal) };
    },
    async send(ref, { patient, fin, actor, signal } = {}) {
      const { draft, imap, found, place } = await opened(ref, signal);
      const { subject, text, inReplyTo, references } = draft;
      const mail: MailToSend = {
        ...common(draft),
        files: streamedFiles(imap, found, MAX_FILES, signal),
        ...defined({ subject, text, inReplyTo, references, patient, fin, actor }),
        // A second call finds the first submission, also where the draft could not be deleted.
        idempotencyKey: `medimail:draft:${place.uidValidity}:${place.uid}`,
      };
      const submission = await deps.enqueue(mail, signal);
      await discard(place, actor);
      return submission;
    },
  };
}

function recipient(given: string | RecipientInput, copy = false): MailRecipient {
  const { address, name } = typeof given === "string" ? { address: given, name: undefined } : given;
  return defined({ address, name, kind: "professional" as const, copy: copy || undefined });
}

function traceOf({ answer, outcome, uid }: AppendReport, messageId: string): MailTrace {
  const request = `APPEND drafts${uid === undefined ? "" : ` UID ${uid}`} Message-ID:<${messageId}>`;
  return {
    action: "draft",
    request,
    answer: outcome === "done" ? answer : `${outcome}: ${answer}`,
    ok: outcome === "done",
  };
}
