import type { ErrorCode } from "../../errors.js";
import type { ActOutcome, Agreement, MailKind, Seen } from "../../mailbox/index.js";
import type { SubmissionEventName } from "../../seams/index.js";
import type { ExaminedCheck } from "../../trust/index.js";
import type { XdmAction } from "../../xdm/types.js";
import type { DirectoryText } from "./directory-types.js";
import type { DoctorText } from "./doctor-types.js";
import type { HealthText } from "./health-types.js";
import type { Hl7Text } from "./hl7-types.js";
import type { OnboardingText } from "./onboarding-types.js";
import type { OperatorText } from "./operator-types.js";

export type Lang = "fr" | "en";

/** The words of the command in one language. JSON keys, codes and option names are the same in all. */
export interface Text {
  lang: Lang;
  tagline: string;
  usage: string;
  command: string;
  example: string;
  globalOptions: string;
  notServed: string;
  exitCodes: string;
  error: string;
  /** What stands before a colon: French puts a space. */
  colon: string;
  warning: string;
  requirement: string;
  hint: string;
  commands: Readonly<Record<string, { summary: string; example: string }>>;
  options: Readonly<Record<string, string>>;
  errors: Readonly<Partial<Record<ErrorCode, string>>>;
  /** A line that an error says beside its title, or a warning, in this language where it is known. */
  detail: (line: string) => string;
  events: Readonly<Record<SubmissionEventName, string>>;
  actions: Readonly<Record<XdmAction | "mail", string>>;
  integrity: Readonly<Record<"present" | "missing" | "ok" | "mismatch" | "absent", string>>;
  mailKinds: Readonly<Record<MailKind, string>>;
  actOutcomes: Readonly<Record<ActOutcome, string>>;
  seen: Readonly<Record<Seen, string>>;
  agreements: Readonly<Record<Agreement, string>>;
  confirmOnCard: (code: string) => string;
  integrated: string;
  mail: Readonly<Record<"from" | "to" | "cc" | "subject" | "attachments" | "truncated", string>>;
  view: ViewText;
  directory: DirectoryText;
  operator: OperatorText;
  doctor: DoctorText;
  health: HealthText;
  hl7: Hl7Text;
  trust: TrustText;
  onboarding: OnboardingText;
  papers: { toComplete: string };
  demo: DemoText;
}

export interface TrustText {
  inside: string;
  outside: string;
  unknown: string;
  noList: (file: string) => string;
  outdated: (date: string) => string;
  updated: string;
  unchanged: string;
  domains: (count: number, date: string | undefined) => string;
  checks: Readonly<Record<ExaminedCheck["id"], string>>;
  issuedBy: string;
  validFrom: (from: string, to: string, daysLeft: number) => string;
  accepted: string;
  refused: string;
}

export interface ViewText {
  title: string;
  type: string;
  document: string;
  version: string;
  date: string;
  patient: string;
  born: string;
  ins: string;
  author: string;
  signatory: string;
  custodian: string;
  confidentiality: string;
  body: string;
  bytes: string;
  size: string;
  none: string;
  submissionSet: string;
  source: string;
  contentType: string;
  file: string;
  action: string;
  integrity: string;
  written: string;
  outboxEmpty: string;
  submission: string;
  due: string;
  oldest: string;
  seconds: string;
  unmatched: string;
  attempts: (count: number) => string;
  mockReady: string;
  mockStop: string;
  mockPage: string;
  mailboxes: string;
  workerStarted: string;
  outboxWaits: string;
  restored: (count: number) => string;
  watchStarted: string;
  watchInterrupted: (why: string) => string;
  watchResumed: string;
  watchReset: (folder: string) => string;
  watchStopped: string;
}

export interface DemoText {
  title: string;
  fictional: string;
  mock: (smtp: string, imap: string) => string;
  level1: (bytes: number) => string;
  level3: (bytes: number) => string;
  packed: (documents: number, bytes: number) => string;
  submitted: (recipients: number) => string;
  state: (event: SubmissionEventName, who: "professional" | "patient") => string;
  tls: (version: string) => string;
  mailbox: string;
  opened: (documents: number) => string;
  /** The text of the answer that is sent. */
  answer: string;
  answered: string;
  traces: (count: number) => string;
  done: (ms: number) => string;
  next: string;
}
