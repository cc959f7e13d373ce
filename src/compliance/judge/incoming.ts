import { decoded, mailboxes } from "../mail/fields.js";
import { contentOf, readParts, walk } from "../mail/parts.js";
import { reportOf } from "../mail/report.js";
import type { SentMail } from "../mail/sent-mail.js";
import { sha256Of } from "../mail/sent-mail.js";
import type { DeliveredMail } from "./run.js";

/** The message ids of a field, without brackets. */
export function idsOf(value: string | undefined): string[] {
  return [...(value ?? "").slice(0, 20_000).matchAll(/<([^<>\s]{1,900})>/g)]
    .map(([, id]) => id as string)
    .slice(0, 200);
}

/** Which mail a receipt speaks of. */
export function originalIdOf(mail: SentMail): string | undefined {
  return idsOf(reportOf(mail)?.get("original-message-id"))[0];
}

/** What of a mail that came in its answers are held against. */
export function readDelivered(raw: Uint8Array): Partial<DeliveredMail> {
  const root = readParts(raw);
  const first = (name: string) => root.header.fields.find((one) => one.name === name)?.flat;
  const parts = [...walk(root)];
  const types = new Set(root.children.map((child) => child.type));
  const [replyTo, receiptTo, from] = ["reply-to", "disposition-notification-to", "from"].map(
    (name) => mailboxes(first(name) ?? "")[0]?.address,
  );
  const messageId = idsOf(first("message-id"))[0];
  const archive = parts.find((part) => /^ihe_xdm\.zip$/i.test(part.filename?.trim() ?? ""));
  return {
    ...(messageId === undefined ? {} : { messageId }),
    subject: decoded(first("subject") ?? "").slice(0, 500),
    replyTo,
    receiptTo,
    ...(from === undefined ? {} : { from }),
    references: idsOf(first("references")),
    returnPath: /<([^<>]*)>/.exec(first("return-path") ?? "")?.[1],
    kind: types.has("message/disposition-notification")
      ? "mdn"
      : types.has("message/delivery-status")
        ? "dsn"
        : "message",
    files: parts.flatMap((part) => part.filename ?? []).slice(0, 50),
    hasArchive: archive !== undefined,
    archiveSha256: archive && sha256Of(contentOf(raw, archive)),
  };
}
