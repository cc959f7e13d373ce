const CR = 13;
const LF = 10;
const DOT_BYTE = 46;
const DOT = Buffer.from(".");
const LINE_DOT = Buffer.from("\r\n.");
/** Dots within lines, in one piece, after which its dots are no longer looked at one by one. */
const MANY_DOTS = 24;

/**
 * The content as it goes over the wire (RFC 5321 §4.5.2), piece by piece: a dot that begins a line is doubled. Pieces are cut, never
 * copied nor written to: they may be shared with other mails.
 */
export class DotStuffing {
  /** The two bytes before the next piece; the content's start is the start of a line. */
  #beforeLast = CR;
  #last = LF;

  /** True where what was given ends with a line end, so that the final dot needs none before it. */
  get atLineStart(): boolean {
    return this.#beforeLast === CR && this.#last === LF;
  }

  *of(piece: Uint8Array): Generator<Uint8Array> {
    const length = piece.length;
    if (length === 0) return;
    let from = 0;
    if (this.atLineStart && piece[0] === DOT_BYTE) yield DOT;
    else if (this.#last === CR && piece[0] === LF && piece[1] === DOT_BYTE) {
      yield piece.subarray(0, 1);
      yield DOT;
      from = 1;
    }
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, length);
    for (const at of lineDots(bytes)) {
      yield piece.subarray(from, at);
      yield DOT;
      from = at;
    }
    yield from === 0 ? piece : piece.subarray(from);
    this.#beforeLast = length > 1 ? (piece[length - 2] as number) : this.#last;
    this.#last = piece[length - 1] as number;
  }

  /** Of a content that is in memory. */
  *all(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const piece of pieces) yield* this.of(piece);
  }

  async *stream(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) yield* this.of(piece);
  }
}

/**
 * Where a dot follows a line end. Base64, most of a mail, has line ends but no dot: looking for dots alone is four times quicker there than
 * for the three bytes. In text it is the other way round.
 */
function lineDots(bytes: Buffer): number[] {
  const found: number[] = [];
  let within = 0;
  let at = bytes.indexOf(DOT_BYTE, 2);
  while (at >= 0 && within < MANY_DOTS) {
    if (bytes[at - 1] === LF && bytes[at - 2] === CR) found.push(at);
    else within += 1;
    at = bytes.indexOf(DOT_BYTE, at + 1);
  }
  if (at < 0) return found;
  for (let end = bytes.indexOf(LINE_DOT, at - 2); end >= 0; end = bytes.indexOf(LINE_DOT, end + 3)) found.push(end + 2);
  return found;
}
