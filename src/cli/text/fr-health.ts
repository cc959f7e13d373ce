import type { HealthCheck, HealthReason } from "../../supervision/index.js";
import type { HealthText } from "./health-types.js";

export const frenchHealth: HealthText = {
  title: (mailbox) => `État de santé de ${mailbox}`,
  names: {
    outbox: "Boîte d'envoi",
    service: "Service",
    queue: "File d'attente",
    operator: "Envoi",
    receipts: "Accusés",
    decisions: "Décisions",
    inbox: "Documents reçus",
    certificate: "Notre certificat",
    authorities: "Autorités",
    whiteList: "Liste blanche",
  },
  found: (check) => (check.reason === undefined ? well(check) : FOUND[check.reason](check)),
  advice: {
    store_unavailable:
      "Vérifiez le disque (place, droits) ou la base de données ; les courriels déjà enregistrés ne sont pas perdus.",
    nobody_delivers: "Démarrez le logiciel, ou « medimail outbox run » : ce qui est en attente partira alors.",
    delivery_paused: "Reprenez la transmission (delivery.resume) une fois la cause de la suspension levée.",
    mails_wait: "« medimail outbox list --state queued » montre ce que chaque courriel attend.",
    operator_fails: "Lancez « medimail doctor » : il indique la première étape en échec et que faire.",
    receipts_fail: "Lancez « medimail doctor » : il indique la première étape en échec et que faire.",
    outcome_unknown:
      "« medimail outbox list --state unknown » : demandez au destinataire, puis indiquez ce qu'il en est, ou renvoyez.",
    documents_aside: "Cherchez la cause dans le journal du logiciel, puis présentez-les à nouveau (inbox.retry).",
    certificate_expires:
      "Demandez dès maintenant un nouveau certificat à l'IGC-Santé, et faites-le connaître à l'opérateur avant la fin de l'ancien.",
    certificate_unusable:
      "Vérifiez auth.p12 (ou auth.cert et auth.key) et la phrase de passe ; « medimail doctor » en dit plus.",
    authorities_unusable: "Vérifiez les fichiers de tls.ca.",
    white_list_missing: "« medimail trust whitelist update » la télécharge.",
    white_list_outdated:
      "« medimail trust whitelist update » la télécharge ; en cas d'échec, vérifiez l'accès à son adresse.",
    white_list_unusable:
      "« medimail trust whitelist update » la télécharge à nouveau ; vérifiez les droits du fichier.",
  },
  summary: {
    ok: "Tout va bien.",
    warning: "À regarder par quelqu'un.",
    critical: "Quelque chose est bloqué, ou le sera bientôt.",
  },
  whatToDo: "À faire",
  metricsWritten: (file) => `Mesures écrites : ${file}`,
};

const FOUND: Readonly<Record<HealthReason, (check: HealthCheck) => string>> = {
  store_unavailable: ({ error }) => `la boîte d'envoi est inutilisable (${error})`,
  nobody_delivers: ({ last }) =>
    last === undefined
      ? "aucun processus n'a encore transmis depuis cette boîte d'envoi"
      : `aucun processus ne transmet ; dernier signe de vie le ${moment(last)}`,
  delivery_paused: () => "la transmission est suspendue",
  mails_wait: ({ counts, oldestMs = 0 }) =>
    `${many(counts?.due, "courriel aurait dû partir", "courriels auraient dû partir")}, le plus ancien depuis ${Math.floor(oldestMs / 60_000)} min`,
  operator_fails: (check) => `l'opérateur ne prend plus nos courriels ${failing(check)}`,
  receipts_fail: (check) => `la boîte ne peut plus être relevée pour les accusés ${failing(check)}`,
  outcome_unknown: ({ counts }) =>
    `${many(counts?.unknown, "destinataire dont on ignore", "destinataires dont on ignore")} si le courriel est parti : un accusé ou une personne le dira`,
  documents_aside: ({ counts }) =>
    `${many(counts?.aside, "document reçu, refusé par le logiciel et mis de côté", "documents reçus, refusés par le logiciel et mis de côté")}`,
  certificate_expires: ({ expires }) => `notre certificat prend fin le ${moment(expires)}`,
  certificate_unusable: ({ error }) => `notre certificat est inutilisable (${error})`,
  authorities_unusable: ({ error }) => `les autorités de tls.ca sont inutilisables (${error})`,
  white_list_missing: () => "la liste blanche n'est pas encore là : les destinataires ne sont pas contrôlés",
  white_list_outdated: ({ last }) =>
    `la liste blanche ${last === undefined ? "est sans date" : `date du ${moment(last)}`} : trop ancienne pour refuser un destinataire`,
  white_list_unusable: ({ error }) => `la liste blanche est inutilisable (${error})`,
};

function well({ name, counts = {}, last, expires }: HealthCheck): string {
  switch (name) {
    case "service":
      return last === undefined ? "" : `signe de vie le ${moment(last)}`;
    case "operator":
    case "receipts":
      return last === undefined ? "pas encore sollicité" : `dernier succès le ${moment(last)}`;
    case "queue":
      return `${counts.queued ?? 0} en attente, dont ${counts.due ?? 0} à transmettre maintenant`;
    case "certificate":
      return `jusqu'au ${moment(expires)}`;
    case "whiteList":
      return many(counts.domains, "domaine", "domaines");
    default:
      return "";
  }
}

const failing = ({ since, error = "internal" }: HealthCheck): string => `depuis le ${moment(since)} (${error})`;

const many = (count = 0, one: string, more: string): string => `${count} ${count > 1 ? more : one}`;

/** By the clock of the place: whoever reads it looks at that one. */
const moment = (iso: string | undefined): string =>
  iso === undefined ? "?" : new Date(iso).toLocaleString("fr-FR", { dateStyle: "short", timeStyle: "medium" });
