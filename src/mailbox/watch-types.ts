import type { MedimailError } from "../errors.js";
import type { MailSummary } from "./types.js";

/** Something that happened in a folder that is watched. */
export type MailEvent = {
  /** The folder's path. */
  folder: string;
  /** UIDs mean something only within it. */
  uidValidity: string;
  /**
   * To keep once this event is dealt with: a watch that is given it goes on after it. No health data: numbers and hashes. Made when
   * it is read.
   */
  readonly cursor: string;
} & (
  | {
      type: "new";
      uid: number;
      mail: MailSummary;
      /** The mail was there when the folder was made anew: it may have been told before, under another UID. */
      rebuilt?: true;
    }
  /** The flags of a mail are these now. Changes between two looks are one event. */
  | { type: "changed"; uid: number; flags: string[] }
  /** Deleted, or moved to another folder. */
  | { type: "gone"; uid: number }
  /** The folder was made anew (UIDVALIDITY): every UID known of it is void. All its mails follow as `new`. */
  | { type: "reset" }
);

export type WatchStatus =
  /** All is told, and the server is listened to; `cursor` is where. */
  | { state: "watching"; readonly cursor: string }
  /** The session is lost or does not open; it is tried again, for as long as the signal lets. */
  | { state: "interrupted"; error: MedimailError };

export interface WatchOptions {
  /** Ends the watch, without an error. */
  signal?: AbortSignal;
  /** Of the last event that was dealt with: what happened since is told first. Default: what happens from now on. */
  cursor?: string;
  /** Called, and not waited for, where the watch stands and falls. */
  onStatus?: (status: WatchStatus) => void;
  /** An IDLE is begun again after so long, in ms: from 1 s to 29 minutes (RFC 2177). Default 25 minutes. */
  idleMs?: number;
  /** After so long a silence, in ms, the server is asked whether it is there. Default 5 minutes; it has 30 s to answer. */
  probeMs?: number;
  /** Between two looks at folders that the server does not tell of by itself, in ms. Default 60 s. */
  pollMs?: number;
}
