import { MedimailError } from "../../errors.js";
import type { Ink } from "./ink.js";
import { heightOf, type Piece } from "./piece.js";

export const MARGIN = 42;
const A4 = { width: 595.28, height: 841.89 };
/** Under the line at the head of a page, above the line at its foot. */
const TOP = MARGIN + 18;
const BOTTOM = A4.height - MARGIN - 16;

/** Room of a page for what is laid out. */
export const ROOM = { width: A4.width - 2 * MARGIN, height: BOTTOM - TOP };
export const PAGE = A4;

/** Puts pieces on pages, one under the other. */
export class Pages {
  #y = TOP;
  #count = 1;

  constructor(
    private readonly ink: Ink,
    private readonly maxPages: number,
  ) {}

  get count(): number {
    return this.#count;
  }

  /** @throws MedimailError `xml_limit_exceeded` past the limit of pages. */
  place(pieces: readonly Piece[]): void {
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index] as Piece;
      if (piece.space && this.#y === TOP) continue;
      if (piece.keep && this.#y > TOP && this.#y + kept(pieces, index) > BOTTOM) this.#turn();
      this.#put(piece);
    }
  }

  #put(piece: Piece): void {
    let left = piece;
    while (left.height > BOTTOM - this.#y) {
      const room = BOTTOM - this.#y;
      const worth = left.height > ROOM.height || (isLong(left) && room > LEAST_CUT);
      const parts = worth && !left.space ? left.split?.(room) : undefined;
      if (parts) {
        this.#draw(parts[0]);
        left = { ...parts[1], ...(left.heads && { heads: left.heads }) };
        // Higher than a page, and nothing to cut: drawn over its foot.
      } else if (this.#y === TOP || this.#onlyHeads) break;
      this.#turn();
      if (left.space) return;
      this.#drawHeads(left);
    }
    this.#draw(left);
  }

  #onlyHeads = false;

  #drawHeads({ heads = [] }: Piece): void {
    // Heads that leave no room for what they head are not repeated.
    if (heads.length === 0 || heightOf(heads) > ROOM.height / 2) return;
    for (const head of heads) this.#draw(head);
    this.#onlyHeads = true;
  }

  #draw(piece: Piece): void {
    piece.draw(MARGIN, this.#y);
    this.#y += piece.height;
    this.#onlyHeads = false;
  }

  #turn(): void {
    if (++this.#count > this.maxPages)
      throw new MedimailError("xml_limit_exceeded", `The PDF passes the limit maxPages (${this.maxPages}).`, {
        path: "maxPages",
      });
    this.ink.doc.addPage();
    this.#y = TOP;
  }
}

/** A row of a table is cut where it is long; a short one goes on the next page whole. */
const isLong = ({ height }: Piece): boolean => height > ROOM.height / 3;

/** In less room than this no row is cut. */
const LEAST_CUT = 60;

/** Height of what must stay together from there, and of what follows as far as it is not cut. */
function kept(pieces: readonly Piece[], from: number): number {
  let height = 0;
  for (let index = from; index < pieces.length; index++) {
    const piece = pieces[index] as Piece;
    if (!piece.keep && !piece.space) return height + (piece.split && isLong(piece) ? LEAST_CUT + 1 : piece.height);
    height += piece.height;
    if (height > ROOM.height / 2) return 0;
  }
  return height;
}
