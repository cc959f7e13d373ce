/** Something laid out, of a height, that can be drawn where there is room for it. */
export interface Piece {
  height: number;
  /** `x` and `y` of the upper left corner. */
  draw(x: number, y: number): void;
  /** Stays on one page with what follows: a heading. */
  keep?: true;
  /** Room between others: nothing at the head of a page. */
  space?: true;
  /** Cut so that the first part takes `room` at most; undefined where there is no such part. */
  split?(room: number): [Piece, Piece] | undefined;
  /** Drawn again above it at the head of each further page. */
  heads?: readonly Piece[];
}

/** What knows how wide it would like to be, and how it looks at a width. */
export interface Shape {
  /** No narrower without cutting words. */
  min: number;
  /** Everything on one line. */
  max: number;
  lay(width: number): Piece[];
}

export const heightOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { height }) => sum + height, 0);

export function drawAll(pieces: readonly Piece[], x: number, y: number): void {
  let at = y;
  for (const piece of pieces) {
    piece.draw(x, at);
    at += piece.height;
  }
}

export const space = (height: number): Piece => ({ height, space: true, draw() {} });

/** The pieces that fit into the room, and the others. */
export function cut(pieces: readonly Piece[], room: number): [Piece[], Piece[]] {
  const first: Piece[] = [];
  let left = room;
  for (const [index, piece] of pieces.entries()) {
    if (piece.height <= left) {
      first.push(piece);
      left -= piece.height;
      continue;
    }
    const parts = piece.split?.(left);
    const rest = pieces.slice(index + 1);
    if (parts)
      return [
        [...first, parts[0]],
        [parts[1], ...rest],
      ];
    return [first, withoutSpace([piece, ...rest])];
  }
  return [first, []];
}

export function withoutSpace(pieces: Piece[]): Piece[] {
  const from = pieces.findIndex((piece) => !piece.space);
  return from < 0 ? [] : pieces.slice(from);
}

/** Shapes one under the other. */
export function stack(shapes: readonly Shape[], gap = 0): Shape {
  if (shapes.length === 1) return shapes[0] as Shape;
  return {
    min: shapes.reduce((most, { min }) => Math.max(most, min), 0),
    max: shapes.reduce((most, { max }) => Math.max(most, max), 0),
    lay: (width) =>
      shapes.flatMap((shape, index) => (index > 0 && gap > 0 ? [space(gap), ...shape.lay(width)] : shape.lay(width))),
  };
}

/** A shape set in from the left. */
export function indented(shape: Shape, indent: number, mark?: (x: number, y: number) => void): Shape {
  return {
    min: shape.min + indent,
    max: shape.max + indent,
    lay: (width) =>
      shape
        .lay(Math.max(1, width - indent))
        .map((piece, index) => shifted(piece, indent, index === 0 ? mark : undefined)),
  };
}

function shifted(piece: Piece, indent: number, mark?: (x: number, y: number) => void): Piece {
  const { split, heads } = piece;
  return {
    ...piece,
    draw: (x, y) => {
      mark?.(x, y);
      piece.draw(x + indent, y);
    },
    ...(split && {
      split: (room: number) => {
        const parts = split.call(piece, room);
        return parts && [shifted(parts[0], indent, mark), shifted(parts[1], indent)];
      },
    }),
    ...(heads && { heads: heads.map((head) => shifted(head, indent)) }),
  };
}
