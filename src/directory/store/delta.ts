import { MedimailError } from "../../errors.js";
import type { DirectoryEntry } from "../../seams/index.js";
import { openIndexReader } from "../../storage/index.js";
import { unpackEntry } from "./pack.js";
import { infoOf, readMeta } from "./reader.js";
import { previousPath } from "./replace.js";

export interface DeltaCounts {
  added: number;
  gone: number;
  changed: number;
}

export type DeltaKind = keyof DeltaCounts;

export interface DeltaEntry {
  kind: DeltaKind;
  entry: DirectoryEntry;
  /** Of a changed one: as it was. */
  before?: DirectoryEntry;
}

// An entry is its mailbox, person, place and profession (`key`); lines of one key are compared together, by the sum of their digests.
const GROUPS = (schema: string) =>
  `(SELECT key, sum(digest) AS content, min(id) AS id FROM ${schema}.entry GROUP BY key)`;
const COUNTS = `
SELECT
  (SELECT count(*) FROM ${GROUPS("main")} AS n WHERE NOT EXISTS (SELECT 1 FROM before.entry AS o WHERE o.key = n.key)) AS added,
  (SELECT count(*) FROM ${GROUPS("before")} AS o WHERE NOT EXISTS (SELECT 1 FROM main.entry AS n WHERE n.key = o.key)) AS gone,
  (SELECT count(*) FROM ${GROUPS("main")} AS n JOIN ${GROUPS("before")} AS o USING (key) WHERE n.content <> o.content) AS changed`;
const LISTS: Readonly<Record<DeltaKind, string>> = {
  added: `SELECT n.packed AS now, NULL AS old FROM main.entry AS n
    WHERE NOT EXISTS (SELECT 1 FROM before.entry AS o WHERE o.key = n.key) ORDER BY n.id`,
  gone: `SELECT NULL AS now, o.packed AS old FROM before.entry AS o
    WHERE NOT EXISTS (SELECT 1 FROM main.entry AS n WHERE n.key = o.key) ORDER BY o.id`,
  changed: `SELECT n.packed AS now,
      (SELECT packed FROM before.entry AS p WHERE p.key = n.key AND p.digest NOT IN
        (SELECT digest FROM main.entry AS same WHERE same.key = n.key) ORDER BY p.id LIMIT 1) AS old
    FROM main.entry AS n
    WHERE EXISTS (SELECT 1 FROM before.entry AS o WHERE o.key = n.key)
      AND NOT EXISTS (SELECT 1 FROM before.entry AS o WHERE o.key = n.key AND o.digest = n.digest) ORDER BY n.id`,
};

/** How the index at `path` differs from the one at `before`. */
export function countDelta(path: string, before: string): DeltaCounts {
  return withBoth(path, before, ({ file }) => {
    const { added = 0, gone = 0, changed = 0 } = file.get<DeltaCounts>(COUNTS) ?? {};
    return { added, gone, changed };
  });
}

/**
 * The entries that differ between the import in use and the one before: what came, what went, what changed.
 *
 * @throws MedimailError `directory_index_missing` where one of the two is not there
 */
export function* directoryDelta(index: string, kinds: readonly DeltaKind[] = ["added", "gone", "changed"]) {
  const page = 1_000;
  for (const kind of kinds) {
    for (let from = 0; ; from += page) {
      const found = withBoth(index, previousPath(index), ({ file, now, then }) =>
        file
          .all<{ now: string | null; old: string | null }>(`${LISTS[kind]} LIMIT ? OFFSET ?`, [page, from])
          .map((row): DeltaEntry => {
            const entry = row.now ? unpackEntry(row.now, now.source, now.asOf) : undefined;
            const before = row.old ? unpackEntry(row.old, then.source, then.asOf) : undefined;
            if (kind === "changed" && entry) return { kind, entry, ...(before ? { before } : {}) };
            return { kind, entry: (entry ?? before) as DirectoryEntry };
          }),
      );
      yield* found;
      if (found.length < page) break;
    }
  }
}

function withBoth<T>(
  path: string,
  before: string,
  work: (both: {
    file: NonNullable<ReturnType<typeof openIndexReader>>;
    now: ReturnType<typeof infoOf>;
    then: ReturnType<typeof infoOf>;
  }) => T,
): T {
  const [file, old] = [openIndexReader(path), openIndexReader(before)];
  try {
    if (!file || !old)
      throw new MedimailError("directory_index_missing", "there are no two imports to compare", {
        hint: "Import the extraction of another day.",
      });
    const [now, then] = [infoOf(readMeta(file)), infoOf(readMeta(old))];
    file.run("ATTACH DATABASE ? AS before", [before]);
    return work({ file, now, then });
  } finally {
    file?.close();
    old?.close();
  }
}
