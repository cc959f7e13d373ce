import { isUtf8 } from "node:buffer";
import { type ExtractionLimits, invalid, tooMuch } from "./limits.js";

export interface Line {
  /** From 1, the header. */
  number: number;
  /** Undefined where the bytes are not UTF-8. */
  text: string | undefined;
  /** The last one of a file that ends without a line end. */
  isOpen?: true;
}

/** Cuts bytes into lines. Never keeps more than one line that is allowed, whatever comes. */
export class LineSplitter {
  readonly #limits: ExtractionLimits;
  #rest: Buffer = Buffer.alloc(0);
  #number = 0;
  #bytes = 0;

  constructor(limits: ExtractionLimits) {
    this.#limits = limits;
  }

  /** Lines seen, the header too. */
  get count(): number {
    return this.#number;
  }
  get bytes(): number {
    return this.#bytes;
  }

  *push(chunk: Buffer): Generator<Line> {
    if (this.#bytes === 0) refuseOtherCharsets(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxTextBytes) throw tooMuch("maxTextBytes", this.#limits);
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const part = chunk.subarray(from, at);
      yield this.#line(this.#rest.length > 0 ? Buffer.concat([this.#rest, part]) : part);
      this.#rest = EMPTY;
      from = at + 1;
    }
    const rest = chunk.subarray(from);
    if (this.#rest.length + rest.length > this.#limits.maxLineBytes)
      throw tooMuch("maxLineBytes", this.#limits, ` in line ${this.#number + 1}`);
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, rest]) : Buffer.from(rest);
  }

  *end(): Generator<Line> {
    if (this.#rest.length > 0) yield { ...this.#line(this.#rest), isOpen: true };
    this.#rest = EMPTY;
  }

  #line(given: Buffer): Line {
    this.#number += 1;
    if (given.length > this.#limits.maxLineBytes)
      throw tooMuch("maxLineBytes", this.#limits, ` in line ${this.#number}`);
    if (this.#number > this.#limits.maxLines + 1) throw tooMuch("maxLines", this.#limits);
    const bytes = given.at(-1) === 13 ? given.subarray(0, -1) : given;
    return { number: this.#number, text: isUtf8(bytes) ? bytes.toString("utf8") : undefined };
  }
}

const EMPTY = Buffer.alloc(0);

/** A file in another charset would be found under no name with an accent: better no index than that one. */
function refuseOtherCharsets(start: Buffer): void {
  const [one, two] = start;
  if ((one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff) || start.subarray(0, 4_096).includes(0))
    throw invalid(
      "the file is UTF-16, or not a text; the extraction is UTF-8",
      undefined,
      "Give the file as it was downloaded, or convert it: iconv -f UTF-16 -t UTF-8",
    );
}
