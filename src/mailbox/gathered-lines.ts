import PostalMime from "postal-mime";

/** Of the MIME reader, what its types leave out. */
interface Node {
  contentDecoder: Decoder | null;
  setupContentDecoder(encoding: string): void;
}

interface Decoder {
  update(line: Uint8Array): void;
  finalize(): Promise<ArrayBuffer>;
  /** Of those that gather bytes by themselves. */
  maxChunkSize?: number;
}

const BLOCK = 64 * 1024;
const LINE_END = Uint8Array.of(10);

/** The lines of a part without a transfer encoding, in blocks. */
class Gathered implements Decoder {
  readonly #blocks: Uint8Array[] = [];
  #block = new Uint8Array(0);
  #filled = 0;
  #size = 0;

  update(line: Uint8Array): void {
    this.#add(line);
    this.#add(LINE_END);
  }

  async finalize(): Promise<ArrayBuffer> {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const block of [...this.#blocks, this.#block.subarray(0, this.#filled)]) {
      all.set(block, at);
      at += block.length;
    }
    return all.buffer;
  }

  #add(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > this.#block.length) {
      this.#blocks.push(this.#block.subarray(0, this.#filled));
      this.#block = new Uint8Array(Math.max(BLOCK, bytes.length));
      this.#filled = 0;
    }
    this.#block.set(bytes, this.#filled);
    this.#filled += bytes.length;
    this.#size += bytes.length;
  }
}

let done = false;

/**
 * Teaches the MIME reader to gather the lines of a part that has no transfer encoding, such as a mail within a mail: by itself it keeps each of
 * them, and a megabyte of line ends takes two gigabytes. Where a later version is made otherwise, it is left as it is.
 */
export function gatherLines(): void {
  if (done) return;
  done = true;
  const { root } = new PostalMime() as unknown as { root?: object };
  const node = root && (Object.getPrototypeOf(root) as Partial<Node>);
  const original = node?.setupContentDecoder;
  if (!node || typeof original !== "function") return;
  node.setupContentDecoder = function setupContentDecoder(this: Node, encoding: string): void {
    original.call(this, encoding);
    if (this.contentDecoder && this.contentDecoder.maxChunkSize === undefined) this.contentDecoder = new Gathered();
  };
}
