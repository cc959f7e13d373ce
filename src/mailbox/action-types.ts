import { MedimailError } from "../errors.js";
import type { ActOutcome, MailboxRole } from "../transport/imap/index.js";
import type { MailRef } from "./types.js";

export type { ActOutcome } from "../transport/imap/index.js";

/** One mail or several of one folder. */
export type Mails = MailRef | readonly MailRef[];

export interface ActOptions {
  /** Who asks, for the traces (ECO.4.1.2). Default: the software. */
  actor?: string;
  /** Ends the wait. An act that has begun may be done all the same: the error says so. */
  signal?: AbortSignal;
}

export interface FlagOptions extends ActOptions {
  seen?: boolean;
  flagged?: boolean;
  answered?: boolean;
  /** Other flags and keywords (`$Forwarded`, a label). */
  add?: readonly string[];
  remove?: readonly string[];
}

/** What became of one mail of an act. */
export interface ActedOn {
  uid: number;
  outcome: ActOutcome;
  messageId?: string;
  /** Where it is now, or its copy, where the server told or it was found. */
  now?: { folder: string; uid: number; uidValidity?: string };
}

export type MailActionKind = "flag" | "move" | "copy" | "delete";

/** An act on mails, and what it did. Plain data: it can be kept, for {@link MailboxActions.undo}. */
export interface MailAction {
  action: MailActionKind;
  folder: string;
  /** In the order asked. Every one is `done`, or `missing` (somebody else moved or deleted it before). */
  mails: ActedOn[];
  /** How to take it back; absent where that is not possible (deleted for good, a copy whose place is not known). */
  undo?: UndoStep;
}

/** An act that takes back another. */
export type UndoStep =
  | {
      kind: "flag";
      folder: string;
      uidValidity: string;
      changes: { uids: number[]; add: string[]; remove: string[] }[];
    }
  | { kind: "move"; folder: string; uidValidity?: string; uids: number[]; to: string }
  | { kind: "remove"; folder: string; uidValidity?: string; uids: number[] };

/**
 * An act that is not done, or not wholly, or of which that is not known: `action_not_done` or `action_unknown`. {@link mails} says
 * it of each.
 */
export class MailActionError extends MedimailError {
  readonly mails: readonly ActedOn[];
  /** Takes back what was done of it. */
  readonly undo?: UndoStep;

  constructor(error: MedimailError, mails: readonly ActedOn[], undo: UndoStep | undefined) {
    const unknown = mails.some(({ outcome }) => outcome === "unknown");
    super(unknown ? "action_unknown" : "action_not_done", error.message, {
      retryable: error.retryable && !unknown,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
    this.mails = mails;
    if (undo) this.undo = undo;
  }
}

/** Where mails go: a role, or a folder's path. */
export type Destination = Exclude<MailboxRole, "all" | "flagged"> | (string & {});

/**
 * Acting on the mailbox (mode 2). Each act says whether it happened: it resolves when every mail that was still there is as asked,
 * and else throws a {@link MailActionError}. None is repeated blindly after a lost connection: the folders are looked at instead.
 * Each is in the traces, mail by mail (ECO.4.1.1).
 */
export interface MailboxActions {
  /** @throws `invalid_argument` for a flag that the folder does not keep. */
  flag(mails: Mails, options: FlagOptions): Promise<MailAction>;
  /** @throws `folder_not_found`, `mail_not_found` where none of the mails is there any more. */
  move(mails: Mails, to: Destination, options?: ActOptions): Promise<MailAction>;
  copy(mails: Mails, to: Destination, options?: ActOptions): Promise<MailAction>;
  /**
   * To the trash. From the trash, or `permanently`: for good, and of just those mails (UID EXPUNGE).
   *
   * @throws `folder_not_found` where the mailbox has no trash.
   */
  delete(mails: Mails, options?: ActOptions & { permanently?: boolean }): Promise<MailAction>;
  /** Takes an act back, as far as its mails are still where it left them. */
  undo(action: MailAction | UndoStep, options?: ActOptions): Promise<MailAction>;
  /**
   * @param options `parent`: path of the folder it goes into.
   * @returns its path.
   */
  createFolder(name: string, options?: ActOptions & { parent?: string }): Promise<string>;
  /** @returns its new path. @throws `folder_protected` for a folder that has a role. */
  renameFolder(path: string, name: string, options?: ActOptions): Promise<string>;
  /** @throws `folder_protected` for one that has a role, holds folders, or, unless `withMails`, mails. */
  deleteFolder(path: string, options?: ActOptions & { withMails?: boolean }): Promise<void>;
  /** Bytes taken and allowed; undefined where the operator does not tell. */
  quota(options?: { signal?: AbortSignal }): Promise<{ usage: number; limit: number } | undefined>;
}
