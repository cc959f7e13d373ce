/** Words of the documents that `onboarding` gives: sheet, certificate, indicators, templates. */
export const englishPapers = {
  commands: {
    "onboarding sheet": "the connector's technical sheet for Mipih, filled from the configuration",
    "onboarding certificate": "how the certificate of an APP mailbox is ordered, and when it is to be renewed",
    "onboarding indicators": "activity: sent, delivered, read, integrated, refused, without health data",
    "onboarding template": "texts to complete: footer, banner, notice, booklet, register, correspondents",
  },
  options: {
    use: "use: documents sent on validation (sending), mailbox module (mailbox)",
    "source-address": "address as Mipih sees it: that of the way out to the internet",
    contact: "contact: referent, administrator, technical, publisher, emergency",
    "mails-per-day": "mails a day, on average, declared",
    "mails-busiest-day": "mails on the busiest day, declared",
    "largest-mail": "largest mail in bytes, declared",
    measure: "measures the volumes in the outbox, over so many days",
    period: "period: day, week or month",
    "time-zone": "time zone of the days (default Europe/Paris)",
    "count-mailbox": "counts the mails of the inbox too, on the server",
    set: "value of a field: structure, mailbox, dpo, date…",
  },
  toComplete: "To complete",
};
