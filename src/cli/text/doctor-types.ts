import type { AdviceCode, StepName } from "../../diagnosis/index.js";

/** The words of `doctor`. */
export interface DoctorText {
  title: (mailbox: string) => string;
  steps: Readonly<Record<StepName, string>>;
  notReached: string;
  viaProxy: string;
  issuedBy: string;
  daysLeft: (days: number) => string;
  revocation: Readonly<Record<"off" | "soft" | "strict", string>>;
  /** After STARTTLS, with what; none where the certificate speaks alone. */
  mechanism: (name: string) => string;
  ownCertificate: string;
  folders: (count: number) => string;
  messages: (count: number, unseen: number | undefined) => string;
  maxSize: (bytes: number) => string;
  noMaxSize: string;
  dsn: Readonly<Record<"yes" | "no", string>>;
  quota: (usage: number, limit: number) => string;
  quotaUnknown: string;
  firstFailure: string;
  whatToDo: string;
  allWell: (ms: number) => string;
  warnings: string;
  advice: Readonly<Record<AdviceCode, string>>;
  bundleWritten: (file: string) => string;
  bundle: {
    title: string;
    made: string;
    nothingSecret: string;
    configuration: string;
    steps: string;
    data: string;
  };
}
