import { decodeWords } from "postal-mime";
import { integrationErrorLabel } from "../terminology/index.js";
import { shortText, typedAddress } from "./delivery-status.js";
import { bareId, field, fieldsOf } from "./original.js";
import type { ReceiptParts } from "./receipts.js";
import type { Receipt } from "./types.js";

type Mdn = Extract<Receipt, { kind: "mdn" }>;

const TYPES: readonly Mdn["disposition"][] = ["displayed", "processed", "dispatched", "deleted", "denied", "failed"];

const INTERNET = /^[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+$/;

const CODED = /^\s*(?:error|failure)?\s*[:=]?\s*(\d{3})\b\s*[\^:;-]?\s*([^^]*)/i;

/**
 * Code and label of `902^Patient inconnu`; the label of the table where none is given. What follows as in the segment ERR of HL7
 * (`902^Patient inconnu^applicationErrorCondition|E^Error^errorSeverity`, in-mdn-ko) is no part of the label, and a code of 900 to 906 further on
 * tells more than the `207` of HL7 before it.
 */
export function applicationError(value: string): { code?: string; label?: string } {
  const text = shortText(decodeWords(value));
  const fields = text.split("|").map((one) => CODED.exec(one));
  const found = fields.find((match) => integrationErrorLabel(match?.[1] ?? "") !== undefined) ?? fields[0];
  const code = found?.[1];
  if (code === undefined) return text === "" ? {} : { label: text };
  const label = found?.[2]?.trim() || integrationErrorLabel(code);
  return { code, ...(label === undefined ? {} : { label }) };
}

/**
 * The error of a disposition: told by its modifier (`processed/error`), its details in the modifier (the old form) or in a
 * field `Error` (the new one). A field with a code and no modifier is taken for an error too: better to show a refusal.
 */
function errorOf(modifier: string, details: readonly string[]): Mdn["error"] {
  const parsed = details.map(applicationError);
  const coded = parsed.find((detail) => detail.code !== undefined);
  if (!/error|failure/i.test(modifier)) return coded;
  const inline = /(?:error|failure)\s*:\s*(.+)$/i.exec(modifier)?.[1];
  const own = inline === undefined ? undefined : applicationError(inline);
  return (own?.code === undefined ? coded : own) ?? own ?? parsed[0] ?? {};
}

/** The MDN of a mail (RFC 8098); undefined where it has none, or one that says nothing known. */
export function dispositionReceipt(parts: ReceiptParts): Mdn | undefined {
  const text = parts.part("message/disposition-notification", "message/global-disposition-notification");
  if (text === undefined) return undefined;
  const inside = fieldsOf(text);
  const fields =
    field(inside, "disposition") === undefined
      ? fieldsOf(parts.fieldsBelow("message/disposition-notification") ?? "")
      : inside;
  const written = field(fields, "disposition");
  if (written === undefined) return undefined;
  // Short and without controls: the patterns below would else walk a long value again and again.
  const value = shortText(written);
  const semicolon = value.indexOf(";");
  const said = value.slice(semicolon + 1).trim();
  const slash = said.indexOf("/");
  const type = /^[a-z-]+/.exec(said.toLowerCase())?.[0];
  const disposition = TYPES.find((known) => type === known);
  if (disposition === undefined) return undefined;
  const details = fields.filter(([name]) => name === "error" || name === "failure").map(([, detail]) => detail);
  const error = errorOf(slash < 0 ? "" : said.slice(slash + 1), details);
  const originalMessageId = bareId(field(fields, "original-message-id")) ?? parts.original;
  const final = typedAddress(field(fields, "final-recipient"));
  // Of a directory's name (Notes, Exchange) the address is in From alone.
  const finalRecipient = final === undefined || INTERNET.test(final) ? final : parts.email.from?.address;
  const originalRecipient = typedAddress(field(fields, "original-recipient"));
  return {
    kind: "mdn",
    ...parts.common,
    ...(originalMessageId === undefined ? {} : { originalMessageId }),
    ...(finalRecipient === undefined ? {} : { finalRecipient }),
    ...(originalRecipient === undefined ? {} : { originalRecipient }),
    automatic: /^\s*automatic-action\b/i.test(value.slice(0, Math.max(semicolon, 0))),
    disposition,
    ...(error === undefined ? {} : { error }),
  };
}
