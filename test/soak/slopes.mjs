// What grows: of each five minutes the least (what is under way comes on top of it), and the slope of these over the last two thirds of the soak, by the
// median of all pairs (Theil and Sen), which a peak does not move.
const COLUMNS = [
  "minute",
  "rssMb",
  "heapMb",
  "externalMb",
  "buffersMb",
  "fds",
  "sockets",
  "files",
  "timers",
  "listeners",
  "dbMb",
  "walMb",
  "lagP99",
  "lagMax",
  "lines",
  "operations",
  "submitted",
  "told",
  "ended",
];
const WINDOW = 5;

export function table(rows, head) {
  const text = (values) => values.map((value) => String(value).padStart(10)).join(" ");
  const line = (row) => text(COLUMNS.map((name) => (name === "minute" ? row[name].toFixed(1) : row[name])));
  return `${head ? `${text(COLUMNS)}\n         ` : ""}${rows.map(line).join("\n")}`;
}

function slope(points) {
  const all = [];
  for (const [i, [x1, y1]] of points.entries())
    for (const [x2, y2] of points.slice(i + 1)) all.push((y2 - y1) / (x2 - x1));
  return all.sort((a, b) => a - b)[all.length >> 1] ?? 0;
}

function perHour(rows, name) {
  const settled = rows.slice(Math.floor(rows.length / 3), -1);
  const floor = [];
  for (let at = 0; at + WINDOW <= settled.length; at += WINDOW) {
    const window = settled.slice(at, at + WINDOW);
    floor.push([window[0].minute, Math.min(...window.map((row) => row[name]))]);
  }
  return slope(floor) * 60;
}

export function slopes(rows) {
  const value = (row, name) => String(row[name]).padStart(10);
  return COLUMNS.slice(1)
    .map(
      (name) =>
        `${name.padEnd(11)}${value(rows[0], name)} ${value(rows.at(-1), name)} ${perHour(rows, name).toFixed(2).padStart(10)}`,
    )
    .join("\n")
    .replace(/^/, "               first       last   per hour\n");
}

/** So much may be added in an hour, retained after a collection, and no more. Sockets follow the accidents: they are looked at when all is closed. */
const MOST_PER_HOUR = { heapMb: 12, externalMb: 8, buffersMb: 8, files: 6, timers: 30, listeners: 20 };

/** A slope over less than half an hour says nothing. */
export const LEAST_MINUTES = 30;

export function leaks(rows, minutes) {
  if (minutes < LEAST_MINUTES) return [];
  return Object.entries(MOST_PER_HOUR)
    .map(([name, most]) => ({ name, most, grows: perHour(rows, name) }))
    .filter(({ grows, most }) => grows > most)
    .map(({ name, grows, most }) => `${name} grows by ${grows.toFixed(2)} an hour (limit ${most})`);
}

/** What is left of a process whose connectors are closed: its own channel, output and null devices. */
const MOST_LEFT = { sockets: 6, files: 6, timers: 2, listeners: 0 };

export const leftovers = (closed) =>
  Object.entries(MOST_LEFT)
    .filter(([name, most]) => closed[name] > most)
    .map(([name]) => `${closed[name]} ${name} are left after close()`);
