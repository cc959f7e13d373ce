import type { Migration } from "../migrations.js";
import { AT_SCALE } from "./schema-at-scale.js";

/**
 * The outbox. Its tables may live in the caller's own file, hence the prefix. `contents.part` is the body's index, or
 * -1 - place for the head of a mail: content stands apart from the rows that change, since SQLite rewrites a whole row.
 */
export const OUTBOX_MIGRATIONS: readonly Migration[] = [
  {
    name: "outbox",
    sql: `
CREATE TABLE medimail_meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO medimail_meta (name, value) VALUES ('store-id', randomblob(16));

CREATE TABLE medimail_submissions (
  pk INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, mailbox TEXT NOT NULL, key TEXT,
  content_hash TEXT NOT NULL, action TEXT NOT NULL, priority INTEGER NOT NULL, created_at INTEGER NOT NULL, not_before INTEGER,
  paused INTEGER NOT NULL DEFAULT 0, erased_at INTEGER, info BLOB) STRICT;
CREATE UNIQUE INDEX medimail_submissions_key ON medimail_submissions (tenant, mailbox, key) WHERE key IS NOT NULL;

CREATE TABLE medimail_contents (
  submission INTEGER NOT NULL REFERENCES medimail_submissions (pk), part INTEGER NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (submission, part)) STRICT;

CREATE TABLE medimail_mails (
  id INTEGER PRIMARY KEY, submission INTEGER NOT NULL REFERENCES medimail_submissions (pk), place INTEGER NOT NULL, body INTEGER NOT NULL,
  tenant TEXT NOT NULL, mailbox TEXT NOT NULL, message_id TEXT NOT NULL, envelope_id TEXT NOT NULL, size INTEGER NOT NULL,
  priority INTEGER NOT NULL, paused INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'doubt', 'done')),
  due_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, stage TEXT,
  lease_owner TEXT, lease_end INTEGER, handover_at INTEGER, settled_at INTEGER) STRICT;
CREATE INDEX medimail_mails_submission ON medimail_mails (submission);
CREATE INDEX medimail_mails_envelope ON medimail_mails (envelope_id);
CREATE INDEX medimail_mails_ready ON medimail_mails (priority, due_at)
  WHERE state = 'queued' AND lease_owner IS NULL AND paused = 0;
CREATE INDEX medimail_mails_ready_box ON medimail_mails (tenant, mailbox, priority, due_at)
  WHERE state = 'queued' AND lease_owner IS NULL AND paused = 0;
CREATE INDEX medimail_mails_leased ON medimail_mails (lease_owner) WHERE lease_owner IS NOT NULL;
CREATE INDEX medimail_mails_settled ON medimail_mails (settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE medimail_recipients (
  id INTEGER PRIMARY KEY, mail INTEGER NOT NULL REFERENCES medimail_mails (id),
  submission INTEGER NOT NULL REFERENCES medimail_submissions (pk), place INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('professional', 'patient')), address ANY,
  state TEXT NOT NULL DEFAULT 'queued', error TEXT, updated_at INTEGER NOT NULL) STRICT;
CREATE INDEX medimail_recipients_mail ON medimail_recipients (mail);
CREATE INDEX medimail_recipients_submission ON medimail_recipients (submission);
CREATE INDEX medimail_recipients_attention ON medimail_recipients (state, submission)
  WHERE state = 'unknown' OR state = 'failed' OR state = 'refused' OR state = 'cancelled';

CREATE TABLE medimail_dedupe (
  recipient INTEGER NOT NULL REFERENCES medimail_recipients (id), key BLOB NOT NULL, active INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (recipient, key)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX medimail_dedupe_key ON medimail_dedupe (key) WHERE active = 1;

CREATE TABLE medimail_workers (
  id TEXT PRIMARY KEY, host TEXT NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL, pid_start TEXT NOT NULL,
  heartbeat_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE medimail_receipts (
  id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, mailbox TEXT NOT NULL, source TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('dsn', 'mdn', 'ko')), at INTEGER NOT NULL, original_message_id TEXT, envelope_id TEXT,
  submission INTEGER REFERENCES medimail_submissions (pk), data BLOB) STRICT;
CREATE UNIQUE INDEX medimail_receipts_source ON medimail_receipts (tenant, mailbox, source);
CREATE INDEX medimail_receipts_submission ON medimail_receipts (submission) WHERE submission IS NOT NULL;
CREATE INDEX medimail_receipts_unmatched ON medimail_receipts (at) WHERE submission IS NULL;
CREATE TABLE medimail_receipt_recipients (
  receipt INTEGER NOT NULL REFERENCES medimail_receipts (id), recipient INTEGER NOT NULL REFERENCES medimail_recipients (id),
  PRIMARY KEY (receipt, recipient)) STRICT, WITHOUT ROWID;

CREATE TABLE medimail_events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, submission INTEGER NOT NULL REFERENCES medimail_submissions (pk),
  tenant TEXT NOT NULL, mailbox TEXT NOT NULL, event TEXT NOT NULL, at INTEGER NOT NULL,
  recipient INTEGER, message_id TEXT, error TEXT) STRICT;
CREATE INDEX medimail_events_submission ON medimail_events (submission, seq);

CREATE TABLE medimail_cursors (
  tenant TEXT NOT NULL, mailbox TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (tenant, mailbox, name)) STRICT, WITHOUT ROWID;
`,
  },
  {
    // ECO.4.1.1: nothing but the retention erases a trace, and nothing changes one. REPLACE would be a way round: refused too.
    name: "traces",
    sql: `
CREATE TABLE medimail_traces (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, at_ms INTEGER NOT NULL, tenant TEXT NOT NULL, mailbox TEXT NOT NULL,
  actor TEXT NOT NULL, action TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL, ok INTEGER NOT NULL) STRICT;
CREATE INDEX medimail_traces_at ON medimail_traces (at_ms);
CREATE TABLE medimail_trace_retention (before_ms INTEGER NOT NULL) STRICT;
CREATE TRIGGER medimail_traces_update BEFORE UPDATE ON medimail_traces BEGIN
  SELECT RAISE(ABORT, 'traces are append-only (ECO.4.1.1)');
END;
CREATE TRIGGER medimail_traces_replace BEFORE INSERT ON medimail_traces
WHEN NEW.seq > 0 AND EXISTS (SELECT 1 FROM medimail_traces WHERE seq = NEW.seq) BEGIN
  SELECT RAISE(ABORT, 'traces are append-only (ECO.4.1.1)');
END;
CREATE TRIGGER medimail_traces_delete BEFORE DELETE ON medimail_traces
WHEN OLD.at_ms >= coalesce((SELECT max(before_ms) FROM medimail_trace_retention), -9223372036854775808) BEGIN
  SELECT RAISE(ABORT, 'traces are erased by their retention only (ECO.4.1.1)');
END;
`,
  },
  {
    name: "sent-copies",
    sql: `
CREATE TABLE medimail_sent_copies (
  mail INTEGER PRIMARY KEY REFERENCES medimail_mails (id), due_at INTEGER NOT NULL DEFAULT 0) STRICT;
`,
  },
  {
    // What is long: written piece by piece before its submission is there (then `taken` is 0), and read so. Found by the submission's id.
    name: "tails",
    sql: `
CREATE TABLE medimail_tails (
  id INTEGER PRIMARY KEY AUTOINCREMENT, submission TEXT NOT NULL UNIQUE, taken INTEGER NOT NULL, touched_at INTEGER NOT NULL) STRICT;
CREATE INDEX medimail_tails_left ON medimail_tails (touched_at) WHERE taken = 0;
CREATE TABLE medimail_pieces (
  tail INTEGER NOT NULL REFERENCES medimail_tails (id), place INTEGER NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (tail, place)) STRICT;
`,
  },
  {
    // Mails whose final dot was written, until their settlement; with the answer once it came. Written without fsync (see handover.ts).
    name: "handovers",
    sql: `
CREATE TABLE medimail_handovers (
  mail INTEGER PRIMARY KEY REFERENCES medimail_mails (id), answer TEXT) STRICT;
INSERT INTO medimail_handovers (mail) SELECT id FROM medimail_mails WHERE handover_at IS NOT NULL AND lease_owner IS NOT NULL;
`,
  },
  {
    // The marks are in files now (marks.ts). Without the table no older version takes a mail that has none in it for "not gone".
    name: "handover-files",
    sql: "DROP TABLE medimail_handovers;",
  },
  { name: "at-scale", sql: AT_SCALE },
  {
    // A heartbeat by the clock that nobody sets, beside the one on the wall (liveness.ts).
    name: "beats",
    sql: "ALTER TABLE medimail_workers ADD COLUMN elapsed_at REAL;",
  },
];
