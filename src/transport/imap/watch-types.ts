import type { MedimailError } from "../../errors.js";
import type { Logger } from "../../log.js";
import type { Clock } from "../../seams/clock.js";
import type { Random } from "../../seams/random.js";
import type { ChangedMails } from "./flag-classes.js";
import type { FolderState } from "./folder-state.js";
import type { FolderRole } from "./folders.js";
import type { WatchTimes } from "./idle.js";
import type { ImapLink } from "./link.js";
import type { ImapSummary } from "./summary-rows.js";
import type { UidSet } from "./uid-set.js";

export interface ImapWatchOptions {
  /** The first is listened to, the others are looked at now and then. */
  folders: readonly FolderRole[];
  /** What was known of a folder, by its path, when a watch before this one ended. */
  known?: (path: string) => FolderState | undefined;
  times?: Partial<WatchTimes>;
  signal?: AbortSignal;
  /** All there is to tell is told, and the folders are listened to. */
  onWatching?: (states: FolderStates) => void;
  /** The session is lost or does not open; it is tried again. */
  onInterrupted?: (error: MedimailError) => void;
}

export type FolderStates = ReadonlyMap<string, FolderState>;

/** `states` is what is known once this event is dealt with. */
export type ImapEvent = { path: string; uidValidity: string; states: FolderStates } & (
  | { type: "new"; uid: number; mail: ImapSummary; rebuilt: boolean }
  | { type: "changed"; uid: number; flags: readonly string[] }
  | { type: "gone"; uid: number }
  | { type: "reset" }
);

export interface WatchDeps {
  link: ImapLink;
  clock: Clock;
  random: Random;
  logger: Logger;
  backoff: { minMs: number; maxMs: number };
  host: string;
  mailbox: string;
}

/** What an event says beside its place. */
export type Told =
  | { type: "new"; uid: number; mail: ImapSummary; rebuilt: boolean }
  | { type: "changed"; uid: number; flags: readonly string[] }
  | { type: "gone"; uid: number }
  | { type: "reset" };

/** News of a folder, as far as they are not told yet. */
export interface Telling {
  path: string;
  reset?: FolderState;
  gone: UidSet;
  changed: ChangedMails[];
  modseq?: string;
  fresh: UidSet;
}
