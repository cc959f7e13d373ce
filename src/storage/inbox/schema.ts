import type { Migration } from "../migrations.js";

/**
 * What came in, beside the outbox. `document`, `series` and `mail` are keyed hashes (key-check.ts): they find a document and tell
 * nothing of it; the ids themselves stand in `data`, sealed where there is a content key.
 */
export const INBOX_MIGRATIONS: readonly Migration[] = [
  {
    name: "inbox",
    sql: `
CREATE TABLE medimail_inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, mailbox TEXT NOT NULL, document BLOB NOT NULL, series BLOB,
  version INTEGER, action TEXT NOT NULL CHECK (action IN ('create', 'replace', 'delete')), mail BLOB NOT NULL,
  received_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('seen', 'waiting', 'integrated', 'aside')),
  integrated_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, due_at INTEGER, owner TEXT, error TEXT, data BLOB NOT NULL,
  UNIQUE (document, action, mail)) STRICT;
CREATE INDEX medimail_inbox_series ON medimail_inbox (series) WHERE series IS NOT NULL;
CREATE INDEX medimail_inbox_due ON medimail_inbox (tenant, mailbox, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX medimail_inbox_mail ON medimail_inbox (mail);
CREATE INDEX medimail_inbox_state ON medimail_inbox (tenant, mailbox, state, id);
`,
  },
];
