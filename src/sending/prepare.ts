import { createHash, hash } from "node:crypto";
import { type Cda, readCda } from "../cda/index.js";
import { defined } from "../defined.js";
import { MedimailError, type Problem } from "../errors.js";
import { type Composed, composeMails, type MailBody, messageIdFor } from "../message/index.js";
import type { Clock, NewSubmission, Random } from "../seams/index.js";
import { packXdm } from "../xdm/index.js";
import { pdfsOf } from "./narrative-pdf.js";
import { type AllowedRecipient, allowedRecipients, type RuleContext } from "./rules.js";
import type { ComingTail } from "./staging.js";
import type { AddressedSubmission, DocumentSubmission } from "./types.js";

/** Who sends, with what, and the operator's limits: the part of the configuration that composing needs. */
export interface SenderProfile extends RuleContext {
  tenant: string;
  mailbox: string;
  software: { name: string; version: string; nil: string; oid?: string; publisher?: string; contact?: string };
  sender: { label: string; contact?: string; replyTo?: string; structure?: { idNat: string; name: string } };
  footer?: string;
  banner?: { html: string; text: string };
  /** Bytes; from the operator's EHLO where it is known already. */
  maxSize?: number;
  clock: Clock;
  random: Random;
}

export interface Prepared {
  submission: NewSubmission;
  composed: Composed;
  problems: Problem[];
  /** What is still to be read of it, by {@link submitInPieces}. */
  tail?: ComingTail;
}

/**
 * SHA-256 of all that the caller submitted, dates of ours left out: what an idempotency key stands for. Fields are
 * length-prefixed, so that no two submissions share a preimage.
 */
export function contentHash(submission: DocumentSubmission | AddressedSubmission): string {
  const { documents, idempotencyKey: _key, notBefore, priority: _priority, ...rest } = submission;
  const sum = createHash("sha256");
  const add = (content: Uint8Array | string) => {
    if (typeof content === "string") sum.update(`${Buffer.byteLength(content)}:${content}`);
    else sum.update(`${content.length}:`).update(content);
  };
  for (const document of documents) {
    add(document.cda);
    add(document.pdf ?? "");
  }
  add(stableJson(Object.assign(rest, { notBefore: notBefore?.getTime() })));
  return sum.digest("hex");
}

/** Bytes of the documents that were submitted, their PDFs included. */
export function documentBytes({ documents }: Pick<DocumentSubmission, "documents">): number {
  return documents.reduce((sum, { cda, pdf }) => sum + cda.byteLength + (pdf?.byteLength ?? 0), 0);
}

/** SHA-256 of a plain value, members in any order. */
export function hashOf(value: unknown): string {
  return hash("sha256", stableJson(value), "hex");
}

function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(",")}]`;
  if (value && typeof value === "object") {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${stableJson(v)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** The key by which the same document, action and recipient is not sent twice. */
export function dedupeKey(uniqueId: string, action: string, address: string): string {
  return hash("sha256", `${uniqueId}\n${action}\n${address.toLowerCase()}`, "hex");
}

/**
 * Reads, checks, packs and composes: everything before the outbox. Nothing is stored; whatever is not allowed throws here.
 * Never alters a document.
 */
export async function prepare(submission: AddressedSubmission, profile: SenderProfile): Promise<Prepared> {
  if (submission.documents.length === 0) {
    throw new MedimailError("invalid_argument", "The submission has no document.", { path: "documents" });
  }
  const cdas = submission.documents.map((document) => readCda(document.cda));
  await stage();
  const problems: Problem[] = cdas.flatMap((cda, index) =>
    cda.problems.map((problem) => ({
      ...problem,
      path: `documents[${index}]${problem.path ? `.${problem.path}` : ""}`,
    })),
  );
  const allowed = allowedRecipients(
    submission,
    cdas.map((cda) => cda.header),
    profile,
  );
  problems.push(...allowed.problems);
  const action = submission.action ?? "create";
  const now = profile.clock.now();
  await stage();

  const packed = await packXdm(
    defined({
      documents: submission.documents.map((document, index) => ({ content: document.cda, cda: cdas[index] as Cda })),
      action,
      intendedRecipients: allowed.recipients.map((recipient) => ({ address: recipient.address })),
      software: profile.software,
      sender: profile.sender,
      now,
      uuid: () => profile.random.uuid(),
      confidentialityCodes: submission.confidentiality,
      contentTypeCode: submission.contentType,
      sourceId: submission.sourceId ?? profile.software.oid,
    }),
  );
  problems.push(...packed.problems);

  const { pdfs, problems: ofPdfs } = await pdfsOf(submission, cdas);
  problems.push(...ofPdfs);
  await stage();
  const id = profile.random.uuid();
  const groups = grouped(allowed.recipients, submission.groupProfessionals ?? false);
  const domain = profile.mailbox.slice(profile.mailbox.lastIndexOf("@") + 1);
  const composed = composeMails(
    defined({
      from: { address: profile.mailbox, label: profile.sender.label },
      recipients: groups,
      documents: cdas.map((cda, index) => defined({ cda, pdf: pdfs[index] })),
      archive: packed.zip,
      action,
      nil: profile.software.nil,
      software: profile.software,
      messageIds: groups.map((group) =>
        messageIdFor({ submission: id, recipientKey: group.map((r) => r.address).join(","), domain }),
      ),
      date: new Date(now),
      replyTo: submission.replyTo ?? profile.sender.replyTo,
      subjectExtra: submission.subjectExtra,
      body: bodies(submission.body),
      footer: profile.footer,
      banner: profile.banner,
      fin: submission.fin,
      dossier: submission.dossier,
      requestRead: submission.requestRead,
      inReplyTo: submission.inReplyTo,
      references: submission.references,
      withoutPdf: submission.withoutPdf,
      requirePdfA1: submission.requirePdfA1,
      maxSize: profile.maxSize,
    }),
  );
  problems.push(...composed.problems);
  await stage();

  return {
    composed,
    problems,
    submission: defined({
      id,
      tenant: profile.tenant,
      mailbox: profile.mailbox,
      key: submission.idempotencyKey,
      contentHash: contentHash(submission),
      action,
      priority: submission.priority ?? 0,
      createdAt: now,
      notBefore: submission.notBefore?.getTime(),
      info: defined({
        actor: submission.actor,
        documents: packed.documents.map((document, index) => documentInfo(document.uniqueId ?? "", cdas[index] as Cda)),
        requestRead: submission.requestRead,
        requestDelivery: submission.requestDelivery ?? true,
        reference: submission.reference,
      }),
      bodies: composed.bodies,
      tail: heldTail(composed),
      mails: composed.mails.map((mail) => ({
        messageId: mail.messageId,
        head: mail.head,
        body: mail.body,
        size: mail.size,
        recipients: mail.recipients.map((recipient) => ({
          address: recipient.address,
          kind: recipient.kind,
          dedupe: packed.documents.map((document) => dedupeKey(document.uniqueId ?? "", action, recipient.address)),
        })),
      })),
      resend: submission.resend,
    }),
  };
}

/**
 * Between the stages others that are prepared at the same time catch up: each stage then runs several times in a row, and its code stays in
 * the processor's caches. A quarter of the time for eight submissions.
 */
const stage = (): Promise<void> => Promise.resolve();

/** The tail of mails that have no streamed file. */
export function heldTail({ tail }: Composed): Uint8Array[] | undefined {
  return tail.length === 0 ? undefined : tail.filter((part) => part instanceof Uint8Array);
}

function documentInfo(uniqueId: string, { header }: Cda): NewSubmission["info"]["documents"][number] {
  return defined({ uniqueId, setId: header.setId, versionNumber: header.versionNumber, typeCode: header.code.code });
}

/** One mail per recipient; professionals together only where the caller asks for it, patients always alone. */
function grouped(recipients: AllowedRecipient[], group: boolean): AllowedRecipient[][] {
  if (!group) return recipients.map((recipient) => [recipient]);
  const professionals = recipients.filter((recipient) => recipient.kind === "professional");
  const patients = recipients.filter((recipient) => recipient.kind === "patient").map((recipient) => [recipient]);
  return professionals.length > 0 ? [professionals, ...patients] : patients;
}

function bodies(body: AddressedSubmission["body"]): { professional?: MailBody; patient?: MailBody } | undefined {
  if (body === undefined) return undefined;
  return typeof body === "string" ? { professional: { text: body }, patient: { text: body } } : body;
}
