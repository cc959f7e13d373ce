/** Obligation: `M` mandatory; `M*` mandatory for GP software in Ségur wave 2, other profiles not seen; `O` optional; `?` unknown. */
export type Obligation = "M" | "M*" | "O" | "?";

/** Who can see that a requirement is met: a test server, a person at the screen, someone who declares it; or nothing to judge. */
export type SeenBy = "program" | "screen" | "declared" | "information";

/**
 * One row of the catalogue: a requirement of a MSSanté client, in words of ours. No official text is quoted: `source` says where the
 * fact was read and how certain it is (`C` certain, `I` inferred from a third party's restatement, `U` uncertain).
 */
export interface Requirement {
  /** The row's first code, made fit for a file name: what reports call `code`. */
  id: string;
  /** Every code that stands for the same obligation. */
  codes: readonly string[];
  section: number;
  en: string;
  fr: string;
  /** `ALL`, `IHM` (screens on PER and ORG boxes), `APP` (unattended), `SEND`, `RECV`, or a kind of product. */
  profiles: string;
  obligation: Obligation;
  /** What an operator that sees the client from outside can look at. */
  observe: string;
  seen: readonly SeenBy[];
  source: string;
}

/**
 * How far this version goes. `met`: code and a test exist. `partly`: some of it does, and `how` says what is missing. `caller`: the
 * publisher, his operator or his organisation must do it. `later`: planned, absent today. `not-applicable`: nothing for a connector to do.
 */
export type CoverageStatus = "met" | "partly" | "caller" | "later" | "not-applicable";

export interface Coverage {
  status: CoverageStatus;
  /** One plain sentence. */
  how: string;
  /** Files or rooms of `src/`. */
  where: readonly string[];
  /** Files of `test/`. */
  tests: readonly string[];
}

/**
 * What is said of a requirement. Never `pass` by silence: without an observation that could have failed it is `not-observed`, or
 * `to-declare` where no program can see it; `declared` where somebody did.
 */
export type Verdict = "pass" | "fail" | "not-observed" | "to-declare" | "declared" | "not-applicable";

/** A sentence in the two languages of the reports. */
export interface Both {
  fr: string;
  en: string;
}

export interface Evidence {
  /** What was seen, in one sentence, with what was expected where something is wrong. */
  what: string;
  /** Which mail, line or field: `mail <id@x>, Subject`, `smtp-3, ligne 12`. */
  where: string;
  at: string;
}

/** What one check says of a row: what makes the verdict, so that a report shows what was looked at and what was not. */
export interface CheckOutcome {
  /** Stable id of the check. */
  check: string;
  outcome: "ok" | "breach" | "not-observed" | "error";
  /** How many times it was looked at, and how many of them were wrong. */
  seen: number;
  wrong: number;
}

/** One line of a report: a row of the catalogue and what is said of it. */
export interface RequirementResult {
  /** The row's id. */
  code: string;
  codes: readonly string[];
  title: string;
  obligation: Obligation;
  certainty: "C" | "I" | "U";
  verdict: Verdict;
  /** At most ten where it fails, three where it passes. */
  evidence: readonly Evidence[];
  checks: readonly CheckOutcome[];
  /** Where somebody has to declare: what to attest, what to join, and why no program sees it. */
  attest?: { question: string; evidence: string; reason: string };
}

/** How many rows have each verdict. */
export interface Summary {
  pass: number;
  fail: number;
  notObserved: number;
  toDeclare: number;
  declared: number;
  notApplicable: number;
}

/** What somebody declares of a row that no program can see. */
export interface Declaration {
  /** The row's id or any of its codes. */
  code: string;
  signer: string;
  /** ISO 8601. */
  date: string;
  /** What is declared; where the row does not apply to the product, why. */
  statement?: string;
  /** `not-applicable`: the row does not concern the product, and `statement` says why. Default `met`. */
  answer?: "met" | "not-applicable";
  attachments?: readonly string[];
}

/** Kinds of product that a report is made for (CLI.md). */
export type Profile = "sending" | "mailbox" | "pfi" | "lis" | "ris" | "gp" | "hospital" | "nursing-home" | "all";

/**
 * What somebody who drives a connector is asked to do, one step: a person reads `text`, a program does `action` with what stands
 * beside it. `mailbox` is as whom. Paths are absolute.
 */
export type ScenarioStep = { text: string; textEn: string; mailbox?: string } & (
  | {
      action: "send";
      to: readonly string[];
      documents: readonly { cda: string; pdf?: string }[];
      documentAction?: "create" | "replace" | "delete";
      identityStatus?: "qualifiee" | "validee" | "recuperee" | "provisoire";
      confidentiality?: readonly string[];
      requestDelivery?: boolean;
      requestRead?: boolean;
      replyTo?: string;
      fin?: boolean;
      opposePatient?: boolean;
      opposeProfessionals?: boolean;
      /** What must become of it: it leaves (default), the software refuses it, or it waits for a server that is ill. */
      expect?: "sent" | "refused" | "waiting";
    }
  | { action: "read"; messageId?: string; subject?: string }
  | { action: "reply"; messageId?: string; subject?: string; body: string; fin?: boolean }
  | {
      action: "receipt";
      messageId?: string;
      subject?: string;
      disposition: "displayed" | "processed" | "error";
      code?: string;
    }
  | { action: "delete"; messageId?: string; subject?: string }
  | { action: "search"; query: Readonly<Record<string, string>>; then?: "send" }
  | { action: "connect" }
  | { action: "wait"; seconds: number }
  | { action: "restart" }
  | { action: "attest"; question: string }
);

/** A piece of work that shows some requirements. */
export interface Scenario {
  id: string;
  title: string;
  titleEn: string;
  profiles: readonly Profile[];
  /** Ids of the rows that it shows. */
  requirements: readonly string[];
  steps: readonly ScenarioStep[];
  /** Longest time that it may take. */
  seconds: number;
}
