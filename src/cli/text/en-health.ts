import type { HealthCheck } from "../../supervision/index.js";
import type { HealthText } from "./health-types.js";

export const englishHealth: HealthText = {
  title: (mailbox) => `Health of ${mailbox}`,
  names: {
    outbox: "Outbox",
    service: "Service",
    queue: "Queue",
    operator: "Sending",
    receipts: "Receipts",
    decisions: "Decisions",
    inbox: "Documents received",
    certificate: "Our certificate",
    authorities: "Authorities",
    whiteList: "White list",
  },
  found: (check) => (check.reason === undefined ? well(check) : check.message),
  advice: {
    store_unavailable: "Look at the disk (room, rights) or at the database; mails that are stored are not lost.",
    nobody_delivers: "Start the software, or `medimail outbox run`; what is queued leaves then.",
    delivery_paused: "Resume the delivery (delivery.resume) once what it was paused for is over.",
    mails_wait: "`medimail outbox list --state queued` shows what each of them waits for.",
    operator_fails: "Run `medimail doctor`: it tells the first step that fails, and what to do.",
    receipts_fail: "Run `medimail doctor`: it tells the first step that fails, and what to do.",
    outcome_unknown:
      "`medimail outbox list --state unknown`: ask the recipient, then say what became of it, or send again.",
    documents_aside: "Look at the log of the software for the cause, then hand them over again (inbox.retry).",
    certificate_expires: "Ask IGC-Santé for a new one now, and have the operator know it before the old one ends.",
    certificate_unusable: "Check auth.p12 (or auth.cert, auth.key) and its passphrase; `medimail doctor` says more.",
    authorities_unusable: "Check the files of tls.ca.",
    white_list_missing: "`medimail trust whitelist update` fetches it.",
    white_list_outdated:
      "`medimail trust whitelist update` fetches it; where that fails, look at the access to its address.",
    white_list_unusable: "`medimail trust whitelist update` fetches it anew; look at the rights of the file.",
  },
  summary: {
    ok: "All is well.",
    warning: "Somebody should look at this.",
    critical: "Something stands still, or will soon.",
  },
  whatToDo: "What to do",
  metricsWritten: (file) => `Metrics written: ${file}`,
};

function well({ name, counts = {}, last, expires }: HealthCheck): string {
  switch (name) {
    case "service":
      return last === undefined ? "" : `heard at ${last}`;
    case "operator":
    case "receipts":
      return last === undefined ? "not asked yet" : `last success ${last}`;
    case "queue":
      return `${counts.queued ?? 0} queued, ${counts.due ?? 0} due`;
    case "certificate":
      return `ends at ${expires}`;
    case "whiteList":
      return `${counts.domains ?? 0} domains`;
    default:
      return "";
  }
}
