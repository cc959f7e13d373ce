import type { Profile, ScenarioStep } from "../compliance/index.js";
import type { AutoReceipts, FaultScript, RefusalForm } from "../mock/index.js";
import type { PatientKey } from "./people.js";

export type DocumentKind = "biology" | "imaging" | "discharge" | "consultation";

/** A document that a scenario gives to the software, or sends to it. */
export interface DocumentPlan {
  kind: DocumentKind;
  patient: PatientKey;
  /** 1: a PDF in a CDA; 3: structured, with its PDF beside it. */
  level: 1 | 3;
  /** The document of this scenario that it is a new version of. */
  replaces?: string;
  /** Bytes of a level 1 that are added to its PDF, to make it large. */
  padding?: number;
}

/** A mail that is in a mailbox of the software under test from the beginning of the scenario on. */
export interface ArrivalPlan {
  from: string;
  /** What stands before the address; none for a patient whose mail says no name. */
  label?: string;
  to: string;
  /** Default `document` where it has documents, `patient` where a patient writes, else `mail`. */
  what?: string;
  /** Documents of the scenario, in an archive. */
  documents?: readonly string[];
  action?: "create" | "replace" | "delete";
  /** Of a mail without documents. */
  subject?: string;
  text: string;
  requestRead?: boolean;
  /** The receipt is asked for at an address that is not the sender's (RFC 8098 §2.1). */
  receiptTo?: string;
  replyTo?: string;
  fin?: boolean;
  /** The subject names this patient; the archive is of another (ECO.2.1.2). */
  subjectOf?: PatientKey;
  inReplyTo?: string;
  /** It is the receipt of a mail that the mailbox is said to have sent; it asks for a receipt all the same. */
  report?: true;
}

/** What the mock is set to when the scenario begins, and set back from when it ends. */
export type StageAct =
  | ({ do: "fault" } & FaultScript)
  | ({ do: "receipts" } & AutoReceipts)
  | { do: "size-limit"; bytes: number }
  | { do: "revocation"; state: "down" }
  /** Every token of the mailbox is refused; a new one can be had. */
  | { do: "renew-token"; mailbox: string }
  | { do: "end-sessions" }
  /**
   * The service records of the mailbox's domain name a host that does not answer: `dead-first` before the right one, by priority; `moved` alone,
   * until the question was asked once.
   */
  | { do: "srv"; mailbox: string; what: "dead-first" | "moved" };

/** What happens when the software under test has sent a mail. */
export interface Reaction {
  /** Only for this recipient. */
  to?: string;
  /** The n-th mail of the scenario for such a recipient, from 1. Default: each. */
  nth?: number;
  do:
    | { act: "read" }
    | { act: "integrate" }
    | { act: "refuse"; code: string; form?: RefusalForm }
    | { act: "report"; action: "delivered" | "delayed" | "failed"; status?: string }
    | { act: "answer"; text: string }
    | { act: "end-sessions" }
    | { act: "revocation"; state: "down" }
    | ({ act: "fault" } & FaultScript)
    | { act: "disconnect"; mailbox: string; bye?: string };
}

type Told<T> = T extends unknown ? { text: string; textEn: string; mailbox?: string } & T : never;
type Step<A extends ScenarioStep["action"]> = Extract<ScenarioStep, { action: A }>;
type Bare<T> = T extends unknown ? Omit<T, "text" | "textEn" | "mailbox" | "messageId" | "subject"> : never;

/** A step before its documents have a path and its mails an identifier. `mail`: name of an arrival of the scenario. */
export type StepPlan = Told<
  | (Omit<Bare<Step<"send">>, "documents"> & { documents: readonly string[] })
  | (Bare<Step<"read">> & { mail?: string })
  | (Bare<Step<"reply">> & { mail?: string })
  | (Bare<Step<"receipt">> & { mail?: string })
  | (Bare<Step<"delete">> & { mail?: string })
  | Bare<Step<"search">>
  | Bare<Step<"connect">>
  | Bare<Step<"wait">>
  | Bare<Step<"restart">>
  | Bare<Step<"attest">>
>;

/** A scenario as data: everything of it but paths, identifiers and dates, which each run makes. */
export interface ScenarioPlan {
  /** Stable: what `--scenario` takes. */
  id: string;
  title: string;
  titleEn: string;
  profiles: readonly Profile[];
  /** Ids of the rows of the catalogue that it shows. */
  requirements: readonly string[];
  /** Longest time that it may take. */
  seconds: number;
  /** Whose mailbox the software uses, where a step does not say another. */
  mailbox: string;
  documents?: Readonly<Record<string, DocumentPlan>>;
  arrivals?: Readonly<Record<string, ArrivalPlan>>;
  stage?: readonly StageAct[];
  reactions?: readonly Reaction[];
  steps: readonly StepPlan[];
}
