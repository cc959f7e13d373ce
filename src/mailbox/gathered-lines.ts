import PostalMime from "postal-mime";
import { GatheredBytes } from "../gathered-bytes.js";

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

const LINE_END = Uint8Array.of(10);

/** The lines of a part without a transfer encoding. */
class GatheredLines implements Decoder {
  readonly #bytes = new GatheredBytes();

  update(line: Uint8Array): void {
    this.#bytes.add(line);
    this.#bytes.add(LINE_END);
  }

  async finalize(): Promise<ArrayBuffer> {
    return this.#bytes.whole().buffer;
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
    if (this.contentDecoder && this.contentDecoder.maxChunkSize === undefined)
      this.contentDecoder = new GatheredLines();
  };
}
