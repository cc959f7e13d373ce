import { MedimailError } from "../errors.js";
import { type ActReport, type FolderReport, hasFlag, type ImapMailbox, mailsGone } from "../transport/imap/index.js";
import {
  type ActedOn,
  type ActOptions,
  type FlagOptions,
  type MailAction,
  MailActionError,
  type MailActionKind,
  type MailboxActions,
  type Mails,
  type UndoStep,
} from "./action-types.js";
import { checkUid } from "./find.js";
import { folderTrace, type MailTrace, mailTraces, refusedTrace } from "./traces.js";
import type { MailRef } from "./types.js";
import { undoCopy, undoFlags, undoMove } from "./undo.js";

/** What a deletion for good is called in the traces. */
const EXPUNGE = "expunge";
/** Mails of one act. */
const MAX_MAILS = 1_000;
const MAX_FLAG = 100;

type Imap = Pick<
  ImapMailbox,
  "changeFlags" | "transfer" | "remove" | "createFolder" | "renameFolder" | "deleteFolder" | "place" | "quota"
>;

/** @param record keeps traces durably; what it throws does not undo the act. */
export function createMailboxActions(
  open: () => Promise<Imap>,
  record: (traces: MailTrace[], actor: string | undefined) => Promise<void>,
): MailboxActions {
  /** Acts, and traces what was done or why nothing was. */
  async function traced<T>(
    action: string,
    detail: string,
    { actor }: ActOptions,
    act: (imap: Imap) => Promise<T>,
    tracesOf: (report: T) => MailTrace[],
  ): Promise<T> {
    const report = await open()
      .then(act)
      .catch(async (error: unknown) => {
        await record([refusedTrace(action, detail, error)], actor);
        throw error;
      });
    await record(tracesOf(report), actor);
    return report;
  }

  async function told(
    action: MailActionKind,
    detail: string,
    options: ActOptions,
    act: (imap: Imap) => Promise<ActReport>,
    undoOf: (report: ActReport) => UndoStep | undefined,
  ): Promise<MailAction> {
    const report = await traced(action, detail, options, act, (done) => mailTraces(action, detail, done));
    const mails = report.mails.map((mail) => actedOn(report, mail, detail === EXPUNGE));
    const undo = undoOf(report);
    if (report.error && report.error.code !== "mail_not_found") throw new MailActionError(report.error, mails, undo);
    if (mails.every(({ outcome }) => outcome === "missing")) throw report.error ?? mailsGone();
    return { action, folder: report.folder.path, mails, ...(undo ? { undo } : {}) };
  }

  const flag = (folder: Chosen, add: string[], remove: string[], options: ActOptions): Promise<MailAction> =>
    told(
      "flag",
      flagDetail(add, remove),
      options,
      (imap) => imap.changeFlags({ ...folder, add, remove, ...signalOf(options) }),
      (report) => undoFlags(report, add, remove),
    );

  const transfer = (
    kind: "move" | "copy",
    folder: Chosen,
    to: string,
    options: ActOptions,
    as: MailActionKind = kind,
  ): Promise<MailAction> =>
    told(
      as,
      kind,
      options,
      (imap) => imap.transfer({ ...folder, to, kind, ...signalOf(options) }),
      kind === "move" ? undoMove : undoCopy,
    );

  const remove = (folder: Chosen, options: ActOptions): Promise<MailAction> =>
    told(
      "delete",
      EXPUNGE,
      options,
      (imap) => imap.remove({ ...folder, ...signalOf(options) }),
      () => undefined,
    );

  async function edit(
    action: string,
    options: ActOptions,
    act: (imap: Imap) => Promise<FolderReport>,
  ): Promise<string> {
    const report = await traced(action, action, options, act, (done) => [folderTrace(action, done)]);
    if (report.error) throw new MailActionError(report.error, [], undefined);
    return report.path;
  }

  return {
    async flag(mails, options) {
      const { add, remove } = flagsOf(options);
      return await flag(chosen(mails), add, remove, options);
    },
    move: async (mails, to, options = {}) => transfer("move", chosen(mails), to, options),
    copy: async (mails, to, options = {}) => transfer("copy", chosen(mails), to, options),
    async delete(mails, { permanently = false, ...options } = {}) {
      const from = chosen(mails);
      if (permanently) return await remove(from, options);
      const imap = await open();
      const [trash, here] = [
        await imap.place("trash", signalOf(options)),
        await imap.place(from.folder, signalOf(options)),
      ];
      if (trash.path === here.path) return await remove(from, options);
      return await transfer("move", from, trash.path, options, "delete");
    },
    async undo(action, options = {}) {
      const step = "kind" in action ? action : action.undo;
      if (!step)
        throw new MedimailError("invalid_argument", "this act cannot be taken back", {
          hint: "What was deleted for good is gone.",
        });
      const { folder } = step;
      const validity = step.uidValidity === undefined ? {} : { uidValidity: step.uidValidity };
      if (step.kind === "move")
        return await transfer("move", { folder, uids: step.uids, ...validity }, step.to, options);
      if (step.kind === "remove") return await remove({ folder, uids: step.uids, ...validity }, options);
      let last: MailAction | undefined;
      const mails: ActedOn[] = [];
      for (const { uids, add, remove: removed } of step.changes) {
        last = await flag({ folder, uids, ...validity }, add, removed, options);
        mails.push(...last.mails);
      }
      return { action: "flag", folder, mails };
    },
    createFolder(name, options = {}) {
      const { parent } = options;
      const asked = { name, ...(parent === undefined ? {} : { parent }), ...signalOf(options) };
      return edit("create-folder", options, (imap) => imap.createFolder(asked));
    },
    renameFolder: (path, name, options = {}) =>
      edit("rename-folder", options, (imap) => imap.renameFolder({ path, name, ...signalOf(options) })),
    async deleteFolder(path, { withMails = false, ...options } = {}) {
      await edit("delete-folder", options, (imap) => imap.deleteFolder({ path, withMails, ...signalOf(options) }));
    },
    quota: async (options = {}) => (await open()).quota(options),
  };
}

interface Chosen {
  folder: string;
  uids: number[];
  uidValidity?: string;
}

/** The mails of an act: of one folder, each once. */
function chosen(mails: Mails): Chosen {
  const refs = isMany(mails) ? mails : [mails];
  const [first] = refs;
  if (!first || refs.length > MAX_MAILS)
    throw new MedimailError("invalid_argument", `an act is on 1 to ${MAX_MAILS} mails`, { path: "mails" });
  const { folder = "inbox", uidValidity } = first;
  for (const ref of refs) {
    checkUid(ref.uid);
    if ((ref.folder ?? "inbox") !== folder || ref.uidValidity !== uidValidity)
      throw new MedimailError("invalid_argument", "the mails of one act are of one folder", { path: "mails" });
  }
  const uids = [...new Set(refs.map(({ uid }) => uid))];
  return { folder, uids, ...(uidValidity === undefined ? {} : { uidValidity }) };
}

const isMany = (mails: Mails): mails is readonly MailRef[] => Array.isArray(mails);

const SHORT = { seen: "\\Seen", flagged: "\\Flagged", answered: "\\Answered" } as const;

function flagsOf(options: FlagOptions): { add: string[]; remove: string[] } {
  const add = [...(options.add ?? [])];
  const remove = [...(options.remove ?? [])];
  for (const [name, flag] of Object.entries(SHORT)) {
    const wanted = options[name as keyof typeof SHORT];
    if (wanted !== undefined) (wanted ? add : remove).push(flag);
  }
  for (const flag of [...add, ...remove]) {
    if (flag.length > MAX_FLAG || !/^\\?[A-Za-z0-9$_.+-]+$/.test(flag))
      throw new MedimailError("invalid_argument", "a flag is a word of letters, digits and $_.+-", { path: "flags" });
    if (/^\\(?:deleted|recent)$/i.test(flag))
      throw new MedimailError("invalid_argument", `${flag} is not set by hand`, {
        path: "flags",
        hint: "mailbox.delete() deletes mails.",
      });
  }
  if (remove.some((flag) => /^\$mdnsent$/i.test(flag)))
    throw new MedimailError("invalid_argument", "$MDNSent is never taken away: a receipt would be sent twice", {
      path: "remove",
    });
  const both = add.find((flag) => hasFlag(remove, flag));
  if (both !== undefined || add.length + remove.length === 0)
    throw new MedimailError("invalid_argument", "no flag, or one both to add and to remove", { path: "flags" });
  return { add, remove };
}

/** Labels of people may be health data: a trace names the flags of the standard only. */
function flagDetail(add: string[], remove: string[]): string {
  const shown = (flag: string): string => (/^[\\$]/.test(flag) ? flag : "(keyword)");
  return [...add.map((flag) => `+${shown(flag)}`), ...remove.map((flag) => `-${shown(flag)}`)].join(" ");
}

function actedOn({ destination, folder }: ActReport, mail: ActReport["mails"][number], gone: boolean): ActedOn {
  const { uid, outcome, messageId, newUid } = mail;
  const there = destination && newUid !== undefined ? { place: destination, uid: newUid } : undefined;
  const here = !destination && !gone && outcome === "done" ? { place: folder, uid } : undefined;
  const now = there ?? here;
  return {
    uid,
    outcome,
    ...(messageId === undefined ? {} : { messageId }),
    ...(now
      ? {
          now: {
            folder: now.place.path,
            uid: now.uid,
            ...(now.place.uidValidity === undefined ? {} : { uidValidity: now.place.uidValidity }),
          },
        }
      : {}),
  };
}

const signalOf = ({ signal }: ActOptions): { signal?: AbortSignal } => (signal ? { signal } : {});
