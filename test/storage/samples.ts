import { createHash } from "node:crypto";
import type {
  ClaimedMail,
  MailContent,
  MailSettlement,
  NewSubmission,
  OutboxStore,
  TraceEntry,
  WorkerIdentity,
} from "../../src/seams/index.js";

export const TENANT = "chu";
export const MAILBOX = "labo@chu-exemple.mssante.fr";
/** 2026-11-23T09:00:00Z */
export const T0 = 1_795_424_400_000;
export const PROFESSIONAL = "claire.dubreuil@cabinet.mssante.fr";
/** A fictional patient; the key is right. */
export const PATIENT = "299057512300876@patient.mssante.fr";

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Of a content that is in memory. */
export const text = (content: MailContent): string => Buffer.concat(content as Uint8Array[]).toString("utf8");

/** A submission of one mail to one professional; the name makes its id, Message-ID and contents. */
export function submission(name: string, changes: Partial<NewSubmission> = {}): NewSubmission {
  return {
    id: `s-${name}`,
    tenant: TENANT,
    mailbox: MAILBOX,
    contentHash: sha256(name),
    action: "create",
    priority: 5,
    createdAt: T0,
    info: { actor: "dr.martin", documents: [{ uniqueId: `1.2.3^${name}` }], reference: `ref-${name}` },
    bodies: [bytes(`body of ${name}`)],
    mails: [mail(name)],
    ...changes,
  };
}

export function mail(name: string, address = PROFESSIONAL): NewSubmission["mails"][number] {
  const kind = address === PATIENT ? "patient" : "professional";
  return {
    messageId: `m-${name}@chu-exemple.mssante.fr`,
    head: bytes(`Subject: ${name}\r\n\r\n`),
    body: 0,
    size: 100,
    recipients: [{ address, kind, dedupe: [sha256(`document-of-${name}|create|${address}`)] }],
  };
}

export const WORKER = "worker-1";
export const OTHER_WORKER = "worker-2";

export function worker(id: string, changes: Partial<WorkerIdentity> = {}): WorkerIdentity {
  return { id, host: "host", boot: "boot", pid: 4242, pidStart: "1", ...changes };
}

export const claimAll = (store: OutboxStore, now = T0, by = WORKER): Promise<ClaimedMail[]> =>
  store.claim({ worker: by, now, limit: 100 });

export async function claimOne(store: OutboxStore, now = T0, by = WORKER): Promise<ClaimedMail> {
  const [first] = await store.claim({ worker: by, now, limit: 1 });
  if (!first) throw new Error("nothing was due");
  return first;
}

export const trace: TraceEntry = {
  at: "2026-11-23T10:00:00.000+01:00",
  tenant: TENANT,
  mailbox: MAILBOX,
  actor: "dr.martin",
  action: "send",
  request: "MAIL FROM RCPT TO",
  answer: "250 2.0.0 Ok",
  ok: true,
};

/** The settlement of a mail that the server took. */
export function accepted(claimed: ClaimedMail, changes: Partial<MailSettlement> = {}): MailSettlement {
  return {
    mailId: claimed.mailId,
    worker: WORKER,
    at: T0 + 1_000,
    stage: "done",
    recipients: claimed.recipients.map(({ id }) => ({ id, state: "accepted" })),
    next: { kind: "done" },
    attempted: true,
    events: claimed.recipients.map(({ id }) => ({
      submission: claimed.submission,
      event: "accepted",
      at: T0 + 1_000,
      recipientId: id,
      messageId: claimed.messageId,
    })),
    traces: [trace],
    ...changes,
  };
}

/** The settlement of a mail that is in an end state or waits for news. */
export function settledAs(
  claimed: ClaimedMail,
  state: "failed" | "refused" | "unknown",
  changes: Partial<MailSettlement> = {},
): MailSettlement {
  return accepted(claimed, {
    recipients: claimed.recipients.map(({ id }) => ({
      id,
      state,
      error: { code: "smtp_permanent", message: "refused", reply: 550, status: "5.1.1", retryable: false },
    })),
    next: { kind: state === "unknown" ? "doubt" : "done" },
    events: [],
    ...changes,
  });
}

export async function stateOf(store: OutboxStore, name: string): Promise<string | undefined> {
  return (await store.get(`s-${name}`))?.recipients[0]?.state;
}
