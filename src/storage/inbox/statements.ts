/** Texts that SQLite and PostgreSQL read alike. */

/** Why a document is set aside whose id another has. */
export const CONFLICT = "idempotency_conflict";
/** Why one is whose bytes are not those of its metadata. */
export const DAMAGED = "xdm_document_invalid";
/** A series with more versions shows the newest; a hostile sender could else make each opening longer. */
const MAX_RELATED = 1_000;

export const KNOWN = "SELECT id, state FROM medimail_inbox WHERE document = ? AND action = ? AND mail = ?";
export const QUEUE_SEEN =
  "UPDATE medimail_inbox SET state = ?, due_at = ?, integrated_at = ?, error = ?, data = ? WHERE id = ?";
export const INSERT = `INSERT INTO medimail_inbox (tenant, mailbox, document, series, version, action, mail, received_at, seen_at, state, due_at, integrated_at, error, data)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const BY_ID = "SELECT * FROM medimail_inbox WHERE id = ?";
export const OF_MAIL = "SELECT * FROM medimail_inbox WHERE mail = ? ORDER BY id";
export const NOT_ONLY_SEEN = `SELECT * FROM medimail_inbox WHERE document = ? AND action = ? AND state <> 'seen' ORDER BY id LIMIT ${MAX_RELATED}`;
export const related = (column: "document" | "series"): string =>
  `SELECT * FROM medimail_inbox WHERE ${column} = ? ORDER BY id DESC LIMIT ${MAX_RELATED}`;
export const listed = (byState: boolean): string =>
  `SELECT * FROM medimail_inbox WHERE tenant = ? AND mailbox = ? ${byState ? "AND state = ?" : ""} ORDER BY id DESC LIMIT ?`;

export const COPIES = `SELECT * FROM medimail_inbox WHERE document = ? AND action = ? AND (state = 'seen' OR (state = 'aside' AND error = '${CONFLICT}'))`;
export const INTEGRATE_COPY =
  "UPDATE medimail_inbox SET state = 'integrated', integrated_at = ?, due_at = ?, error = NULL WHERE id = ?";
/** A damaged copy waits for nobody any more. */
export const FORGET_DAMAGED = `UPDATE medimail_inbox SET state = 'seen', error = NULL WHERE document = ? AND action = ? AND state = 'aside' AND error = '${DAMAGED}'`;
export const SAME_DOCUMENT =
  "SELECT id, state, error FROM medimail_inbox WHERE document = ? AND action = ? ORDER BY id";
export const HAND_OVER = "UPDATE medimail_inbox SET state = 'waiting', due_at = 0, error = NULL WHERE id = ?";

export const MARK_INTEGRATED = `UPDATE medimail_inbox SET state = 'integrated', integrated_at = coalesce(integrated_at, ?), due_at = NULL, owner = NULL
  WHERE document = ? AND action = ?`;
export const RETRY = `UPDATE medimail_inbox SET state = 'waiting', attempts = 0, due_at = ?, owner = NULL
  WHERE id = ? AND tenant = ? AND mailbox = ? AND state = 'aside'`;

export const OWNERS =
  "SELECT DISTINCT owner FROM medimail_inbox WHERE tenant = ? AND mailbox = ? AND due_at IS NOT NULL AND owner IS NOT NULL";
export const FREE = "UPDATE medimail_inbox SET owner = NULL WHERE tenant = ? AND mailbox = ? AND owner = ?";
/** What was never tried comes first: those that fail again and again would hold it up. */
export const DUE = `SELECT * FROM medimail_inbox AS i WHERE tenant = ? AND mailbox = ? AND owner IS NULL AND (due_at <= ? OR due_at > ?)
  AND NOT EXISTS (SELECT 1 FROM medimail_inbox AS o WHERE o.mail = i.mail AND o.owner <> ?)
  ORDER BY (attempts > 0), received_at, id LIMIT ?`;

export const INTEGRATED =
  "UPDATE medimail_inbox SET state = 'integrated', integrated_at = ?, due_at = ?, attempts = 0, owner = NULL, error = NULL WHERE id = ?";
export const FINISHED = "UPDATE medimail_inbox SET due_at = NULL, owner = NULL, error = NULL WHERE id = ?";
export const LATER = "UPDATE medimail_inbox SET due_at = ?, owner = NULL, error = ? WHERE id = ?";
export const RELEASED =
  "UPDATE medimail_inbox SET owner = NULL, attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END WHERE id = ?";
export const ASIDE = "UPDATE medimail_inbox SET state = 'aside', due_at = NULL, owner = NULL, error = ? WHERE id = ?";

export const NEXT_SEALED =
  "SELECT id, document, action, mail, data FROM medimail_inbox WHERE id > ? ORDER BY id LIMIT ?";
export const RESEAL = "UPDATE medimail_inbox SET data = ? WHERE id = ? AND data = ?";
