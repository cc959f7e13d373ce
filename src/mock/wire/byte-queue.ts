/** Bytes received and not yet read: chunks are joined only when a line or a literal is taken. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** Position of a byte among the first `within` bytes, or -1. */
  indexOf(byte: number, within: number): number {
    let base = 0;
    for (const chunk of this.#chunks) {
      const at = chunk.indexOf(byte);
      if (at >= 0) return base + at < within ? base + at : -1;
      base += chunk.length;
      if (base >= within) return -1;
    }
    return -1;
  }

  take(count: number): Buffer {
    const taken: Buffer[] = [];
    let left = count;
    while (left > 0) {
      const chunk = this.#chunks[0];
      if (!chunk) break;
      if (chunk.length <= left) {
        taken.push(chunk);
        this.#chunks.shift();
        left -= chunk.length;
      } else {
        taken.push(chunk.subarray(0, left));
        this.#chunks[0] = chunk.subarray(left);
        left = 0;
      }
    }
    this.#length -= count - left;
    return taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken);
  }

  /** The next chunk as it came, or undefined. */
  shift(): Buffer | undefined {
    const chunk = this.#chunks.shift();
    if (chunk) this.#length -= chunk.length;
    return chunk;
  }

  unshift(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.unshift(chunk);
    this.#length += chunk.length;
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }
}
