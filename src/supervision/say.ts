import type { HealthCheck, HealthReason } from "./types.js";

type Said = Omit<HealthCheck, "message">;

export const isoTime = (ms: number): string => new Date(ms).toISOString();

const count = (check: Said, name: string): number => check.counts?.[name] ?? 0;

const minutes = ({ oldestMs = 0 }: Said): number => Math.floor(oldestMs / 60_000);

const failing = ({ since = "", error = "internal" }: Said): string => `since ${since} (${error})`;

const SAID: Readonly<Record<HealthReason, (check: Said) => string>> = {
  store_unavailable: ({ error }) => `the outbox cannot be used (${error})`,
  nobody_delivers: ({ last }) =>
    last === undefined
      ? "no process has delivered from this outbox yet"
      : `no process delivers; the last one was heard at ${last}`,
  delivery_paused: () => "the delivery is paused",
  mails_wait: (check) => `${count(check, "due")} mails should have left, the oldest ${minutes(check)} minutes ago`,
  operator_fails: (check) => `the operator takes no mail from us ${failing(check)}`,
  receipts_fail: (check) => `the mailbox cannot be looked at for receipts ${failing(check)}`,
  outcome_unknown: (check) =>
    `of ${count(check, "unknown")} recipients it is not known whether the mail left: receipts or a person will say`,
  documents_aside: (check) => `${count(check, "aside")} documents received were refused by the software and set aside`,
  certificate_expires: ({ expires }) => `our certificate ends at ${expires}`,
  certificate_unusable: ({ error }) => `our certificate cannot be used (${error})`,
  authorities_unusable: ({ error }) => `the authorities of tls.ca cannot be used (${error})`,
  white_list_missing: () => "the white list is not there yet: recipients are not checked against it",
  white_list_outdated: ({ last }) => `the white list is of ${last ?? "an unknown time"}: too old to refuse a recipient`,
  white_list_unusable: ({ error }) => `the white list cannot be used (${error})`,
};

/** A check in one English sentence. */
export const sayCheck = (check: Said): string =>
  check.reason === undefined ? "all is well" : SAID[check.reason](check);
