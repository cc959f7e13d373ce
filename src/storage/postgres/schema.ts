import type { Migration } from "../migrations.js";

/**
 * The tables of the file store (../outbox/schema.ts, whose comments hold here), with two differences: the marks of the hand-over are columns, since each
 * is a commit that outlives the process and the server; and a row of `medimail_events` that was written in a caller's own transaction has no
 * `seq` until it is seen (events.ts).
 */
export const PG_MIGRATIONS: readonly Migration[] = [
  {
    name: "outbox",
    sql: `
CREATE TABLE medimail_meta (name TEXT PRIMARY KEY, value BYTEA NOT NULL);

CREATE TABLE medimail_submissions (
  pk BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, mailbox TEXT NOT NULL, key TEXT,
  content_hash TEXT NOT NULL, action TEXT NOT NULL, priority BIGINT NOT NULL, created_at BIGINT NOT NULL, not_before BIGINT,
  paused SMALLINT NOT NULL DEFAULT 0, erased_at BIGINT, info BYTEA);
CREATE UNIQUE INDEX medimail_submissions_key ON medimail_submissions (tenant, mailbox, key) WHERE key IS NOT NULL;
CREATE INDEX medimail_submissions_mailbox ON medimail_submissions (tenant, mailbox, pk);
CREATE INDEX medimail_submissions_kept ON medimail_submissions (created_at) WHERE erased_at IS NULL;

CREATE TABLE medimail_contents (
  submission BIGINT NOT NULL REFERENCES medimail_submissions (pk), part BIGINT NOT NULL, data BYTEA NOT NULL,
  PRIMARY KEY (submission, part));
ALTER TABLE medimail_contents ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE medimail_mails (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, submission BIGINT NOT NULL REFERENCES medimail_submissions (pk), place BIGINT NOT NULL,
  body BIGINT NOT NULL, tenant TEXT NOT NULL, mailbox TEXT NOT NULL, message_id TEXT NOT NULL, envelope_id TEXT NOT NULL, size BIGINT NOT NULL,
  priority BIGINT NOT NULL, paused SMALLINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'doubt', 'done')),
  due_at BIGINT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0, stage TEXT,
  lease_owner TEXT, lease_end BIGINT, handover_at BIGINT, marked_at BIGINT, answer TEXT, settled_at BIGINT);
CREATE INDEX medimail_mails_submission ON medimail_mails (submission);
CREATE INDEX medimail_mails_envelope ON medimail_mails (envelope_id);
CREATE INDEX medimail_mails_ready ON medimail_mails (priority DESC, due_at, id)
  WHERE state = 'queued' AND lease_owner IS NULL AND paused = 0;
CREATE INDEX medimail_mails_ready_box ON medimail_mails (tenant, mailbox, priority DESC, due_at, id)
  WHERE state = 'queued' AND lease_owner IS NULL AND paused = 0;
CREATE INDEX medimail_mails_leased ON medimail_mails (lease_owner) WHERE lease_owner IS NOT NULL;

CREATE TABLE medimail_recipients (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail BIGINT NOT NULL REFERENCES medimail_mails (id),
  submission BIGINT NOT NULL REFERENCES medimail_submissions (pk), tenant TEXT NOT NULL, mailbox TEXT NOT NULL, place BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('professional', 'patient')), address TEXT, address_sealed BYTEA,
  state TEXT NOT NULL DEFAULT 'queued', error TEXT, updated_at BIGINT NOT NULL);
CREATE INDEX medimail_recipients_mail ON medimail_recipients (mail);
CREATE INDEX medimail_recipients_submission ON medimail_recipients (submission);
CREATE INDEX medimail_recipients_state ON medimail_recipients (state, submission);
CREATE INDEX medimail_recipients_box ON medimail_recipients (tenant, mailbox, state, submission);

CREATE TABLE medimail_dedupe (
  recipient BIGINT NOT NULL REFERENCES medimail_recipients (id), key BYTEA NOT NULL, active SMALLINT NOT NULL DEFAULT 1,
  PRIMARY KEY (recipient, key));
CREATE UNIQUE INDEX medimail_dedupe_key ON medimail_dedupe (key) WHERE active = 1;

CREATE TABLE medimail_workers (
  id TEXT PRIMARY KEY, host TEXT NOT NULL, boot TEXT NOT NULL, pid BIGINT NOT NULL, pid_start TEXT NOT NULL,
  heartbeat_at BIGINT NOT NULL, elapsed_at DOUBLE PRECISION, heard_at TIMESTAMPTZ NOT NULL);

CREATE TABLE medimail_receipts (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant TEXT NOT NULL, mailbox TEXT NOT NULL, source TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('dsn', 'mdn', 'ko')), at BIGINT NOT NULL, original_message_id TEXT, envelope_id TEXT,
  submission BIGINT REFERENCES medimail_submissions (pk), data BYTEA);
CREATE UNIQUE INDEX medimail_receipts_source ON medimail_receipts (tenant, mailbox, source);
CREATE INDEX medimail_receipts_submission ON medimail_receipts (submission) WHERE submission IS NOT NULL;
CREATE INDEX medimail_receipts_mailbox ON medimail_receipts (tenant, mailbox, id);
CREATE INDEX medimail_receipts_unmatched ON medimail_receipts (tenant, mailbox, id) WHERE submission IS NULL;
CREATE INDEX medimail_receipts_kept ON medimail_receipts (at) WHERE submission IS NULL AND data IS NOT NULL;
CREATE TABLE medimail_receipt_recipients (
  receipt BIGINT NOT NULL REFERENCES medimail_receipts (id), recipient BIGINT NOT NULL REFERENCES medimail_recipients (id),
  PRIMARY KEY (receipt, recipient));

CREATE SEQUENCE medimail_event_seq;
CREATE TABLE medimail_events (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, seq BIGINT UNIQUE, submission BIGINT NOT NULL REFERENCES medimail_submissions (pk),
  tenant TEXT NOT NULL, mailbox TEXT NOT NULL, event TEXT NOT NULL, at BIGINT NOT NULL,
  recipient BIGINT, message_id TEXT, error TEXT);
CREATE INDEX medimail_events_submission ON medimail_events (submission, seq);
CREATE INDEX medimail_events_unseen ON medimail_events (id) WHERE seq IS NULL;

CREATE TABLE medimail_cursors (
  tenant TEXT NOT NULL, mailbox TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (tenant, mailbox, name));

CREATE TABLE medimail_sent_copies (
  mail BIGINT PRIMARY KEY REFERENCES medimail_mails (id), due_at BIGINT NOT NULL DEFAULT 0);

CREATE TABLE medimail_tails (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, submission TEXT NOT NULL UNIQUE, taken SMALLINT NOT NULL, touched_at BIGINT NOT NULL);
CREATE INDEX medimail_tails_left ON medimail_tails (touched_at) WHERE taken = 0;
CREATE TABLE medimail_pieces (
  tail BIGINT NOT NULL REFERENCES medimail_tails (id), place BIGINT NOT NULL, data BYTEA NOT NULL, PRIMARY KEY (tail, place));
ALTER TABLE medimail_pieces ALTER COLUMN data SET STORAGE EXTERNAL;
`,
  },
  {
    // ECO.4.1.1: nothing but the retention erases a trace, and nothing changes one. TRUNCATE would be a way round: refused too.
    name: "traces",
    sql: `
CREATE TABLE medimail_traces (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at TEXT NOT NULL, at_ms BIGINT NOT NULL, tenant TEXT NOT NULL, mailbox TEXT NOT NULL,
  actor TEXT NOT NULL, action TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL, ok SMALLINT NOT NULL);
CREATE INDEX medimail_traces_at ON medimail_traces (at_ms, seq);
CREATE TABLE medimail_trace_retention (before_ms BIGINT NOT NULL);
CREATE FUNCTION medimail_traces_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'traces are append-only (ECO.4.1.1)';
END $$;
CREATE TRIGGER medimail_traces_kept BEFORE UPDATE ON medimail_traces FOR EACH ROW EXECUTE FUNCTION medimail_traces_kept();
CREATE TRIGGER medimail_traces_emptied BEFORE TRUNCATE ON medimail_traces FOR EACH STATEMENT EXECUTE FUNCTION medimail_traces_kept();
CREATE FUNCTION medimail_traces_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before BIGINT;
BEGIN
  EXECUTE format('SELECT max(before_ms) FROM %I.medimail_trace_retention', TG_TABLE_SCHEMA) INTO before;
  IF EXISTS (SELECT 1 FROM erased WHERE before IS NULL OR at_ms >= before) THEN
    RAISE EXCEPTION 'traces are erased by their retention only (ECO.4.1.1)';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER medimail_traces_erased AFTER DELETE ON medimail_traces REFERENCING OLD TABLE AS erased
  FOR EACH STATEMENT EXECUTE FUNCTION medimail_traces_erased();
`,
  },
  {
    // What came in (../inbox/schema.ts).
    name: "inbox",
    sql: `
CREATE TABLE medimail_inbox (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant TEXT NOT NULL, mailbox TEXT NOT NULL, document BYTEA NOT NULL, series BYTEA,
  version BIGINT, action TEXT NOT NULL CHECK (action IN ('create', 'replace', 'delete')), mail BYTEA NOT NULL,
  received_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('seen', 'waiting', 'integrated', 'aside')),
  integrated_at BIGINT, attempts BIGINT NOT NULL DEFAULT 0, due_at BIGINT, owner TEXT, error TEXT, data BYTEA NOT NULL,
  UNIQUE (document, action, mail));
CREATE INDEX medimail_inbox_series ON medimail_inbox (series) WHERE series IS NOT NULL;
CREATE INDEX medimail_inbox_due ON medimail_inbox (tenant, mailbox, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX medimail_inbox_mail ON medimail_inbox (mail);
CREATE INDEX medimail_inbox_state ON medimail_inbox (tenant, mailbox, state, id);
`,
  },
  {
    // See commits.ts. Room in its page: a row that changes stays there.
    name: "commits",
    sql: `
CREATE TABLE medimail_commits (queue TEXT PRIMARY KEY, count BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL) WITH (fillfactor = 20);
`,
  },
];
