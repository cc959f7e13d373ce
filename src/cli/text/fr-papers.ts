/** Words of the documents that `onboarding` gives: sheet, certificate, indicators, templates. */
export const frenchPapers = {
  commands: {
    "onboarding sheet": "donne la fiche technique du connecteur pour le Mipih, remplie d'après la configuration",
    "onboarding certificate":
      "explique comment commander le certificat de la boîte applicative, et quand le renouveler",
    "onboarding indicators":
      "donne les indicateurs d'activité : envoyés, remis, lus, intégrés, refusés, sans donnée de santé",
    "onboarding template": "donne un texte à compléter : footer, banner, notice, booklet, register, correspondents",
  },
  options: {
    use: "usage : envoi à la validation (sending), module de messagerie (mailbox)",
    "source-address": "adresse IP vue par le Mipih : celle de la sortie sur Internet",
    contact: "contact : referent, administrator, technical, publisher, emergency",
    "mails-per-day": "courriels par jour, en moyenne, déclarés",
    "mails-busiest-day": "courriels le jour le plus chargé, déclarés",
    "largest-mail": "plus gros courriel, en octets, déclaré",
    measure: "mesure les volumes dans la boîte d'envoi, sur ce nombre de jours",
    period: "période : jour, semaine ou mois",
    "time-zone": "fuseau horaire des jours (Europe/Paris par défaut)",
    "count-mailbox": "compte aussi les courriels de la boîte de réception, sur le serveur",
    set: "valeur d'un champ : structure, mailbox, dpo, date…",
  },
  toComplete: "À compléter",
};
