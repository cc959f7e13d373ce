/** Shorter pieces are put together as they come: kept one by one, those of a byte each would take a hundred times their size. */
const BLOCK = 64 * 1024;

/** Bytes that come piece by piece, however short the pieces are; each is copied. */
export class GatheredBytes {
  readonly #blocks: Uint8Array[] = [];
  #block = new Uint8Array(0);
  #filled = 0;
  #size = 0;

  /** Of all that was added, in bytes. */
  get size(): number {
    return this.#size;
  }

  add(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > this.#block.length) {
      this.#blocks.push(this.#block.subarray(0, this.#filled));
      this.#block = new Uint8Array(Math.max(BLOCK, bytes.length));
      this.#filled = 0;
    }
    this.#block.set(bytes, this.#filled);
    this.#filled += bytes.length;
    this.#size += bytes.length;
  }

  /** All of them in one. */
  whole(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const block of [...this.#blocks, this.#block.subarray(0, this.#filled)]) {
      all.set(block, at);
      at += block.length;
    }
    return all;
  }
}
