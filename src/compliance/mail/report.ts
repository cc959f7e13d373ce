import { decoded, readHeader } from "./fields.js";
import { contentOf } from "./parts.js";
import type { SentMail } from "./sent-mail.js";

/** The fields of a disposition notification, names in lower case (RFC 8098 §3.1); undefined where the mail has none. */
export function reportOf(mail: SentMail): ReadonlyMap<string, string> | undefined {
  const part = mail.parts.find(({ type }) => type === "message/disposition-notification");
  if (!part) return undefined;
  const text = Buffer.from(contentOf(mail.raw, part));
  return new Map(readHeader(text).fields.map(({ name, flat }) => [name, decoded(flat)]));
}
