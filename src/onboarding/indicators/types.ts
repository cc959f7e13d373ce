import type { Activity, InboxState, ReceivedCount } from "../../seams/index.js";

export type PeriodName = "day" | "week" | "month";

/** What is counted, and when. */
export interface IndicatorQuery {
  /** First day, `YYYY-MM-DD`, in the time zone. */
  since: string;
  /** Day after the last, `YYYY-MM-DD`. */
  until: string;
  /** Default: days up to 45 of them, weeks up to 200 days, else months. Weeks begin on Monday. */
  period?: PeriodName;
  /** IANA name. Default `Europe/Paris`. */
  timeZone?: string;
}

export interface Period {
  /** First day. */
  from: string;
  /** Last day, included. */
  to: string;
  /** ms since 1970, start included, end excluded. */
  start: number;
  end: number;
}

/** A query made exact: what to ask a store for, and where each answer belongs. */
export interface IndicatorPlan {
  since: string;
  until: string;
  period: PeriodName;
  timeZone: string;
  periods: readonly Period[];
  /** Of the stores' counts: no step crosses the border of a day. */
  stepMs: number;
}

/** What the stores answered. */
export interface ActivityRows extends Activity {
  received: readonly ReceivedCount[];
  /** Mails in the mailbox by who wrote them, where they were counted. */
  mailbox?: Readonly<Record<"professional" | "patient" | "receipt" | "service", number>>;
}

/** `create`, `replace`, `delete`: sendings of documents; `mail`: written mails; `receipt`, `failure`: answers of our software. */
export type SentType = "create" | "replace" | "delete" | "mail" | "receipt" | "failure";

/**
 * Recipients, by what became of what they were sent. Each later state counts in those before it: who has integrated has also read, received and been
 * accepted; who refused has received.
 */
export interface Outcomes {
  /** Submitted and not withdrawn. */
  sent: number;
  accepted: number;
  delivered: number;
  /** Read by a person, or integrated by the software. */
  read: number;
  integrated: number;
  /** The recipient's software did not integrate it. */
  refused: number;
  failed: number;
  /** Not known whether the operator took it. */
  unknown: number;
  /** Still in the outbox. */
  waiting: number;
  cancelled: number;
}

export interface IndicatorCell extends Outcomes {
  type: SentType;
  recipient: "professional" | "patient";
}

/** Activity of a mailbox (guide, part 3: indicators of the administrator). Numbers alone: no person, no document, no address but the mailbox's own. */
export interface ActivityIndicators {
  mailbox?: string;
  since: string;
  /** Day after the last. */
  until: string;
  period: PeriodName;
  timeZone: string;
  /** Sendings of documents and mails; answers of our software are in `byType` only. */
  totals: Outcomes & { mails: number; bytes: number; largestMailBytes: number };
  /** Shares (0 to 1) of what has left; null where nothing has. */
  rates: Record<"delivered" | "read" | "integrated" | "refused" | "failed", number | null>;
  byType: readonly IndicatorCell[];
  byPeriod: readonly (Outcomes & {
    from: string;
    to: string;
    mails: number;
    bytes: number;
    receivedDocuments: number;
  })[];
  /** Each type in each period: what the CSV holds. */
  cells: readonly (IndicatorCell & { from: string; to: string })[];
  /** Most frequent first. */
  reasons: readonly { outcome: "refused" | "failed"; reason: string; recipients: number }[];
  receipts: readonly { kind: "dsn" | "mdn" | "ko"; matched: number; unmatched: number }[];
  received: {
    documents: Readonly<Record<InboxState, number>>;
    mails?: Readonly<Record<"professional" | "patient" | "receipt" | "service", number>>;
  };
}
