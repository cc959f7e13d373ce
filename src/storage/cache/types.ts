import type { ContentKeys } from "../cipher.js";

export interface MailCacheOptions {
  /** The cache's own file; made, readable by its owner only, where it does not exist. */
  path: string;
  /** Encrypts what is kept; absent: it is kept as it is. */
  key?: ContentKeys;
}

/** UIDs as pairs of first and last. */
export type Ranges = Iterable<readonly [number, number]>;

/** A folder as it is kept. */
export interface KeptFolder {
  id: number;
  /** Changes with each {@link CacheChange}; of a new folder by chance, so that none is taken for one of a file thrown away. */
  version: number;
  /** As given by the last change. */
  state: string;
  /** The UIDs of the mails that are kept, by their flags; in no order. */
  mails: { flagsKey: string; uids: Uint32Array }[];
}

export interface KeptMail {
  uid: number;
  flags: string[];
  data: Buffer;
}

/** What a synchronisation found. */
export interface CacheChange {
  state: string;
  /** Everything kept of the folder is void. */
  reset: boolean;
  gone: Ranges;
  changed: readonly { key: string; flags: readonly string[]; uids: Ranges }[];
}

/** What is remembered of a mail whose documents were opened. */
export interface KeptDocuments {
  path: string;
  uid: number;
  data: Buffer;
}

/**
 * Summaries of mails on this machine. Losing it costs time, never a mail: every method may throw `storage_failed`, `storage_corrupt` or
 * `storage_key_wrong`, and who uses it goes on without.
 */
export interface MailCache {
  folder(box: string, path: string): Promise<KeptFolder | undefined>;
  /**
   * Keeps what changed, and the folder where it is not kept yet (`before` undefined). Undefined where another process has changed it since
   * `before` was read: nothing is written then.
   */
  change(
    box: string,
    path: string,
    before: Pick<KeptFolder, "id" | "version"> | undefined,
    change: CacheChange,
  ): Promise<{ id: number; version: number } | undefined>;
  /** Keeps mails that were read while the folder had this version; nothing where it has another now. */
  keep(
    folder: { id: number; version: number },
    mails: readonly { uid: number; key: string; flags: readonly string[]; data: Uint8Array }[],
  ): Promise<void>;
  /** Those kept from the first to the last of these UIDs, newest first. */
  mails(folder: number, first: number, last: number): Promise<KeptMail[]>;
  /** Replaces what is remembered of the documents of a mail. False where its folder is not kept. */
  remember(box: string, path: string, uid: number, data: Uint8Array): Promise<boolean>;
  /** Of all folders of a box. */
  documents(box: string): Promise<KeptDocuments[]>;
  close(): Promise<void>;
}
