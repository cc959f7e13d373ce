import type { OperatorText } from "./operator-types.js";

export const frenchOperator: OperatorText = {
  title: (domain) => `Serveurs de messagerie pour ${domain}`,
  services: { imap: "Réception (IMAP)", smtp: "Envoi (SMTP)" },
  sources: { pinned: "fixé par la configuration", srv: "DNS SRV", autoconfig: "document autoconfig" },
  reasons: {
    outside_suffixes: "hors des domaines admis (operator.hostSuffixes)",
    private_address: "adresse d'un réseau privé (network.allowedAddresses)",
    not_offered: "le domaine déclare ne pas avoir ce service",
    implicit_tls: "proposé en TLS implicite seulement ; MSSanté impose STARTTLS",
    clear_text: "proposé sans TLS",
    invalid: "incorrect",
    not_found: "n'existe pas",
    unavailable: "réponse inutilisable",
    unreachable: "pas de réponse",
    redirect: "redirection non suivie",
    too_large: "réponse trop volumineuse",
  },
  order: (priority, weight) => `priorité ${priority}, poids ${weight}`,
  none: "non trouvé",
  refused: "Consulté et non retenu",
  pin: "Sans découverte, indiquez les serveurs dans la configuration (operator.imap, operator.smtp) ; l'opérateur les communique (pour Medimail : le Mipih).",
};
