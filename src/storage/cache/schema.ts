import type { Migration } from "../migrations.js";

/**
 * What is kept of mailboxes. A folder's `state` has numbers and hashes only; its path, a mail's summary and its flags, which may be
 * any words, are sealed where there is a key.
 */
export const CACHE_MIGRATIONS: readonly Migration[] = [
  {
    name: "cache",
    sql: `
CREATE TABLE IF NOT EXISTS medimail_meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE medimail_cache_folders (
  id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, box BLOB NOT NULL, path BLOB NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
CREATE INDEX medimail_cache_folders_box ON medimail_cache_folders (box);

CREATE TABLE medimail_cache_flags (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, data BLOB NOT NULL) STRICT;

CREATE TABLE medimail_cache_mails (
  folder INTEGER NOT NULL, uid INTEGER NOT NULL, flags INTEGER NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (folder, uid)) STRICT, WITHOUT ROWID;

CREATE TABLE medimail_cache_documents (
  folder INTEGER NOT NULL, uid INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (folder, uid)) STRICT, WITHOUT ROWID;
`,
  },
  {
    // A list begins with which mails are kept: without reading the mails.
    name: "cache-kept",
    sql: "CREATE INDEX medimail_cache_mails_kept ON medimail_cache_mails (folder, flags, uid);",
  },
];
