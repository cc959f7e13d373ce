import { type Html, html, nothing } from "../page.js";

/** A part of a bar. Colours have a contrast of 3 to 1 at least with the page (WCAG 1.4.11); a white line parts neighbours. */
export interface Series {
  name: string;
  colour: string;
  values: readonly number[];
}

export interface ChartWords {
  /** Unique in the page. */
  id: string;
  title: string;
  /** What who does not see the picture is told; the numbers are in the table after it. */
  description: string;
}

const WIDTH = 900;
const HEIGHT = 260;
const LEFT = 56;
const RIGHT = 20;
const TOP = 12;
const BOTTOM = 34;

/** Bars over time, each made of its series from the bottom up. */
export function stackedBars(
  words: ChartWords,
  labels: readonly string[],
  series: readonly Series[],
  format: (n: number) => string,
): Html {
  const sums = labels.map((_, index) => series.reduce((all, { values }) => all + (values[index] ?? 0), 0));
  const most = roundUp(Math.max(1, ...sums));
  const plot = HEIGHT - TOP - BOTTOM;
  const slot = (WIDTH - LEFT - RIGHT) / Math.max(1, labels.length);
  const width = Math.max(1, Math.min(40, slot * 0.8));
  // A label has some 70 units of room.
  const every = Math.max(1, Math.ceil(70 / slot));
  const y = (value: number): number => round(TOP + plot - (value / most) * plot);
  const lines = [0, most / 2, most].map(
    (
      value,
    ) => html`<line x1="${LEFT}" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}" stroke="#c5ccd3" stroke-width="1"/>
<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${format(value)}</text>
`,
  );
  const bars = labels.map((label, index) => {
    const x = round(LEFT + slot * index + (slot - width) / 2);
    let below = 0;
    const parts = series.map(({ name, colour, values }) => {
      const value = values[index] ?? 0;
      if (value === 0) return nothing;
      const [top, bottom] = [y(below + value), y(below)];
      below += value;
      return html`<rect x="${x}" y="${top}" width="${round(width)}" height="${round(bottom - top)}" fill="${colour}" stroke="#fff" stroke-width="0.6"><title>${label} : ${name} ${format(value)}</title></rect>`;
    });
    const mark =
      index % every === 0
        ? html`<text x="${round(x + width / 2)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${label}</text>`
        : nothing;
    return html`${parts}${mark}
`;
  });
  return html`<figure>${picture(words, HEIGHT, html`${lines}${bars}`)}
<figcaption>${words.title}. ${legend(series)}</figcaption></figure>
`;
}

/** Bars beside their words and numbers, longest scale 100 %. */
export function rows(
  words: ChartWords,
  bars: readonly { label: string; value: number; colour: string }[],
  format: (n: number) => string,
): Html {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const line = 28;
  const from = 300;
  const height = bars.length * line + 8;
  const body = bars.map(({ label, value, colour }, index) => {
    const at = index * line + 6;
    const length = round(((WIDTH - from - 90) * value) / most);
    return html`<text x="${from - 8}" y="${at + 15}" text-anchor="end">${label}</text><rect x="${from}" y="${at}" width="${length}" height="20" fill="${colour}"/><text x="${from + length + 6}" y="${at + 15}">${format(value)}</text>
`;
  });
  return html`<figure>${picture(words, height, html`${body}`)}<figcaption>${words.title}</figcaption></figure>
`;
}

const picture = ({ id, title, description }: ChartWords, height: number, body: Html): Html =>
  html`<svg viewBox="0 0 ${WIDTH} ${height}" width="100%" role="img" aria-labelledby="${id}-t ${id}-d" xmlns="http://www.w3.org/2000/svg"><title id="${id}-t">${title}</title><desc id="${id}-d">${description}</desc>
${body}</svg>`;

const legend = (series: readonly Series[]): Html =>
  html`${series.map(
    ({ name, colour }) =>
      html`<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><rect width="12" height="12" fill="${colour}"/></svg> ${name} &#160; `,
  )}`;

/** The next round number whose half is one too, so that the scale has no odd figures. */
function roundUp(value: number): number {
  const ten = 10 ** Math.floor(Math.log10(value));
  const factors =
    ten >= 100 ? [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] : ten === 10 ? [1, 2, 3, 4, 5, 6, 8, 10] : [2, 4, 6, 8, 10];
  return factors.map((factor) => factor * ten).find((limit) => value <= limit) ?? value;
}

const round = (value: number): number => Math.round(value * 100) / 100;
