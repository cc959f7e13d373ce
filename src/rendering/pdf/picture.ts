import type { Picture } from "./blocks.js";
import type { Shape } from "./piece.js";

/** 96 pixels an inch, as a page on a screen has it. */
const POINTS_PER_PIXEL = 0.75;

/** An image in its own proportions: no wider than the column, no higher than most of a page. */
export function pictureShape(picture: Picture, page: { width: number; height: number }): Shape {
  const natural = picture.width * POINTS_PER_PIXEL;
  const highest = page.height * 0.75;
  const max = Math.min(natural, page.width, (highest * picture.width) / picture.height);
  return {
    // In a narrow column it is small, never a dot.
    min: Math.min(max, 90),
    max,
    lay: (room) => {
      const width = Math.min(max, Math.max(1, room));
      const height = (width * picture.height) / picture.width;
      return [{ height: height + 2, draw: (x, y) => picture.draw(x, y + 1, width, height) }];
    },
  };
}
