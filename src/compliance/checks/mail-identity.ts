import { fields, whereOf } from "../mail/sent-mail.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

/** What RFC 5322 §3.6.4 takes for an identifier, obsolete forms aside; length as a line allows. */
const ID = /^<[^\s<>@"(),:;\\[\]]+(?:\.[^\s<>@"(),:;\\[\]]+)*@(?:[^\s<>@"(),:;\\[\]]+|\[[^\s<>[\]]+\])>$/;

/** Who a mail is: Message-ID and the product's number. */
export const mailIdentity: readonly Check[] = [
  {
    id: "message-id",
    rows: ["ECO.2.2.1"],
    scope: "mail",
    shows: both("Message-ID présent une fois et bien formé", "Message-ID present once and well formed"),
    look({ mail }, tell) {
      const found = fields(mail, "message-id");
      const where = whereOf(mail, "Message-ID");
      if (found.length === 0)
        tell.breach(both("Le champ Message-ID est absent.", "The Message-ID field is absent."), where);
      else if (found.length > 1)
        tell.breach(
          both(
            `Le champ Message-ID est présent ${found.length} fois.`,
            `The Message-ID field is present ${found.length} times.`,
          ),
          where,
        );
      else if (!ID.test((found[0]?.flat ?? "").replace(/\([^()]*\)/g, "").trim()))
        tell.breach(
          both(
            "Le champ Message-ID n'a pas la forme <gauche@droite> de la RFC 5322.",
            "The Message-ID field has not the form <left@right> of RFC 5322.",
          ),
          where,
        );
      else tell.ok(where);
    },
  },
  {
    id: "message-id-unique",
    rows: ["ECO.2.2.1"],
    scope: "mail",
    guard: true,
    shows: both("Message-ID différent de celui des autres courriels", "Message-ID unlike that of other mails"),
    look({ mail, run }, tell) {
      if (mail.messageId === undefined) return;
      const { sha256 } = mail.observation;
      // The very same mail again is a resend after a lost answer, or its copy for another recipient.
      const other = run.sentById.get(mail.messageId)?.find((sent) => sent.sha256 !== sha256);
      const where = whereOf(mail, "Message-ID");
      if (other)
        tell.breach(
          both("Deux courriels différents ont le même Message-ID.", "Two different mails have the same Message-ID."),
          where,
        );
      else tell.ok(where);
    },
  },
  {
    id: "nil",
    rows: ["ECO.2.4.3"],
    scope: "mail",
    shows: both("X-MSS-NIL présent une fois", "X-MSS-NIL present once"),
    look({ mail, run }, tell) {
      const found = fields(mail, "x-mss-nil");
      const where = whereOf(mail, "X-MSS-NIL");
      const value = found[0]?.flat ?? "";
      if (found.length === 0)
        tell.breach(both("L'en-tête X-MSS-NIL est absent.", "The header X-MSS-NIL is absent."), where);
      else if (found.length > 1)
        tell.breach(
          both(`X-MSS-NIL est présent ${found.length} fois.`, `X-MSS-NIL is present ${found.length} times.`),
          where,
        );
      else if (!/^[\x21-\x7e]{1,100}$/.test(value))
        tell.breach(both("X-MSS-NIL est vide ou n'est pas un numéro.", "X-MSS-NIL is empty or no number."), where);
      else if (run.nil !== undefined && value !== run.nil)
        tell.breach(
          both(
            `X-MSS-NIL vaut « ${value} » ; le numéro de produit déclaré est « ${run.nil} ».`,
            `X-MSS-NIL is "${value}"; the number declared for the product is "${run.nil}".`,
          ),
          where,
        );
      else tell.ok(where);
    },
  },
];
