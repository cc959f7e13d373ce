/** What an index file holds. A file of another number is made anew by the next import. */
export const SCHEMA_VERSION = 1;

/** While an import runs, a word has one row of postings for each part of it. */
export const PARTS = 64;
export const listKey = (word: number, kind: number): number => word * 8 + kind;

export const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (
  id INTEGER PRIMARY KEY, key INTEGER NOT NULL, digest INTEGER NOT NULL,
  address INTEGER NOT NULL, person INTEGER, place INTEGER, siret INTEGER, packed TEXT NOT NULL);
CREATE TABLE posting (id INTEGER PRIMARY KEY, entries BLOB NOT NULL);
CREATE TABLE fresh_word (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
`;

/** Made once everything is in: an index built at the end is smaller and faster made than one kept up with each row. */
export const AT_THE_END: readonly string[] = [
  "CREATE INDEX word_text ON word (text, total)",
  "CREATE INDEX entry_address ON entry (address)",
  "CREATE INDEX entry_person ON entry (person) WHERE person IS NOT NULL",
  "CREATE INDEX entry_place ON entry (place) WHERE place IS NOT NULL",
  "CREATE INDEX entry_siret ON entry (siret) WHERE siret IS NOT NULL",
  "CREATE INDEX entry_key ON entry (key, digest)",
];

/** `bits` 1: one bit for each entry instead of differences. */
export const LIST_TABLE = "CREATE TABLE list (key INTEGER PRIMARY KEY, bits INTEGER NOT NULL, entries BLOB NOT NULL)";
export const WORD_TABLE = `CREATE TABLE word (
  id INTEGER PRIMARY KEY, text TEXT NOT NULL, total INTEGER NOT NULL, counts BLOB NOT NULL)`;
export const NEAR_TABLE = "CREATE TABLE near (bucket INTEGER PRIMARY KEY, pairs BLOB NOT NULL)";
