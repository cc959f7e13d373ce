/**
 * SQLite behind one driver: migrations, encryption at rest, group commit, leases; and the outbox and the mailboxes' cache on top of them. Files of
 * this room are the only ones that know the database library.
 */
export { isWorthless, openMailCache } from "./cache/open.js";
export type { CacheChange, KeptDocuments, KeptFolder, KeptMail, MailCache, MailCacheOptions } from "./cache/types.js";
export type { ContentCipher, ContentKey, ContentKeys } from "./cipher.js";
export { createCipher } from "./cipher.js";
export type { OpenOptions, Sql, SqliteDatabase, SqlParams, SqlValue } from "./driver.js";
export { bytesOf, endOpening, openSqlite } from "./driver.js";
export type { IndexFile } from "./index-file.js";
export { openIndexReader, openIndexWriter } from "./index-file.js";
export type { LivenessOptions } from "./liveness.js";
export { currentWorker, isWorkerDead } from "./liveness.js";
export type { Migration } from "./migrations.js";
export { migrate } from "./migrations.js";
export type { SqliteOutbox, SqliteOutboxOptions } from "./outbox/open.js";
export { openSqliteOutbox } from "./outbox/open.js";
export { envelopeIdOf } from "./outbox/submit.js";
export type { PostgresOutbox, PostgresOutboxOptions } from "./postgres/open.js";
export { openPostgresOutbox } from "./postgres/open.js";
export { storageError } from "./sqlite-errors.js";
export type { WriteQueueOptions } from "./write-queue.js";
export { WriteQueue } from "./write-queue.js";
