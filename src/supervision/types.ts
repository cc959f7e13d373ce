import type { ErrorCode } from "../error-codes.js";

/** `ok`: nothing to do. `warning`: somebody should look, nothing stands still. `critical`: mails or receipts stand still, or will soon. */
export type HealthStatus = "ok" | "warning" | "critical";

export type HealthCheckName =
  /** The outbox can be opened, read and written. */
  | "outbox"
  /** Some process delivers the mails of this mailbox. */
  | "service"
  /** What is due leaves. */
  | "queue"
  /** The operator takes mails from us. */
  | "operator"
  /** The operator lets us look for receipts. */
  | "receipts"
  /** Nothing waits for a person to say what became of it. */
  | "decisions"
  /** Documents that came in are taken by the software. */
  | "inbox"
  /** Ours, which we show to the operator. */
  | "certificate"
  /** Those that the operator's certificate is checked against. */
  | "authorities"
  /** Of the trust space. */
  | "whiteList";

/** Why a check is not `ok`. */
export type HealthReason =
  | "store_unavailable"
  | "nobody_delivers"
  | "delivery_paused"
  | "mails_wait"
  | "operator_fails"
  | "receipts_fail"
  | "outcome_unknown"
  | "documents_aside"
  | "certificate_expires"
  | "certificate_unusable"
  | "authorities_unusable"
  | "white_list_missing"
  | "white_list_outdated"
  | "white_list_unusable";

/** One thing that was looked at. Times are ISO 8601 (UTC). */
export interface HealthCheck {
  name: HealthCheckName;
  status: HealthStatus;
  /** Stable. Absent where the status is `ok`. */
  reason?: HealthReason;
  /** In English; it may change. */
  message: string;
  /** What it fails with. */
  error?: ErrorCode;
  /** It fails since then. */
  since?: string;
  /** `service`: its last sign of life. `operator`, `receipts`: the last success. `whiteList`: when its publisher last confirmed it. */
  last?: string;
  /** `certificate`: its end. */
  expires?: string;
  /** `queue`: for how long the oldest mail has been due, ms. */
  oldestMs?: number;
  /**
   * `queue`: the recipients in each state, and `due`, the mails that should have left. `decisions`: `unknown` recipients, and `unmatchedReceipts` (which are
   * only told). `inbox`: documents set `aside`, 100 at most. `whiteList`: `domains`.
   */
  counts?: Readonly<Record<string, number>>;
}

/** What a supervision asks for: see `Connector.health`. */
export interface Health {
  /** The worst of the checks. */
  status: HealthStatus;
  mailbox: string;
  at: string;
  checks: HealthCheck[];
}

/** From when on something is worth a call. Times in ms. */
export interface HealthLimits {
  /** For how long the oldest due mail has waited. Default 15 min and 2 h. */
  queue: { warningMs: number; criticalMs: number };
  /** For how long the operator has failed, by SMTP or by IMAP. What no waiting mends is critical at once. Default 5 min and 1 h. */
  failing: { warningMs: number; criticalMs: number };
  /** Days until our certificate ends. Default 30 and 7. */
  certificate: { warningDays: number; criticalDays: number };
}

/** How one of the operator's services answers us, ms since 1970. */
export interface LineState {
  /** Its last success. */
  okAt?: number;
  failing?: {
    since: number;
    code: ErrorCode;
    /** No waiting mends it. */
    final: boolean;
  };
}

/** What the process that serves a mailbox notes of itself in the outbox, at least each minute. */
export interface ServiceNote {
  at: number;
  paused: boolean;
  operator: LineState;
  receipts: LineState;
}

/** What is judged. Absent: not known, or not there. */
export interface HealthFacts {
  now: number;
  mailbox: string;
  /** The outbox cannot be opened, read or written. */
  storeError?: ErrorCode;
  stats?: {
    byState: Readonly<Record<string, number>>;
    due: number;
    oldestDueMs: number;
    unmatchedReceipts: number;
  };
  note?: ServiceNote;
  aside?: number;
  certificate?: { notAfter: number } | { error: ErrorCode };
  authorities: { error?: ErrorCode };
  whiteList?: { outdated: boolean; domains: number; confirmedAt?: string } | { error?: ErrorCode };
}
