import type { FactSource, MailService, RefusalReason } from "../../discovery/index.js";

/** The words of `discover`. */
export interface OperatorText {
  title: (domain: string) => string;
  services: Readonly<Record<MailService, string>>;
  sources: Readonly<Record<FactSource, string>>;
  reasons: Readonly<Record<RefusalReason, string>>;
  order: (priority: number, weight: number) => string;
  none: string;
  refused: string;
  /** What to do where a service was not found. */
  pin: string;
}
