import type { Clock } from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import type { Lookup } from "../key-check.js";
import type { SubmissionKeys } from "../outbox/context.js";
import { FIND_SUBMISSION, noSubmission } from "../outbox/context.js";
import type { PgSql, Texts } from "./driver.js";
import type { Estate } from "./workers.js";
import type { PgWriteQueue } from "./write-queue.js";

/** What the parts of the store share. */
export interface PgContext {
  /** Readings, each on any connection. A change goes through the queue. */
  sql: PgSql;
  queue: PgWriteQueue;
  texts: Texts;
  cipher: ContentCipher;
  lookup: Lookup;
  clock: Clock;
  storeId: string;
  /** Written as the lease's end, for rows whose owner is not in the table of workers. */
  leaseMs: number;
  /** Mails that workers of this process have claimed and not settled, whoever holds them by now; by whom. */
  held: Map<number, string>;
  /** The last claim found mails: there may be more. */
  busy: boolean;
  /** Claimed, and the database did not give them: nobody is at them. */
  unread: { worker: string; mail: number }[];
  /** Taken over from dead workers, and not told yet. */
  estates: Estate[];
  /** Workers of this process that may hold what they were not told: a claim or a takeover of theirs ended with an error, and was perhaps committed. */
  astray: Set<string>;
}

/** Throws `submission_not_found`. */
export async function requireSubmission(sql: PgSql, id: string): Promise<SubmissionKeys> {
  const row = await sql.get<SubmissionKeys>(FIND_SUBMISSION, [id]);
  if (!row) throw noSubmission();
  return row;
}

/** The columns of an address: in clear for a professional, sealed for a patient. */
export interface AddressColumns {
  address: string | null;
  address_sealed: Buffer | null;
}

/** As `shownAddress` takes it. */
export const storedIn = ({ address, address_sealed }: AddressColumns): string | Buffer | null =>
  address_sealed ?? address;
