import type { Observation } from "../../seams/observations.js";
import type { RunRecord } from "../judge/run.js";
import type { SmtpTransaction, WatchedSession } from "../judge/session.js";
import type { SentMail } from "../mail/sent-mail.js";
import type { Both } from "../types.js";

/** Where in what was observed: a mail and its field, a connection and its line. Language-free but for the word of the field. */
export interface Tell {
  /** Something that could have been wrong was right. */
  ok(where: string, at?: string): void;
  /** The requirement is broken: what was found, and what was expected. */
  breach(what: Both, where: string, at?: string): void;
}

/** What a mail is judged with: the connection that it came by, and what the run knows so far. */
export interface MailContext {
  mail: SentMail;
  run: RunRecord;
  /** The session that it was handed over in, where it is known. */
  session: WatchedSession | undefined;
}

interface Common {
  /** Stable: reports, tests and docs name it. */
  id: string;
  /** Rows of the catalogue that it proves or breaks. */
  rows: readonly string[];
  /** What it shows where all is well, in one sentence. */
  shows: Both;
  /**
   * It can break its rows, but what it sees when all is well is not enough to say that they are met (a name that is not refused
   * says nothing of what would be). Default false.
   */
  guard?: boolean;
}

/** A pure function over what was observed. It looks at its own aspect only: what it needs and cannot read is another check's to tell. */
export type Check = Common &
  (
    | { scope: "mail"; look: (context: MailContext, tell: Tell) => void }
    | {
        scope: "transaction";
        look: (transaction: SmtpTransaction, session: WatchedSession, tell: Tell, run: RunRecord) => void;
      }
    | { scope: "session"; look: (session: WatchedSession, tell: Tell, run: RunRecord) => void }
    | { scope: "run"; look: (run: RunRecord, tell: Tell) => void }
  );

export type { Observation };

/** A sentence in both languages. */
export const both = (fr: string, en: string): Both => ({ fr, en });
