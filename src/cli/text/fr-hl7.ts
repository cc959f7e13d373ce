import type { Hl7Text } from "./hl7-types.js";

export const frenchHl7: Hl7Text = {
  from: "De",
  to: "À",
  action: "Action",
  document: "Document",
  bytes: (count) => `${count.toLocaleString("fr-FR")} octets`,
  recipient: "Destinataire",
  actor: "Demandé par",
  replyTo: "Réponse à",
  flags: "Indicateurs",
  none: "aucun",
  listening: (host, port) => `Les ordres HL7 v2 sont pris à ${host}, port ${port} (MLLP). Arrêt par Ctrl+C.`,
  message: "message",
  told: "accusé transmis",
  nobody: "aucun destinataire MSSanté",
};
