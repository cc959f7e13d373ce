import type { FactSource, MailService } from "../discovery/index.js";
import type { ErrorCode } from "../errors.js";

/** From the name to the mailbox, in this order (CLI.md); `folders` is of IMAP alone. */
export const STEPS = [
  "resolved",
  "connected",
  "tls",
  "chain",
  "revocation",
  "authenticated",
  "folders",
  "limits",
] as const;
export type StepName = (typeof STEPS)[number];

/** `warning`: it works, and a person should know. `skipped`: not reached. */
export type StepState = "ok" | "warning" | "failed" | "skipped";

/** What a person is to do. Stable; the words are of the command. */
export type AdviceCode =
  | "check_dns"
  | "pin_hosts"
  | "host_suffixes"
  | "allowed_addresses"
  | "open_port"
  | "check_service"
  | "allow_network"
  | "check_proxy"
  | "tls_stripped"
  | "tls_profile"
  | "add_authority"
  | "certificate_dates"
  | "certificate_name"
  | "certificate_revoked"
  | "server_certificate"
  | "revocation_sources"
  | "revocation_off"
  | "own_certificate"
  | "own_certificate_refused"
  | "own_certificate_expiry"
  | "server_certificate_expiry"
  | "token_refused"
  | "login"
  | "credentials_refused"
  | "secret_missing"
  | "operator_fault"
  | "no_delivery_receipts"
  | "quota_nearly_full";

/** A certificate as it was seen, without its key. */
export interface CertificateSeen {
  subject: string;
  issuer: string;
  notBefore: string;
  notAfter: string;
  /** Whole days until it expires; negative afterwards. */
  daysLeft: number;
  names: string[];
  fingerprint256: string;
}

/** What was seen in a step. Nothing of a mail, no name of a folder, no secret: it is made to be sent. */
export interface Seen {
  source?: FactSource;
  from?: string;
  /** `host:port`, in the order in which they are tried. */
  hosts?: string[];
  addresses?: string[];
  /** The proxy resolves the name, or opens the connection. */
  viaProxy?: boolean;
  version?: string;
  cipher?: string;
  certificate?: CertificateSeen;
  revocation?: string;
  mechanism?: string;
  clientCertificate?: CertificateSeen;
  capabilities?: string[];
  folders?: number;
  roles?: string[];
  messages?: number;
  unseen?: number;
  /** Bytes; 0 where the server sets no limit. */
  maxSize?: number;
  dsn?: boolean;
  /** Bytes. */
  quota?: { usage: number; limit: number };
}

export interface StepError {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  requirement?: string;
  hint?: string;
}

export interface Step {
  service: MailService;
  step: StepName;
  state: StepState;
  /** How long it took; absent where it is part of the step before (chain, revocation), or was not reached. */
  ms?: number;
  seen: Seen;
  error?: StepError;
  advice?: AdviceCode;
}

export interface Diagnosis {
  /** No step has failed. */
  ok: boolean;
  mailbox: string;
  startedAt: string;
  ms: number;
  steps: Step[];
  /** The first that failed, in the order of the steps: what is to be mended first. */
  firstFailure?: Step;
  /** The caller gave up, or the time was over: what comes after was not tried. */
  interrupted?: true;
}
