const CR = 13;
const LF = 10;
const DOT_BYTE = 46;
const DOT = Buffer.from(".");
const LINE_DOT = Buffer.from("\r\n.");

/**
 * The content as it goes over the wire (RFC 5321 §4.5.2): a dot that begins a line is doubled. Chunks are cut, never
 * copied nor written to: they may be shared with other mails.
 */
export function* dotStuffed(chunks: readonly Uint8Array[]): Generator<Uint8Array> {
  // The two bytes before the chunk; the content's start is the start of a line.
  let beforeLast = CR;
  let last = LF;
  for (const chunk of chunks) {
    const length = chunk.length;
    if (length === 0) continue;
    let from = 0;
    if (beforeLast === CR && last === LF && chunk[0] === DOT_BYTE) yield DOT;
    else if (last === CR && chunk[0] === LF && chunk[1] === DOT_BYTE) {
      yield chunk.subarray(0, 1);
      yield DOT;
      from = 1;
    }
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, length);
    for (let at = bytes.indexOf(LINE_DOT); at >= 0; at = bytes.indexOf(LINE_DOT, at + 3)) {
      yield chunk.subarray(from, at + 2);
      yield DOT;
      from = at + 2;
    }
    yield from === 0 ? chunk : chunk.subarray(from);
    beforeLast = length > 1 ? (chunk[length - 2] as number) : last;
    last = chunk[length - 1] as number;
  }
}

/** True where the content ends with a line end, so that the final dot needs none before it. */
export function endsWithLineEnd(chunks: readonly Uint8Array[]): boolean {
  let need = LF;
  for (let index = chunks.length - 1; index >= 0; index--) {
    const chunk = chunks[index] as Uint8Array;
    for (let at = chunk.length - 1; at >= 0; at--) {
      if (chunk[at] !== need) return false;
      if (need === CR) return true;
      need = CR;
    }
  }
  return false;
}
