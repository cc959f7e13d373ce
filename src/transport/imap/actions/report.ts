import type { MedimailError } from "../../../errors.js";
import type { Place } from "../special.js";

/**
 * What became of a mail. `done`: as asked. `not_done`: it is as it was. `missing`: somebody else moved or deleted it before.
 * `copied`: asked to be moved, it is now in both folders. `unknown`: the session was lost in the middle and the mail could not be
 * looked at after.
 */
export type ActOutcome = "done" | "not_done" | "missing" | "copied" | "unknown";

export interface ActedMail {
  uid: number;
  outcome: ActOutcome;
  messageId?: string;
  /** Flags before the act. */
  flags: string[];
  /** In the folder it was brought to, where that is known. */
  newUid?: number;
}

/** What an act on mails of one folder did. */
export interface ActReport {
  folder: Place & { uidValidity: string };
  destination?: Place & { uidValidity?: string };
  mails: ActedMail[];
  /** The server's answer, or our code where there was none: for the traces (ECO.4.1.2). */
  answer: string;
  /** Why something is not done. */
  error?: MedimailError;
}
