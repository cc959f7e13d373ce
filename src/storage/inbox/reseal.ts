import type { ContentCipher } from "../cipher.js";
import { bytesOf } from "../driver.js";
import { type InboxContext, type Row, sealedPlace } from "./rows.js";

/** So many a transaction: other writers wait no longer than that takes. */
const CHUNK = 200;

type Sealed = Pick<Row, "id" | "document" | "action" | "mail" | "data">;

const NEXT = "SELECT id, document, action, mail, data FROM medimail_inbox WHERE id > ? ORDER BY id LIMIT ?";

/**
 * What came in is remembered for ever, so a former key would have to stay for ever: while there is one in the ring, its rows are sealed anew with the
 * newest. What no key of the ring opens is left as it is.
 */
export async function resealInbox({ database: sql, queue, cipher }: Omit<InboxContext, "lookup">): Promise<void> {
  if (!cipher.rotates) return;
  for (let after = 0; ; ) {
    const rows = sql.all<Sealed>(NEXT, [after, CHUNK]);
    const former = rows.filter(({ data }) => !cipher.isCurrent(bytesOf(data)));
    if (former.length > 0)
      await queue.write(() => {
        for (const row of former) reseal(cipher, row, (data) => replace(row, data));
      });
    else await new Promise((resolve) => setImmediate(resolve));
    const last = rows.at(-1);
    if (rows.length < CHUNK || !last) return;
    after = last.id;
  }

  /** Not where it was written to meanwhile. */
  function replace({ id, data }: Sealed, sealed: Buffer): void {
    sql.run("UPDATE medimail_inbox SET data = ? WHERE id = ? AND data = ?", [sealed, id, bytesOf(data)]);
  }
}

function reseal(cipher: ContentCipher, row: Sealed, write: (data: Buffer) => void): void {
  const context = sealedPlace(bytesOf(row.document), row.action, bytesOf(row.mail));
  let content: Buffer;
  try {
    content = cipher.open(bytesOf(row.data), context);
  } catch {
    return;
  }
  write(cipher.seal(content, context));
}
