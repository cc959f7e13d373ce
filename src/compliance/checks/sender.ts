import { isMssAddress } from "../../identity/index.js";
import { mailboxes } from "../mail/fields.js";
import type { SentMail } from "../mail/sent-mail.js";
import { field, fields, whereOf } from "../mail/sent-mail.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

const isAddress = (address: string) => isMssAddress(address, { suffixes: [".mssante.fr", ".mssante.fr.test"] });

const fromOf = (mail: SentMail) => mailboxes(field(mail, "from")?.flat ?? "")[0];

/** `[<Titre>_]<Prenom>_<NOM>[_<Entite>]`: the parts are joined by underscores, the name is in capitals. */
function isPersonLabel(name: string): boolean {
  const parts = name.split("_");
  return (
    parts.length >= 2 &&
    parts.every((part) => part.trim() !== "") &&
    parts.some((part) => /^\p{Lu}[\p{Lu}' -]*$/u.test(part))
  );
}

/** Who sends, who is answered, and who gets the receipts. */
export const sender: readonly Check[] = [
  {
    id: "sender-label",
    rows: ["ECO.2.2.7"],
    scope: "mail",
    shows: both("Libellé d'expéditeur signifiant", "Sender's label that means something"),
    look({ mail, run }, tell) {
      const from = fromOf(mail);
      if (!from || mail.kind !== "message") return;
      const where = whereOf(mail, "From");
      const type = run.mailboxes.get(mail.observation.from.toLowerCase());
      const name = from.name.trim();
      if (name === "")
        tell.breach(
          both("From n'a pas de libellé, seulement l'adresse.", "From has no label, the address alone."),
          where,
        );
      else if (name.toLowerCase() === from.address.toLowerCase() || /^[^\s@]+@[^\s@]+$/.test(name))
        tell.breach(both("Le libellé de From n'est que l'adresse.", "The label of From is only the address."), where);
      else if (type === "PER" && !isPersonLabel(name))
        tell.breach(
          both(
            `Libellé « ${name.slice(0, 100)} » d'une boîte PER ; attendu : [<Titre>_]<Prenom>_<NOM>[_<Entite>].`,
            `Label "${name.slice(0, 100)}" of a PER box; expected: [<Title>_]<First>_<LAST>[_<Entity>].`,
          ),
          where,
        );
      else tell.ok(where);
    },
  },
  {
    id: "from-app-box",
    rows: ["out-from"],
    scope: "mail",
    shows: both(
      "From est la boîte applicative, sans Sender, chaque destinataire dans To",
      "From of the application's box, no Sender, To of each recipient",
    ),
    look({ mail, run }, tell) {
      if (mail.kind !== "message" || run.mailboxes.get(mail.observation.from.toLowerCase()) !== "APP") return;
      const from = fromOf(mail)?.address.toLowerCase() ?? "";
      const named = new Set(
        [...fields(mail, "to"), ...fields(mail, "cc")].flatMap(({ flat }) =>
          mailboxes(flat).map(({ address }) => address.toLowerCase()),
        ),
      );
      const missing = mail.observation.to.find((address) => !named.has(address.toLowerCase()));
      const others = mailboxes(field(mail, "from")?.flat ?? "").length > 1;
      if (from !== mail.observation.from.toLowerCase() || others)
        tell.breach(
          both("From n'est pas la boîte qui envoie.", "From is not the box that sends."),
          whereOf(mail, "From"),
        );
      else if (field(mail, "sender"))
        tell.breach(
          both("Le champ Sender ne doit pas être transmis.", "The field Sender is not to be sent."),
          whereOf(mail, "Sender"),
        );
      else if (missing !== undefined)
        tell.breach(
          both(
            "Un destinataire de l'enveloppe n'est ni dans To ni dans Cc.",
            "A recipient of the envelope is neither in To nor in Cc.",
          ),
          whereOf(mail, "To"),
        );
      else tell.ok(whereOf(mail, "From"));
    },
  },
  {
    id: "reply-to",
    rows: ["ECO.2.2.5"],
    scope: "mail",
    shows: both("Reply-To porte une adresse MSSanté", "Reply-To has a MSSanté address"),
    look({ mail }, tell) {
      const found = fields(mail, "reply-to");
      if (found.length === 0 || mail.kind !== "message") return;
      const where = whereOf(mail, "Reply-To");
      const addresses = found.flatMap(({ flat }) => mailboxes(flat));
      if (found.length > 1)
        tell.breach(both("Reply-To est présent plusieurs fois.", "Reply-To is present several times."), where);
      else if (addresses.length === 0 || addresses.some(({ address }) => !isAddress(address)))
        tell.breach(both("Reply-To n'est pas une adresse MSSanté.", "Reply-To is no MSSanté address."), where);
      else tell.ok(where);
    },
  },
  {
    id: "reply-to-patient",
    rows: ["mes-replyto"],
    scope: "mail",
    shows: both("L'usager répond à la boîte de Reply-To", "The patient answers the box of Reply-To"),
    look({ mail }, tell) {
      const found = field(mail, "reply-to");
      if (!found || mail.toPatients.length === 0) return;
      const addresses = mailboxes(found.flat);
      const where = whereOf(mail, "Reply-To");
      if (addresses.length === 1 && isAddress(addresses[0]?.address ?? "")) tell.ok(where);
      else
        tell.breach(
          both(
            "Reply-To d'un courriel à un usager n'est pas une seule adresse MSSanté.",
            "Reply-To of a mail to a patient is not one MSSanté address.",
          ),
          where,
        );
    },
  },
  {
    id: "receipt-request",
    rows: ["ECO.2.3.2"],
    scope: "mail",
    shows: both("Accusé de lecture demandé à la boîte émettrice", "Read receipt asked to the sender's box"),
    look({ mail }, tell) {
      const found = fields(mail, "disposition-notification-to");
      if (found.length === 0) return;
      const where = whereOf(mail, "Disposition-Notification-To");
      const [asked, ...more] = found.flatMap(({ flat }) => mailboxes(flat));
      if (found.length > 1 || more.length > 0 || !asked)
        tell.breach(
          both(
            "Disposition-Notification-To ne contient pas exactement une adresse.",
            "Disposition-Notification-To has not one address.",
          ),
          where,
        );
      else if (mail.observation.from !== "" && asked.address.toLowerCase() !== mail.observation.from.toLowerCase())
        tell.breach(
          both(
            "Disposition-Notification-To n'est pas la boîte émettrice.",
            "Disposition-Notification-To is not the sender's box.",
          ),
          where,
        );
      else tell.ok(where);
    },
  },
  {
    id: "delivery-request",
    rows: ["ECO.2.3.1"],
    scope: "transaction",
    shows: both("Accusé de remise demandé (NOTIFY=SUCCESS)", "Delivery receipt asked (NOTIFY=SUCCESS)"),
    look(transaction, session, tell) {
      for (const recipient of transaction.recipients) {
        const notify = recipient.parameters.get("NOTIFY")?.toUpperCase().split(",");
        if (!notify) continue;
        const where = `${session.id}, ${recipient.n}`;
        if (notify.includes("SUCCESS") && !notify.includes("NEVER")) tell.ok(where, recipient.at);
      }
    },
  },
];
