import type { ContentCipher } from "../cipher.js";
import { bytesOf } from "../driver.js";
import { type InboxContext, type Row, sealedPlace } from "./rows.js";
import { NEXT_SEALED, RESEAL } from "./statements.js";

/** So many a transaction: other writers wait no longer than that takes. */
export const CHUNK = 200;

export type SealedRow = Pick<Row, "id" | "document" | "action" | "mail" | "data">;

/**
 * What came in is remembered for ever, so a former key would have to stay for ever: while there is one in the ring, its rows are sealed anew with the
 * newest. What no key of the ring opens is left as it is.
 */
export async function resealInbox({ database: sql, queue, cipher }: Omit<InboxContext, "lookup">): Promise<void> {
  if (!cipher.rotates) return;
  for (let after = 0; ; ) {
    const rows = sql.all<SealedRow>(NEXT_SEALED, [after, CHUNK]);
    const former = rows.filter(({ data }) => !cipher.isCurrent(bytesOf(data)));
    if (former.length > 0)
      await queue.write(() => {
        // Not where it was written to meanwhile.
        for (const row of former) {
          const sealed = resealed(cipher, row);
          if (sealed) sql.run(RESEAL, [sealed, row.id, bytesOf(row.data)]);
        }
      });
    else await new Promise((resolve) => setImmediate(resolve));
    const last = rows.at(-1);
    if (rows.length < CHUNK || !last) return;
    after = last.id;
  }
}

/** Undefined where no key of the ring opens it. */
export function resealed(cipher: ContentCipher, row: SealedRow): Buffer | undefined {
  const context = sealedPlace(bytesOf(row.document), row.action, bytesOf(row.mail));
  let content: Buffer;
  try {
    content = cipher.open(bytesOf(row.data), context);
  } catch {
    return undefined;
  }
  return cipher.seal(content, context);
}
