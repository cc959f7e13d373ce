import type { OperatorText } from "./operator-types.js";

export const frenchOperator: OperatorText = {
  title: (domain) => `Serveurs de messagerie pour ${domain}`,
  services: { imap: "Réception (IMAP)", smtp: "Envoi (SMTP)" },
  sources: { pinned: "fixé par la configuration", srv: "DNS SRV", autoconfig: "document autoconfig" },
  reasons: {
    outside_suffixes: "hors des noms admis (operator.hostSuffixes)",
    private_address: "à une adresse d'un réseau privé (network.allowedAddresses)",
    not_offered: "le domaine dit qu'il n'a pas ce service",
    implicit_tls: "offert en TLS implicite seulement ; MSSanté demande STARTTLS",
    clear_text: "offert sans TLS",
    invalid: "incorrect",
    not_found: "n'existe pas",
    unavailable: "réponse inutilisable",
    unreachable: "pas de réponse",
    redirect: "renvoie ailleurs, ce qui n'est pas suivi",
    too_large: "trop gros",
  },
  order: (priority, weight) => `priorité ${priority}, poids ${weight}`,
  none: "non trouvé",
  refused: "Demandé et non retenu",
  pin: "Sans découverte, nommez les serveurs dans la configuration (operator.imap, operator.smtp) ; l'opérateur les donne (pour Medimail : le Mipih).",
};
