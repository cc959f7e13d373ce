import type { Pieces } from "../message/index.js";
import type { NewSubmission, OutboxStore, StagedTail, SubmissionRow } from "../seams/index.js";

/** The tail of a submission, as far as it is to be read yet: attachments on the mailbox's server, the original that a receipt returns. */
export interface ComingTail {
  parts: readonly (Uint8Array | Pieces)[];
  /** Asked with each piece, of the bytes until then. Throws where the mails would grow beyond what is taken. */
  check(size: number): void;
  /** The submission, with what only reading told: sizes, the digest of its content. */
  complete(submission: NewSubmission, tail: StagedTail): NewSubmission;
}

/**
 * Stores a submission whose tail never stands in memory: piece by piece first, then the submission that takes it up, in one transaction. What
 * fails, or dies, before that leaves pieces that nobody sends, and that are erased.
 */
export async function submitInPieces(
  store: Pick<OutboxStore, "stage" | "discard" | "submit">,
  submission: NewSubmission,
  { parts, check, complete }: ComingTail,
): Promise<{ submission: SubmissionRow; created: boolean }> {
  const writer = await store.stage(submission.id);
  try {
    let size = 0;
    for (const part of parts) {
      for await (const piece of part instanceof Uint8Array ? [part] : part()) {
        size += piece.byteLength;
        check(size);
        await writer.write(piece);
      }
    }
    return await store.submit(complete(submission, await writer.end()));
  } catch (error) {
    // What failed is what is told, though the store fail again.
    await store.discard(submission.id).catch(() => {});
    throw error;
  }
}
