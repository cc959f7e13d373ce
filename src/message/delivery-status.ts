import { decodeWords } from "postal-mime";
import { field, fieldsOf } from "./original.js";
import type { ReceiptParts } from "./receipts.js";
import type { Receipt } from "./types.js";

type Dsn = Extract<Receipt, { kind: "dsn" }>;
type DsnRecipient = Dsn["recipients"][number];

const ACTIONS: Readonly<Record<string, DsnRecipient["action"]>> = {
  delivered: "delivered",
  relayed: "relayed",
  expanded: "expanded",
  delayed: "delayed",
  delay: "delayed",
  failed: "failed",
  failure: "failed",
};
const BY_CLASS: Readonly<Record<string, DsnRecipient["action"]>> = { 2: "delivered", 4: "delayed", 5: "failed" };

/** The address of `rfc822; address`, with or without its type, angle brackets and a name before them. */
export function typedAddress(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const typed = value
    .slice(value.indexOf(";") + 1)
    .slice(0, 2_000)
    .replace(/\([^()]*\)/g, "")
    .trim();
  const bare = (/<([^<>]*)>$/.exec(typed)?.[1] ?? typed).trim();
  return bare === "" || bare.length > 320 ? undefined : bare;
}

/** An enhanced status code of that class (RFC 3463) in what a server said; no part of an IP address. */
export function statusIn(text: string, category: string): string | undefined {
  const codes = text.match(/(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])/g) ?? [];
  return codes.find((code) => code.startsWith(category));
}

/** Freed of controls, and short. */
export function shortText(value: string): string {
  return value
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .trim()
    .slice(0, 500);
}

function recipientOf(block: string): DsnRecipient | undefined {
  const fields = fieldsOf(block);
  const originalRecipient = typedAddress(field(fields, "original-recipient"));
  const address = typedAddress(field(fields, "final-recipient")) ?? originalRecipient;
  if (address === undefined) return undefined;
  const diagnostic = shortText(decodeWords(field(fields, "diagnostic-code") ?? "").replace(/^smtp\s*;\s*/i, ""));
  const told = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(field(fields, "status") ?? "")?.[1];
  // `5.0.0` says no more than the action: the server's own answer says why.
  const status = told === "5.0.0" || told === "4.0.0" ? (statusIn(diagnostic, told.charAt(0)) ?? told) : told;
  const word = /^[a-z]+/.exec((field(fields, "action") ?? "").toLowerCase())?.[0] ?? "";
  const action = (Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined) ?? BY_CLASS[status?.charAt(0) ?? ""];
  if (action === undefined) return undefined;
  return {
    address,
    ...(originalRecipient === undefined ? {} : { originalRecipient }),
    action,
    ...(status === undefined ? {} : { status }),
    ...(diagnostic === "" ? {} : { diagnostic }),
  };
}

/** The DSN of a mail (RFC 3464), one entry a recipient; undefined where it has none. */
export function deliveryReceipt(parts: ReceiptParts): Dsn | undefined {
  const text = parts.part("message/delivery-status", "message/global-delivery-status");
  if (text === undefined) return undefined;
  const blocks = text.split(/(?:\r?\n[ \t]*){2,}/, parts.limits.maxRecipients + 2);
  const recipients = blocks.map(recipientOf).filter((recipient) => recipient !== undefined);
  if (recipients.length === 0) return undefined;
  const envelopeId = field(fieldsOf(blocks.find((block) => block.trim() !== "") ?? ""), "original-envelope-id");
  return {
    kind: "dsn",
    ...parts.common,
    ...(parts.original === undefined ? {} : { originalMessageId: parts.original }),
    ...(envelopeId === undefined ? {} : { envelopeId: shortText(envelopeId) }),
    recipients: recipients.slice(0, parts.limits.maxRecipients),
  };
}
