import { type ActedMail, type ActReport, hasFlag } from "../transport/imap/index.js";
import type { UndoStep } from "./action-types.js";

/** Takes back the flags that were changed, and only those: one that was there before stays. */
export function undoFlags(
  { folder, mails }: ActReport,
  added: readonly string[],
  removed: readonly string[],
): UndoStep | undefined {
  const groups = new Map<string, { uids: number[]; add: string[]; remove: string[] }>();
  for (const { uid, flags, outcome } of mails) {
    if (outcome !== "done") continue;
    const had = (flag: string): boolean => hasFlag(flags, flag);
    const change = { add: removed.filter(had), remove: added.filter((flag) => !had(flag)) };
    if (change.add.length + change.remove.length === 0) continue;
    const key = JSON.stringify(change);
    const group = groups.get(key) ?? { uids: [], ...change };
    group.uids.push(uid);
    groups.set(key, group);
  }
  if (groups.size === 0) return undefined;
  return { kind: "flag", folder: folder.path, uidValidity: folder.uidValidity, changes: [...groups.values()] };
}

export function undoMove(report: ActReport): UndoStep | undefined {
  const at = arrived(report);
  return at && { kind: "move", ...at, to: report.folder.path };
}

/** A copy is taken back by deleting it, for good: the mail itself is where it was. */
export function undoCopy(report: ActReport): UndoStep | undefined {
  const at = arrived(report);
  return at && { kind: "remove", ...at };
}

function arrived({
  destination,
  mails,
}: ActReport): { folder: string; uidValidity?: string; uids: number[] } | undefined {
  const uids = mails.flatMap(({ newUid, outcome }: ActedMail) =>
    outcome === "done" && newUid !== undefined ? [newUid] : [],
  );
  if (!destination || uids.length === 0) return undefined;
  const { path, uidValidity } = destination;
  return { folder: path, uids, ...(uidValidity === undefined ? {} : { uidValidity }) };
}
