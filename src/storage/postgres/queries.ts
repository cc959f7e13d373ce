import type { SubmissionRow } from "../../seams/index.js";
import type { PgContext } from "./context.js";
import { shownSubmission, submissionRecord, submissionRecordByKey, toSubmission } from "./rows.js";

/** @throws `storage_key_wrong`, `storage_corrupt`; not where `unopened` is asked */
export async function get(
  { sql, cipher }: PgContext,
  id: string,
  { unopened = false }: { unopened?: boolean } = {},
): Promise<SubmissionRow | undefined> {
  const row = await submissionRecord(sql, id);
  return row && (unopened ? shownSubmission : toSubmission)(sql, cipher, row);
}

export async function findByKey(
  context: PgContext,
  tenant: string,
  mailbox: string,
  key: string,
): Promise<SubmissionRow | undefined> {
  const row = await submissionRecordByKey(context, context.sql, tenant, mailbox, key);
  return row && shownSubmission(context.sql, context.cipher, row);
}
