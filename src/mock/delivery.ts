import { createHash, randomBytes } from "node:crypto";
import { MedimailError } from "../errors.js";
import { composeDsn } from "../message/index.js";
import type { MockClock } from "./clock.js";
import { headerOf, parseHeaders } from "./mime/headers.js";
import type { Journal, ObservationBody } from "./observer.js";
import type { AutoReceipts } from "./options.js";
import type { MockMessage } from "./store/message.js";
import { bare } from "./store/message.js";
import type { MockStore } from "./store/store.js";
import type { AcceptedMail, AcceptedRecipient } from "./submission.js";

/** Where the mock's own mails come from. */
export const REPORT_DOMAIN = "mock-medimail.mssante.fr";

export type DsnAction = "delivered" | "delayed" | "failed" | "relayed" | "expanded";

export interface DeliveryOptions {
  store: MockStore;
  mails: Journal<AcceptedMail>;
  observe: (body: ObservationBody) => void;
  clock: MockClock;
  filesSent: boolean;
  autoReceipts: AutoReceipts;
  /** Writes a mail to the mock's folder and gives its name; absent where mails are not kept on disk. */
  write?: (id: number, raw: Buffer) => string;
  /** A delivered mail's recipient answers by himself. */
  onDelivered: (address: string, message: MockMessage) => void;
  failed: (error: unknown) => void;
}

/** What the operator does with a mail it has accepted: files it, delivers it, reports on it (RFC 3461, 3464). */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #late = new Set<{ mail: AcceptedMail; recipient: AcceptedRecipient }>();
  #count = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  accept(given: Omit<AcceptedMail, "id" | "at" | "messageId">, connection: string): AcceptedMail {
    const { store, mails, observe, clock, filesSent, write } = this.#options;
    const mail: AcceptedMail = { ...given, id: ++this.#count, at: clock.now() };
    const messageId = bare(headerOf(headFields(mail.raw), "message-id"));
    if (messageId !== undefined) mail.messageId = messageId;
    if (write) mail.file = write(mail.id, mail.raw);
    if (filesSent) store.find(mail.user)?.deliver(mail.raw, { folder: "Sent", flags: ["\\Seen"] });
    for (const recipient of mail.recipients) this.#dispatch(mail, recipient);
    mails.add(mail);
    observe({
      connection,
      kind: "mail",
      from: mail.from,
      to: mail.recipients.map((recipient) => recipient.address),
      size: mail.raw.length,
      parameters: mail.parameters,
      sha256: createHash("sha256").update(mail.raw).digest("hex"),
      ...(mail.file === undefined ? {} : { file: mail.file }),
    });
    return mail;
  }

  /** Delivers what a `delay` fault has kept back. */
  release(): number {
    const late = [...this.#late];
    this.#late.clear();
    for (const { mail, recipient } of late) this.#deliver(mail, recipient);
    return late.length;
  }

  /** @internal */
  save(): () => void {
    const late = [...this.#late];
    return () => {
      this.#late.clear();
      for (const one of late) this.#late.add(one);
    };
  }

  /** A report about one recipient, into the INBOX of the mail's sender, whether it was asked or not. Undefined for a null sender. */
  report(
    mail: AcceptedMail,
    recipient: AcceptedRecipient,
    action: DsnAction,
    details: { status?: string; diagnostic?: string } = {},
  ): MockMessage | undefined {
    const { store, clock } = this.#options;
    const sender = mail.from === "" ? undefined : store.find(mail.from);
    if (!sender) return undefined;
    const original = recipient.originalRecipient?.replace(/^rfc822;/i, "");
    const raw = composeDsn({
      from: { address: `mailer-daemon@${REPORT_DOMAIN}`, label: "Mock Medimail" },
      to: mail.from,
      messageId: reportId(),
      date: clock.now(),
      original: mail.raw,
      reportingMta: REPORT_DOMAIN,
      ret: mail.ret ?? "HDRS",
      ...(mail.envid === undefined ? {} : { envelopeId: mail.envid }),
      recipients: [
        {
          address: recipient.address,
          ...(original === undefined ? {} : { originalRecipient: original }),
          action,
          status: details.status ?? STATUS[action],
          ...(details.diagnostic === undefined ? {} : { diagnostic: details.diagnostic }),
        },
      ],
    });
    return sender.deliver(traced(Buffer.from(raw), "", mail.from, clock.now()));
  }

  #dispatch(mail: AcceptedMail, recipient: AcceptedRecipient): void {
    const { clock } = this.#options;
    const { fate } = recipient;
    if (!fate) {
      this.#deliver(mail, recipient);
      return;
    }
    const status = fate.status ?? (fate.kind === "bounce" ? "5.1.1" : "4.4.1");
    if (fate.kind === "delay") {
      const late = { mail, recipient };
      this.#late.add(late);
      if (fate.afterMs !== undefined)
        clock.plan(fate.afterMs, () => {
          // `release` may have been faster.
          if (this.#late.delete(late)) this.#deliver(mail, recipient);
        });
      if (recipient.notify?.includes("DELAY")) this.#tryReport(mail, recipient, "delayed", status);
    } else if (!recipient.notify || recipient.notify.includes("FAILURE"))
      this.#tryReport(mail, recipient, "failed", status);
  }

  #deliver(mail: AcceptedMail, recipient: AcceptedRecipient): void {
    const { store, clock, autoReceipts, onDelivered } = this.#options;
    const mailbox = store.find(recipient.address);
    if (!mailbox) return;
    const message = mailbox.deliver(traced(mail.raw, mail.from, recipient.address, clock.now()));
    if (autoReceipts.deliver !== false && recipient.notify?.includes("SUCCESS"))
      clock.soon(autoReceipts.deliverAfterMs, () => this.#tryReport(mail, recipient, "delivered", "2.1.5"));
    onDelivered(mailbox.address, message);
  }

  /** A mail that no report can speak of (its Message-ID is not one) must not take the session down. */
  #tryReport(mail: AcceptedMail, recipient: AcceptedRecipient, action: DsnAction, status: string): void {
    try {
      const diagnostic = action === "failed" ? `550 ${status} not delivered` : undefined;
      this.report(mail, recipient, action, { status, ...(diagnostic === undefined ? {} : { diagnostic }) });
    } catch (error) {
      this.#options.failed(error);
    }
  }
}

const STATUS: Record<DsnAction, string> = {
  delivered: "2.1.5",
  relayed: "2.1.5",
  expanded: "2.1.5",
  delayed: "4.4.1",
  failed: "5.1.1",
};

export function reportId(): string {
  return `${randomBytes(12).toString("hex")}@${REPORT_DOMAIN}`;
}

/** The header fields of a mail, without reading its parts. */
export function headFields(raw: Buffer): ReturnType<typeof parseHeaders> {
  const head = raw.toString("latin1", 0, Math.min(raw.length, 65_536));
  const end = /\r?\n\r?\n/.exec(head);
  return parseHeaders(end ? head.slice(0, end.index) : head);
}

/** The lines that a delivery puts before a mail (RFC 5321 §4.4); what follows is what was received, byte for byte. */
export function traced(raw: Buffer, from: string, to: string, date: Date): Buffer {
  const stamp = date.toUTCString().replace("GMT", "+0000");
  return Buffer.concat([
    Buffer.from(
      `Return-Path: <${from}>\r\nReceived: from client by ${REPORT_DOMAIN} with ESMTPS\r\n for <${to}>; ${stamp}\r\n`,
      "utf8",
    ),
    raw,
  ]);
}

/** The accepted mail with that Message-ID for that recipient, the newest first. */
export function findMail(
  mails: readonly AcceptedMail[],
  address: string,
  messageId: string,
): { mail: AcceptedMail; recipient: AcceptedRecipient } {
  const wanted = bare(messageId);
  for (const mail of [...mails].reverse()) {
    const recipient =
      mail.messageId === wanted
        ? mail.recipients.find((r) => r.address.toLowerCase() === address.toLowerCase())
        : undefined;
    if (recipient) return { mail, recipient };
  }
  throw new MedimailError("invalid_argument", "The mock has not accepted such a mail for this recipient", {
    path: "messageId",
  });
}
