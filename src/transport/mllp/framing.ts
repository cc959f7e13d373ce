import { MedimailError } from "../../errors.js";
import { GatheredBytes } from "../../gathered-bytes.js";

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const LF = 0x0a;
const NUL = 0x00;

/** 80 MB: a document of 25 MB in base64, and the archive that it comes in. */
export const MAX_BLOCK_BYTES = 80 * 1024 * 1024;

/**
 * Bytes of MLLP in, however the stream is cut, whole blocks out.
 *
 * A block ends with FS CR and with nothing less: FS alone within it is content, for to guess an end would be to hand over half a message. One ending is
 * taken beside it, FS and at once the VT of the next block (senders that leave the CR out): else two messages would become one. A VT elsewhere within a
 * block is content: word processors put it into text.
 */
export class MllpDecoder {
  readonly #onBlock: (content: Uint8Array) => void;
  readonly #maxBlockBytes: number;
  #gathered: GatheredBytes | undefined;
  /** The last byte was an FS within a block: what it is, the next byte tells. */
  #afterFs = false;
  #begun = 0;
  #stray = 0;
  #strayNow = 0;
  #refused: MedimailError | undefined;

  /** @param onBlock called with the content of each block as it ends, a copy of its own. */
  constructor(onBlock: (content: Uint8Array) => void, { maxBlockBytes = MAX_BLOCK_BYTES } = {}) {
    this.#onBlock = onBlock;
    this.#maxBlockBytes = maxBlockBytes;
  }

  /** Whether a block has begun and not ended. */
  get inBlock(): boolean {
    return this.#gathered !== undefined;
  }

  /** Blocks begun so far. */
  get begun(): number {
    return this.#begun;
  }

  /** Bytes of the block that has begun. */
  get held(): number {
    return this.#gathered?.size ?? 0;
  }

  /** Bytes between blocks that have no business there: all but CR, LF and NUL. */
  get stray(): number {
    return this.#stray;
  }

  /** Those since the last block ended. */
  get strayNow(): number {
    return this.#strayNow;
  }

  /** @throws invalid_argument once a block has more bytes than may be, and then always: nothing of it is held. */
  push(bytes: Uint8Array): void {
    if (this.#refused) throw this.#refused;
    // The search of Buffer is a native one.
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at < chunk.length) at = this.#gathered ? this.#within(chunk, at, this.#gathered) : this.#between(chunk, at);
  }

  #between(chunk: Buffer, from: number): number {
    const start = chunk.indexOf(VT, from);
    const end = start < 0 ? chunk.length : start;
    for (let at = from; at < end; at++) {
      const byte = chunk[at];
      if (byte === CR || byte === LF || byte === NUL) continue;
      this.#stray++;
      this.#strayNow++;
    }
    if (start < 0) return end;
    this.#begin();
    return start + 1;
  }

  #begin(): void {
    this.#gathered = new GatheredBytes();
    this.#begun++;
  }

  #within(chunk: Buffer, from: number, gathered: GatheredBytes): number {
    if (this.#afterFs) {
      this.#afterFs = false;
      const byte = chunk[from];
      if (byte === CR || byte === VT) {
        this.#gathered = undefined;
        this.#strayNow = 0;
        this.#onBlock(gathered.whole());
        if (byte === VT) this.#begin();
        return from + 1;
      }
      this.#add(gathered, LONE_FS);
    }
    const fs = chunk.indexOf(FS, from);
    const end = fs < 0 ? chunk.length : fs;
    if (end > from) this.#add(gathered, chunk.subarray(from, end));
    if (fs < 0) return end;
    this.#afterFs = true;
    return fs + 1;
  }

  #add(gathered: GatheredBytes, bytes: Uint8Array): void {
    if (gathered.size + bytes.length <= this.#maxBlockBytes) {
      gathered.add(bytes);
      return;
    }
    this.#gathered = undefined;
    this.#refused = new MedimailError("invalid_argument", `the block has more than ${this.#maxBlockBytes} bytes`);
    throw this.#refused;
  }
}

const LONE_FS = Uint8Array.of(FS);

/**
 * The block that carries `content`.
 *
 * @throws invalid_argument where the content holds what would end its block: FS CR, or FS VT. What follows would be lost, or be taken for another message.
 */
export function mllpBlock(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = Buffer.from(content.buffer, content.byteOffset, content.length);
  for (let at = view.indexOf(FS); at >= 0; at = view.indexOf(FS, at + 1)) {
    if (view[at + 1] === CR || view[at + 1] === VT)
      throw new MedimailError("invalid_argument", "the message holds the bytes that end a block of MLLP");
  }
  const block = new Uint8Array(content.length + 3);
  block[0] = VT;
  block.set(content, 1);
  block[content.length + 1] = FS;
  block[content.length + 2] = CR;
  return block;
}
