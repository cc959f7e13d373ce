import { defined } from "../../defined.js";
import type { InboxAction, InboxPlace, InboxRecord, InboxScope, InboxSighting, InboxState } from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import { bytesOf, type SqliteDatabase, type SqlValue } from "../driver.js";
import type { Lookup } from "../key-check.js";
import type { WriteQueue } from "../write-queue.js";

export interface InboxContext {
  database: SqliteDatabase;
  queue: WriteQueue;
  cipher: ContentCipher;
  lookup: Lookup;
}

export interface Row {
  id: number;
  version: number | null;
  action: InboxAction;
  received_at: number;
  seen_at: number;
  state: InboxState;
  integrated_at: number | null;
  attempts: number;
  due_at: number | null;
  error: string | null;
  document: Uint8Array | ArrayBuffer;
  mail: Uint8Array | ArrayBuffer;
  data: Uint8Array | ArrayBuffer;
}

/** What of a row is sealed. */
interface Sealed {
  uniqueId: string;
  setId?: string;
  sha256?: string;
  sender?: string;
  organisation?: string;
  mailId: string;
  place?: InboxPlace;
}

/** Beside the state of a new row. */
export interface Standing {
  dueAt?: number | null;
  integratedAt?: number | null;
  error?: string | null;
}

/** What a sighting is stored as. */
export interface StoredSighting {
  document: Buffer;
  mail: Buffer;
  /** Of {@link QUEUE_SEEN}, but for the row's id. */
  queued: SqlValue[];
  /** Of {@link INSERT}. */
  inserted: SqlValue[];
}

/** The rows of the inbox: found by keyed hashes, with what names a person or a document sealed. */
export interface InboxRows {
  documentKey(scope: InboxScope, uniqueId: string): Buffer;
  seriesKey(scope: InboxScope, setId: string): Buffer;
  mailKey(scope: InboxScope, mailId: string): Buffer;
  stored(
    scope: InboxScope,
    sighting: InboxSighting,
    state: InboxState,
    place?: InboxPlace,
    standing?: Standing,
  ): StoredSighting;
  opened(row: Row): InboxRecord;
}

export function inboxRows({ cipher, lookup }: Pick<InboxContext, "cipher" | "lookup">): InboxRows {
  const keyOf = ({ tenant, mailbox }: InboxScope, kind: string, id: string): Buffer =>
    lookup(kind, `${tenant}\n${mailbox}\n${id}`);
  const documentKey = (scope: InboxScope, id: string): Buffer => keyOf(scope, "inbox-document", id);
  const seriesKey = (scope: InboxScope, id: string): Buffer => keyOf(scope, "inbox-series", id);
  const mailKey = (scope: InboxScope, id: string): Buffer => keyOf(scope, "inbox-mail", id);

  function stored(
    scope: InboxScope,
    sighting: InboxSighting,
    state: InboxState,
    place?: InboxPlace,
    { dueAt = null, integratedAt = null, error = null }: Standing = {},
  ): StoredSighting {
    const document = documentKey(scope, sighting.uniqueId);
    const mail = mailKey(scope, sighting.mailId);
    const { uniqueId, setId, sha256, sender, organisation, mailId, action } = sighting;
    const content: Sealed = defined({ uniqueId, mailId, setId, sha256, sender, organisation, place });
    const data = cipher.seal(Buffer.from(JSON.stringify(content)), sealedPlace(document, action, mail));
    return {
      document,
      mail,
      queued: [state, dueAt, integratedAt, error, data],
      inserted: [
        scope.tenant,
        scope.mailbox,
        document,
        setId === undefined ? null : seriesKey(scope, setId),
        sighting.versionNumber ?? null,
        action,
        mail,
        sighting.receivedAt,
        sighting.seenAt,
        state,
        dueAt,
        integratedAt,
        error,
        data,
      ],
    };
  }

  const opened = (row: Row): InboxRecord => {
    const data = JSON.parse(
      cipher
        .open(bytesOf(row.data), sealedPlace(bytesOf(row.document), row.action, bytesOf(row.mail)))
        .toString("utf8"),
    ) as Sealed;
    return {
      id: row.id,
      ...data,
      ...(row.version === null ? {} : { versionNumber: row.version }),
      action: row.action,
      receivedAt: row.received_at,
      seenAt: row.seen_at,
      state: row.state,
      ...(row.integrated_at === null ? {} : { integratedAt: row.integrated_at }),
      attempts: row.attempts,
      pending: row.due_at !== null,
      ...(row.error === null ? {} : { error: row.error }),
    };
  };

  return { documentKey, seriesKey, mailKey, stored, opened };
}

/** What the sealed part of a row is bound to. */
export const sealedPlace = (document: Buffer, action: string, mail: Buffer): string =>
  `medimail_inbox|${document.toString("hex")}|${action}|${mail.toString("hex")}`;
