import type { InboxRecord, InboxSighting } from "../seams/index.js";
import type { Seen } from "./open-types.js";

/** A document of the mail that is opened, as far as the registry compares it. */
export type Compared = Pick<
  InboxSighting,
  "uniqueId" | "setId" | "versionNumber" | "action" | "sha256" | "sender" | "organisation" | "mailId" | "receivedAt"
> & {
  /** The documents that it says it replaces. */
  replaces: readonly string[];
};

type Known = Omit<Compared, "replaces"> & { id?: number };

export interface SeenVerdict {
  seen: Seen;
  /** Another document claims the same place in the same series. */
  conflict: boolean;
  /** Other bytes came under the same id: neither is a duplicate of the other. */
  reused: boolean;
  /** Another sender than the first acts on this document, or this one acts on another sender's. */
  disputed: boolean;
}

/**
 * What a document is to those who know these others (SC.CDA/INT.18). A mail is not compared with itself but for its earlier documents;
 * a duplicate is what came later, whichever mail is opened first; a version is old as soon as a later one is known.
 *
 * @param mail the documents of the same mail, itself included
 */
export function seenOf(document: Compared, records: readonly InboxRecord[], mail: readonly Compared[]): SeenVerdict {
  const elsewhere: Known[] = records.filter(({ mailId }) => mailId !== document.mailId);
  const others = [...elsewhere, ...mail.filter((other) => other !== document)];
  const deletes = (action: string): boolean => action === "delete";
  const named = [...elsewhere, ...mail.slice(0, mail.indexOf(document))].filter(
    ({ uniqueId, action }) => uniqueId === document.uniqueId && deletes(action) === deletes(document.action),
  );
  const same = named.filter(
    ({ sha256 }) => sha256 === undefined || document.sha256 === undefined || sha256 === document.sha256,
  );
  const reused = same.length < named.length;
  const series = others.filter(
    ({ setId, uniqueId }) => setId !== undefined && setId === document.setId && uniqueId !== document.uniqueId,
  );
  const version = document.versionNumber;
  const conflict = version !== undefined && series.some(({ versionNumber }) => versionNumber === version);
  const first = (uniqueId: string): Known | undefined => firstOf([...others, document], uniqueId);
  // Who deletes or replaces is believed where he is who sent it first.
  const deletions = deletes(document.action)
    ? []
    : others.filter(({ uniqueId, action }) => uniqueId === document.uniqueId && deletes(action));
  const later = series.filter(({ versionNumber = -1 }) => version !== undefined && versionNumber > version);
  const earlier = series.filter(({ versionNumber }) => version !== undefined && (versionNumber ?? version) < version);
  const own = first(document.uniqueId) ?? document;
  const targets = [
    ...(deletes(document.action) ? [document.uniqueId] : []),
    ...document.replaces,
    ...earlier.map(({ uniqueId }) => uniqueId),
  ].flatMap((uniqueId) => first(uniqueId) ?? []);
  const acting = [...deletions, ...later];
  const disputed =
    acting.some((other) => isForeign(other, own)) || targets.some((target) => isForeign(document, target));
  const verdict = (seen: Seen): SeenVerdict => ({ seen, conflict, reused, disputed });
  const noted = records.find(
    ({ mailId, uniqueId, action }) =>
      mailId === document.mailId && uniqueId === document.uniqueId && action === document.action,
  );
  if (same.some((known) => isEarlier(known, document, noted?.id))) return verdict("duplicate");
  if (acting.some((other) => !isForeign(other, own))) return verdict("obsolete");
  if (deletes(document.action)) return verdict("new");
  const replaced = others.some(({ uniqueId }) => document.replaces.includes(uniqueId));
  return verdict(replaced || earlier.length > 0 ? "newer" : "new");
}

/** Who sent a document first, as far as is known. */
function firstOf(known: readonly Known[], uniqueId: string): Known | undefined {
  let first: Known | undefined;
  for (const one of known)
    if (one.uniqueId === uniqueId && one.action !== "delete" && (!first || one.receivedAt < first.receivedAt))
      first = one;
  return first;
}

/** Another domain, or another organisation of the author. What is not known, as of what was noted by a former version, differs from nothing. */
function isForeign(one: Known, other: Known): boolean {
  const differ = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b;
  return differ(one.sender, other.sender) || differ(one.organisation, other.organisation);
}

/**
 * Of two mails the one that came first. A server tells the second only: within it the one that was noted first.
 *
 * @param own the registry's number for the document itself, where it is noted
 */
function isEarlier(known: Known, document: Compared, own: number | undefined): boolean {
  if (known.mailId === document.mailId) return true;
  if (known.receivedAt !== document.receivedAt) return known.receivedAt < document.receivedAt;
  return own === undefined || (known.id ?? own) < own;
}
