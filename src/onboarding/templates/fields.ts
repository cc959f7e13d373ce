import type { Bilingual } from "../text.js";
import { say } from "../text.js";
import type { TemplateField } from "./types.js";

/** What a field holds; shown in its place while it is blank. */
export const FIELD_LABELS: Readonly<Record<TemplateField, Bilingual>> = {
  structure: say("nom de la structure", "name of the structure"),
  address: say("adresse postale de la structure", "postal address of the structure"),
  finess: say("n° FINESS", "FINESS number"),
  siret: say("n° SIRET", "SIRET number"),
  mailbox: say("adresse MSSanté", "MSSanté address"),
  domain: say("domaine MSSanté", "MSSanté domain"),
  phone: say("téléphone", "telephone"),
  service: say("service", "service"),
  controller: say("représentant légal de la structure", "legal representative of the structure"),
  dpo: say("coordonnées du délégué à la protection des données", "contact of the data protection officer"),
  referent: say("référent du projet", "who is in charge of the project"),
  software: say("logiciel métier", "business software"),
  publisher: say("éditeur du logiciel", "publisher of the software"),
  host: say("hébergeur de données de santé (HDS) du logiciel", "health data host (HDS) of the software"),
  retention: say("durée de conservation des courriels dans les boîtes", "how long mails are kept in the mailboxes"),
  outboxRetention: say("durée dans la boîte d'envoi du connecteur", "how long content stays in the connector's outbox"),
  traceRetention: say("durée de conservation des traces", "how long traces are kept"),
  date: say("date", "date"),
};
