// Fails when a room imports from a room on the same or a higher floor (ARCHITECTURE.md), when a pure room does I/O, when a
// room is reached past its index.ts, or when a room has no floor. Run by `npm run lint`; its own test is test/tools/check-rooms.test.ts.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Room → floor. A room imports from lower floors only. */
export const FLOORS = {
  "error-codes.ts": -1,
  "errors.ts": 0,
  "log.ts": 0,
  "defined.ts": -1,
  "folders.ts": -1,
  "package-files.ts": -1,
  "plain-text.ts": -1,
  "base64.ts": -1,
  "gathered-bytes.ts": -1,
  "french-spaces.ts": -1,
  "html-escape.ts": -1,
  "html-page.ts": 0,
  "windows-1252.ts": -1,
  "months.ts": -1,
  "this-machine.ts": -1,
  "out-of-files.ts": 1,
  "time-zone.ts": -1,
  "pdf-file.ts": -1,
  "abortable.ts": 1,
  "first-aborted.ts": -1,
  "until-aborted.ts": -1,
  "tls-rules.ts": -1,
  "tls-error.ts": 1,
  xml: 1,
  seams: 1,
  config: 1,
  identity: 1,
  terminology: 1,
  cda: 2,
  sample: 2,
  storage: 2,
  traces: 2,
  net: 2,
  "http.ts": 2,
  xdm: 3,
  rendering: 3,
  trust: 4,
  auth: 4,
  message: 4,
  settings: 4,
  onboarding: 4,
  "pdf.ts": 4,
  discovery: 5,
  directory: 5,
  mock: 5,
  compliance: 5,
  transport: 6,
  sending: 7,
  hl7: 7.5,
  mailbox: 8,
  diagnosis: 8,
  supervision: 2,
  "runtime.ts": 8,
  "connector-types.ts": 8.2,
  "connector.ts": 9,
  "support.ts": 9,
  wiring: 8.5,
  "index.ts": 10,
  validator: 11,
  console: 11,
  cli: 12,
};

/** Rooms that can be read without knowing a socket: no file, network, process or timer. */
const PURE = new Set([
  "french-spaces.ts",
  "html-escape.ts",
  "html-page.ts",
  "windows-1252.ts",
  "months.ts",
  "this-machine.ts",
  "time-zone.ts",
  "base64.ts",
  "gathered-bytes.ts",
  "pdf-file.ts",
  "plain-text.ts",
  "errors.ts",
  "error-codes.ts",
  "xml",
  "config",
  "identity",
  "terminology",
  "cda",
  "xdm",
  "message",
  "rendering",
  "compliance",
  "onboarding",
  "sample",
  "supervision",
  "hl7",
]);
const IO_MODULES =
  /^node:(fs|net|tls|http|https|dns|child_process|cluster|worker_threads|dgram|os)(\/|$)|^(undici|imapflow|libsql|socks|nodemailer)$/;
/** What may be imported beside a room's index.ts: types that would otherwise make a circle through the index. */
const SHARED_FILES = /\/types\.js$|^seams\/[^/]+\.js$/;

export function checkRooms(root, read = readFileSync, list = walk) {
  const problems = [];
  const src = join(root, "src");
  for (const file of list(src)) {
    const path = relative(src, file).split("\\").join("/");
    const room = roomOf(path);
    const floor = FLOORS[room];
    if (floor === undefined) {
      problems.push(`src/${path}: the room "${room}" has no floor (test/tools/check-rooms.mjs)`);
      continue;
    }
    for (const specifier of importsOf(String(read(file, "utf8")))) {
      if (PURE.has(room) && IO_MODULES.test(specifier))
        problems.push(`src/${path}: the pure room "${room}" imports ${specifier}`);
      if (!specifier.startsWith(".")) continue;
      const target = posix.normalize(posix.join(posix.dirname(path), specifier));
      if (target.startsWith("..")) {
        if (!/^\.\.\/package\.json$/.test(target)) problems.push(`src/${path}: imports ${specifier}, outside of src`);
        continue;
      }
      const other = roomOf(target.replace(/\.js$/, ".ts"));
      if (other === room) continue;
      const otherFloor = FLOORS[other];
      if (otherFloor === undefined) problems.push(`src/${path}: imports ${specifier}, of a room without floor`);
      else if (otherFloor >= floor)
        problems.push(`src/${path} (floor ${floor}) imports ${specifier} (floor ${otherFloor})`);
      else if (
        target.includes("/") &&
        !/^[^/]+\/index\.js$/.test(target) &&
        !SHARED_FILES.test(target) &&
        other !== "transport"
      ) {
        problems.push(`src/${path}: imports ${specifier}; a room is entered by its index.ts`);
      }
    }
  }
  return problems;
}

function roomOf(path) {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : path;
}

function importsOf(text) {
  const found = [];
  for (const match of text.matchAll(/(?:^|\n)\s*(?:import|export)\s(?:[^;"']*?\sfrom\s+)?["']([^"']+)["']/g))
    found.push(match[1]);
  for (const match of text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)) found.push(match[1]);
  return found;
}

function walk(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) return walk(path);
    return /\.(ts|mts)$/.test(name) && !/\.test\.ts$/.test(name) ? [path] : [];
  });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const problems = checkRooms(join(dirname(fileURLToPath(import.meta.url)), "../.."));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
  console.log("rooms: no import from a higher floor");
}
