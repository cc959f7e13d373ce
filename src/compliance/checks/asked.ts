import type { RunRecord } from "../judge/run.js";
import { mailboxes } from "../mail/fields.js";
import { bringsDocuments } from "../mail/kinds.js";
import type { SentMail } from "../mail/sent-mail.js";
import { cdasOf, field, fields, whereOf } from "../mail/sent-mail.js";
import type { ScenarioStep } from "../types.js";
import type { Check, MailContext } from "./check.js";
import { both } from "./check.js";

type Send = Extract<ScenarioStep, { action: "send" }>;

/** What the scenario under way asks to be sent to a recipient of this mail; empty where nothing is asked of it. */
function asked(mail: SentMail, run: RunRecord): Send[] {
  const steps = run.scenarios.get(run.current ?? "")?.steps ?? [];
  const to = new Set(mail.observation.to.map((address) => address.toLowerCase()));
  return steps.filter(
    (step): step is Send => step.action === "send" && step.to.some((address) => to.has(address.toLowerCase())),
  );
}

/** The only thing asked for is an answer that ends the exchange. */
function finOfReply(mail: SentMail, run: RunRecord): boolean {
  const steps = run.scenarios.get(run.current ?? "")?.steps ?? [];
  const replies = steps.filter((step) => step.action === "reply");
  return asked(mail, run).length === 0 && replies.length > 0 && replies.every(({ fin }) => fin === true);
}

/** Where every step that could have been this mail asks for something, it is due. */
const every = (steps: readonly Send[], wants: (step: Send) => boolean) => steps.length > 0 && steps.every(wants);

const notifyOf = ({ session }: MailContext) =>
  (session?.current?.recipients ?? []).map(({ parameters }) => parameters.get("NOTIFY")?.toUpperCase() ?? "");

const INS_OID = /1\.2\.250\.1\.213\.1\.4\.(?:8|9|10|11)\b/;

/** What was asked for in a scenario and must be seen in the mail that came of it. */
export const askedFor: readonly Check[] = [
  {
    id: "delivery-receipt-asked",
    rows: ["ECO.2.3.1"],
    scope: "mail",
    shows: both(
      "L'accusé de remise prévu par le scénario est demandé au serveur",
      "The delivery receipt that the scenario asks for is asked of the server",
    ),
    look(context, tell) {
      const { mail, run } = context;
      if (!every(asked(mail, run), ({ requestDelivery }) => requestDelivery === true) || mail.kind !== "message")
        return;
      const notify = notifyOf(context);
      const offered = context.session?.current?.announced.has("DSN") ?? false;
      const where = whereOf(mail, "NOTIFY");
      if (notify.some((value) => value.includes("SUCCESS")) || field(mail, "return-receipt-to")) tell.ok(where);
      else if (offered)
        tell.breach(
          both(
            "L'accusé de remise n'est pas demandé (RCPT … NOTIFY=SUCCESS).",
            "The delivery receipt is not asked for (RCPT … NOTIFY=SUCCESS).",
          ),
          where,
        );
    },
  },
  {
    id: "read-receipt-asked",
    rows: ["ECO.2.3.2"],
    scope: "mail",
    guard: true,
    shows: both(
      "L'accusé de lecture prévu par le scénario est demandé",
      "The read receipt that the scenario asks for is asked for",
    ),
    look({ mail, run }, tell) {
      if (!every(asked(mail, run), ({ requestRead }) => requestRead === true) || mail.kind !== "message") return;
      const where = whereOf(mail, "Disposition-Notification-To");
      if (field(mail, "disposition-notification-to")) tell.ok(where);
      else tell.breach(both("L'accusé de lecture n'est pas demandé.", "The read receipt is not asked for."), where);
    },
  },
  {
    id: "reply-to-asked",
    rows: ["ECO.2.2.5"],
    scope: "mail",
    guard: true,
    shows: both("Reply-To est la boîte demandée", "Reply-To is the box asked for"),
    look({ mail, run }, tell) {
      const steps = asked(mail, run);
      if (!every(steps, ({ replyTo }) => replyTo !== undefined) || mail.kind !== "message") return;
      const found = fields(mail, "reply-to").flatMap(({ flat }) =>
        mailboxes(flat).map(({ address }) => address.toLowerCase()),
      );
      const where = whereOf(mail, "Reply-To");
      if (steps.some(({ replyTo }) => found.includes(replyTo?.toLowerCase() ?? ""))) tell.ok(where);
      else
        tell.breach(
          both("Reply-To n'est pas la boîte de retour demandée.", "Reply-To is not the box that was asked for."),
          where,
        );
    },
  },
  {
    id: "fin-asked",
    rows: ["ECO.2.2.8"],
    scope: "mail",
    guard: true,
    shows: both("X-MSS-MES: FIN présent comme demandé", "X-MSS-MES: FIN as asked"),
    look({ mail, run }, tell) {
      if (mail.toPatients.length === 0 || mail.kind !== "message") return;
      if (!every(asked(mail, run), ({ fin }) => fin === true) && !finOfReply(mail, run)) return;
      const where = whereOf(mail, "X-MSS-MES");
      // An answer may also end the exchange by its subject (mes-fin).
      const bySubject = mail.subject?.trim() === "[FIN]" && asked(mail, run).length === 0;
      if (bySubject) return;
      if (field(mail, "x-mss-mes")) tell.ok(where);
      else
        tell.breach(
          both(
            "X-MSS-MES: FIN est absent alors qu'aucune réponse n'est attendue.",
            "X-MSS-MES: FIN is absent though no answer is wanted.",
          ),
          where,
        );
    },
  },
  {
    id: "replacement-asked",
    rows: ["AMBU.MSS-va1.02"],
    scope: "mail",
    guard: true,
    shows: both("L'action demandée figure dans les métadonnées", "The action asked for is in the metadata"),
    look({ mail, run }, tell) {
      const cdas = cdasOf(mail);
      const [first] = cdas ?? [];
      const steps = asked(mail, run).filter(({ documentAction }) => documentAction === "replace");
      if (!first || !bringsDocuments(mail) || steps.length === 0 || first.action === "replace") return;
      if (
        (first.cda.header.versionNumber ?? 1) < 2 &&
        !first.cda.header.relatedDocuments.some(({ typeCode }) => typeCode === "RPLC")
      )
        return;
      tell.breach(
        both(
          "La nouvelle version part sans l'action C (remplacement) dans les métadonnées, ou avec une autre.",
          "The new version leaves without action C (replacement) in the metadata, or with another.",
        ),
        whereOf(mail, "METADATA.XML"),
      );
    },
  },
  {
    id: "identity-not-qualified",
    rows: ["INS-va1.53"],
    scope: "mail",
    shows: both(
      "Identité non qualifiée : ni matricule ni OID de l'INS",
      "Identity not qualified: neither number nor OID of the INS",
    ),
    look({ mail, run }, tell) {
      if (
        !every(asked(mail, run), ({ identityStatus }) => identityStatus !== undefined && identityStatus !== "qualifiee")
      )
        return;
      const cdas = cdasOf(mail);
      if (!cdas) return;
      const told = cdas.some(
        ({ cda, entry }) =>
          cda.header.patient.ins !== null ||
          INS_OID.test([entry.patientId, entry.sourcePatientId, ...entry.sourcePatientInfo].join(" ")),
      );
      if (told)
        tell.breach(
          both(
            "L'identité n'est pas qualifiée, mais l'INS figure dans le CDA ou les métadonnées.",
            "The identity is not qualified and the INS is in the CDA or the metadata.",
          ),
          whereOf(mail, "IHE_XDM.ZIP"),
        );
      else if (mail.toPatients.length > 0)
        tell.breach(
          both(
            "L'identité n'est pas qualifiée, mais l'adresse de l'usager est formée de son INS.",
            "The identity is not qualified and the patient is addressed by the INS.",
          ),
          whereOf(mail, "RCPT"),
        );
      else tell.ok(whereOf(mail, "IHE_XDM.ZIP"));
    },
  },
  {
    id: "patient-opposed",
    rows: ["MSS-va1.20"],
    scope: "mail",
    shows: both(
      "L'usager qui s'y est opposé ne reçoit rien ; le professionnel reçoit le courriel",
      "The patient who opposed gets nothing; the professional does",
    ),
    look({ mail, run }, tell) {
      const steps = run.scenarios.get(run.current ?? "")?.steps ?? [];
      if (!steps.some((step) => step.action === "send" && step.opposePatient === true)) return;
      if (mail.toPatients.length > 0)
        tell.breach(
          both(
            "Un courriel est envoyé à l'usager qui s'y est opposé.",
            "A mail goes to the patient who has opposed it.",
          ),
          whereOf(mail, "RCPT"),
        );
      else tell.ok(whereOf(mail, "RCPT"));
    },
  },
  {
    id: "professionals-opposed",
    rows: ["MSS-va1.22"],
    scope: "mail",
    guard: true,
    shows: both(
      "Rien ne part entre professionnels sans acquittement",
      "Nothing leaves between professionals without acknowledgement",
    ),
    look({ mail, run }, tell) {
      const steps = asked(mail, run);
      if (
        mail.toProfessionals.length === 0 ||
        !every(steps, (step) => step.opposeProfessionals === true && step.expect === "refused")
      )
        return;
      tell.breach(
        both(
          "Un courriel part entre professionnels malgré l'opposition, non acquittée.",
          "A mail goes between professionals in spite of the opposition, not acknowledged.",
        ),
        whereOf(mail, "RCPT"),
      );
    },
  },
];
