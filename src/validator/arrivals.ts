import { readCda } from "../cda/index.js";
import { isPatientAddress } from "../identity/index.js";
import { type ComposeInput, composeMails, composeMdn } from "../message/index.js";
import { packXdm } from "../xdm/index.js";
import type { MadeDocument } from "./documents.js";
import { patientOf } from "./people.js";
import type { ArrivalPlan } from "./plan-types.js";

/** The software that the mails of the mock are written by, and its product number. */
export const MOCK_SOFTWARE = { name: "Mock LPS", version: "1.0" } as const;
export const MOCK_NIL = "MOCK000001";

/** Composes a mail that comes into a mailbox of the software under test, as another software of the trust space would. */
export async function composeArrival(
  plan: ArrivalPlan,
  { documents, messageId, date }: { documents: readonly MadeDocument[]; messageId: string; date: Date },
): Promise<Buffer> {
  if (plan.report) return composeReport(plan, messageId, date);
  const archive =
    documents.length === 0
      ? undefined
      : await packXdm({
          documents: documents.map(({ cda }) => ({ content: cda })),
          software: MOCK_SOFTWARE,
          ...(plan.action === undefined ? {} : { action: plan.action }),
          now: date.getTime(),
        });
  const input: ComposeInput = {
    from: { address: plan.from, label: plan.label ?? "Mock LPS" },
    recipients: [[{ address: plan.to, kind: isPatientAddress(plan.to) ? "patient" : "professional" }]],
    documents: documents.map(({ cda, pdf }) => ({ cda: readCda(cda), pdf })),
    ...(archive ? { archive: archive.zip } : {}),
    action: plan.action ?? "create",
    nil: MOCK_NIL,
    software: MOCK_SOFTWARE,
    messageIds: [messageId],
    date,
    ...(plan.subject === undefined ? {} : { subject: plan.subject }),
    body: { professional: { text: plan.text }, patient: { text: plan.text } },
    ...(plan.replyTo === undefined ? {} : { replyTo: plan.replyTo }),
    ...(plan.requestRead ? { requestRead: true } : {}),
    ...(plan.inReplyTo === undefined ? {} : { inReplyTo: plan.inReplyTo }),
  };
  const { mails, bodies } = composeMails(input);
  const [mail] = mails;
  const head = Buffer.from(mail?.head ?? new Uint8Array()).toString("latin1");
  return Buffer.concat([Buffer.from(changed(head, plan), "latin1"), Buffer.from(bodies[mail?.body ?? 0] ?? [])]);
}

/** A receipt that asks for a receipt, which no conformant software does: it must not be answered (RFC 8098 §2.1). */
function composeReport({ from, label, to }: ArrivalPlan, messageId: string, date: Date): Buffer {
  const original = `From: <${to}>\r\nTo: <${from}>\r\nSubject: Envoi\r\nMessage-ID: <envoi.${messageId}>\r\n\r\nBonjour.\r\n`;
  const raw = composeMdn({
    from: { address: from, ...(label === undefined ? {} : { label }) },
    to,
    messageId,
    date,
    original: Buffer.from(original, "latin1"),
    finalRecipient: from,
    disposition: "displayed",
    automatic: false,
    nil: MOCK_NIL,
    software: MOCK_SOFTWARE,
  });
  const text = Buffer.from(raw).toString("latin1");
  const head = text.slice(0, text.indexOf("\r\n\r\n") + 4);
  return Buffer.from(replaced(head, "Disposition-Notification-To", `<${from}>`) + text.slice(head.length), "latin1");
}

/** What our own composer never writes, since a conformant software does not: the cases that a receiver must stand. */
function changed(head: string, { label, subjectOf, receiptTo, fin, from }: ArrivalPlan): string {
  let fields = head;
  // A patient's mail may come without any name before its address (ECO.3.1.2), and carries no product number.
  if (isPatientAddress(from)) fields = without(without(fields, "X-MSS-NIL"), "User-Agent");
  if (label === undefined && isPatientAddress(from)) fields = replaced(fields, "From", `<${from}>`);
  if (receiptTo !== undefined) fields = replaced(fields, "Disposition-Notification-To", `<${receiptTo}>`);
  if (subjectOf !== undefined) {
    const { family, given } = patientOf(subjectOf);
    fields = replaced(fields, "Subject", `XDM/1.0/DDM+CR d'examens biologiques ${family} ${given}`);
  }
  if (fin) fields = fields.replace(/\r\n\r\n$/, "\r\nX-MSS-MES: FIN\r\n\r\n");
  return fields;
}

const FIELD = (name: string) => new RegExp(`^${name}:[^\\r\\n]*(?:\\r\\n[ \\t][^\\r\\n]*)*\\r\\n`, "im");

function replaced(head: string, name: string, value: string): string {
  return FIELD(name).test(head)
    ? head.replace(FIELD(name), () => `${name}: ${value}\r\n`)
    : head.replace(/\r\n\r\n$/, () => `\r\n${name}: ${value}\r\n\r\n`);
}

function without(head: string, name: string): string {
  return head.replace(FIELD(name), "");
}
