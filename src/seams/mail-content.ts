/** Bytes that nobody holds: read from their beginning, in pieces, each time they are asked for. */
export interface ContentStream {
  /** Bytes of all the pieces. */
  size: number;
  /** A piece may be shared with another reader: never written to. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** A mail, in order: what is short in memory (its head comes first), what is long as a stream. Lines end in CRLF. */
export type MailContent = readonly (Uint8Array | ContentStream)[];

export function isStream(part: Uint8Array | ContentStream): part is ContentStream {
  return !(part instanceof Uint8Array);
}

/** Bytes of the whole. */
export function contentSize(content: MailContent): number {
  return content.reduce((sum, part) => sum + (isStream(part) ? part.size : part.byteLength), 0);
}

/** The whole, piece by piece. */
export async function* contentPieces(content: MailContent): AsyncGenerator<Uint8Array> {
  for (const part of content) {
    if (isStream(part)) yield* part.pieces();
    else yield part;
  }
}

/**
 * What the mails of a submission all end with, stored ahead of the submission: the long part, attachments as a rule. Nothing of it is sent
 * before `submit` takes it up; what none takes up is erased.
 */
export interface StagedTail {
  /** Of the submission, which has none yet. */
  submission: string;
  size: number;
  /** How many pieces it is stored in: with the size, what tells that none is missing. */
  pieces: number;
}

/** Writes a tail in pieces. One call at a time; a piece that is given may not change before the call has resolved. */
export interface TailWriter {
  /** Of any length; stored in pieces of the store's own. @throws `storage_failed` */
  write(piece: Uint8Array): Promise<void>;
  end(): Promise<StagedTail>;
}
