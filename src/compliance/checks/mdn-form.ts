import { mailboxes, readHeader } from "../mail/fields.js";
import { contentOf } from "../mail/parts.js";
import type { SentMail } from "../mail/sent-mail.js";
import type { Both } from "../types.js";
import { both } from "./check.js";

/** What is wrong with a receipt's form, the first of it (in-mdn; RFC 8098 §3). */
export function wrongMdn(mail: SentMail, report: ReadonlyMap<string, string> | undefined): Both | undefined {
  return (
    wrongStructure(mail) ??
    (report ? (wrongReport(report) ?? wrongOriginalRecipient(report, addressed(mail))) : undefined)
  );
}

function wrongStructure(mail: SentMail): Both | undefined {
  const { root } = mail;
  const types = root.children.map(({ type }) => type);
  if (
    root.type !== "multipart/report" ||
    root.parameters.get("report-type")?.toLowerCase() !== "disposition-notification"
  )
    return both(
      "le type n'est pas multipart/report; report-type=disposition-notification",
      "the type is not multipart/report; report-type=disposition-notification",
    );
  if (!types[0]?.startsWith("text/") && types[0] !== "multipart/alternative")
    return both("la première partie n'est pas un texte", "the first part is no text");
  if (types[1] !== "message/disposition-notification")
    return both(
      "la deuxième partie n'est pas message/disposition-notification",
      "the second part is not message/disposition-notification",
    );
  if (types[2] !== "message/rfc822")
    return both(
      "l'original entier n'est pas joint en message/rfc822",
      "the whole original is not given back in message/rfc822",
    );
  return undefined;
}

function wrongReport(report: ReadonlyMap<string, string>): Both | undefined {
  for (const name of ["original-message-id", "final-recipient", "disposition"])
    if ((report.get(name) ?? "") === "") return both(`le champ ${name} manque`, `the field ${name} is missing`);
  if (
    !/^\s*(?:manual-action|automatic-action)\s*\/\s*MDN-sent-(?:manually|automatically)\s*;\s*(?:displayed|processed|deleted|dispatched|denied|failed)\b/i.test(
      report.get("disposition") ?? "",
    )
  )
    return both("le champ Disposition est mal formé", "the field Disposition is ill formed");
  if (!/^rfc822\s*;\s*\S+@\S+$/i.test(report.get("final-recipient") ?? ""))
    return both("Final-Recipient n'est pas rfc822;adresse", "Final-Recipient is not rfc822;address");
  return undefined;
}

/** Whom the original was written to, as its own header says it; addresses in lower case. */
interface Addressed {
  /** Of its only field Original-Recipient, which an operator writes from ORCPT. */
  field: string | undefined;
  /** Of To and Cc. */
  named: readonly string[];
}

function addressed(mail: SentMail): Addressed {
  const part = mail.root.children[2];
  const { fields } = part ? readHeader(contentOf(mail.raw, part)) : { fields: [] };
  const found = fields.filter(({ name }) => name === "original-recipient");
  const named = fields.filter(({ name }) => name === "to" || name === "cc").slice(0, 10);
  return {
    // Of several the reader may act as if there were none (RFC 8098 §3.2.3).
    field: found.length === 1 ? addressOf(found[0]?.flat) : undefined,
    named: named.flatMap(({ flat }) => mailboxes(flat).map(({ address }) => address.toLowerCase())),
  };
}

const addressOf = (typed: string | undefined) => /^[\w-]{1,40}\s*;\s*(\S+)$/.exec(typed ?? "")?.[1]?.toLowerCase();

/**
 * Original-Recipient is due where the address that the sender wrote is known: by the original's own field, or because its To or Cc names the
 * box that answers. Of a mail that came by another way (alias, list, blind copy) nobody knows it, and the field is then rightly absent
 * (RFC 8098 §3.2.3); in-mdn asks it of every receipt, and is taken to mean those.
 */
function wrongOriginalRecipient(report: ReadonlyMap<string, string>, { field, named }: Addressed): Both | undefined {
  const told = report.get("original-recipient") ?? "";
  const final = addressOf(report.get("final-recipient"));
  const known = field ?? (final !== undefined && named.includes(final) ? final : undefined);
  if (told === "")
    return known === undefined
      ? undefined
      : both(
          "le champ original-recipient manque, alors que l'original indique à qui il a été adressé",
          "the field original-recipient is missing, though the original says to whom it was written",
        );
  const address = addressOf(told);
  if (address === undefined)
    return both("Original-Recipient n'est pas type;adresse", "Original-Recipient is not type;address");
  if (field !== undefined && address !== field)
    return both(
      "Original-Recipient n'est pas celui que porte l'original",
      "Original-Recipient is not the one that the original has",
    );
  return undefined;
}
