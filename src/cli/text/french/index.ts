import { adviceRows } from "./advice.js";
import { archivesRows } from "./archives.js";
import { commandRows } from "./command.js";
import { configurationRows } from "./configuration.js";
import { connectionRows } from "./connection.js";
import { directoryRows } from "./directory.js";
import { hl7Rows } from "./hl7.js";
import { loginRows } from "./login.js";
import { mailboxRows } from "./mailbox.js";
import { PATTERNS } from "./patterns.js";
import type { Rows } from "./phrases.js";
import { Phrases } from "./phrases.js";
import { sendingRows } from "./sending.js";
import { storageRows } from "./storage.js";
import { trustRows } from "./trust.js";
import { validationRows } from "./validation.js";

/** Every detail that has French, by subject. */
export const ROWS: Rows = [
  commandRows,
  configurationRows,
  connectionRows,
  trustRows,
  loginRows,
  sendingRows,
  mailboxRows,
  archivesRows,
  directoryRows,
  hl7Rows,
  storageRows,
  validationRows,
  adviceRows,
].flat();

let phrases: Phrases | undefined;

/**
 * What an error says beside its title, for a person who reads French. The errors of the package speak English, to developers and in JSON; a test joins
 * the tables here to the messages of the source. What is not known stays as it is.
 */
export function frenchDetail(line: string): string {
  return known(line, 0) ?? line;
}

/** A message within a message within a message is the most that ours have; a line made to be taken apart for ever is not. */
const MAX_DEPTH = 3;
/** A longer line is not of ours: it is left as it is, and costs nothing. */
const MAX_LINE = 2_000;

function known(line: string, depth: number): string | undefined {
  if (depth > MAX_DEPTH || line.length > MAX_LINE) return undefined;
  // First of all: a phrase on files would take what stands before the message within for its place.
  const within = /^(.*?) could not be had: (.*)$/.exec(line);
  if (within) return `impossible d'obtenir ${inner(within[1] ?? "", depth + 1)} (${inner(within[2] ?? "", depth + 1)})`;
  for (const [pattern, french] of PATTERNS) if (pattern.test(line)) return line.replace(pattern, french);
  // Made at the first line that is asked for: most runs of the command have none.
  phrases ??= new Phrases(ROWS);
  return phrases.find(line, (part) => inner(part, depth + 1)) ?? placed(line, depth + 1);
}

/** `trust.compareOperator: needs trust.whiteList`, `xdm_hash_mismatch: … (documents[0])`: a message with where it belongs. */
function placed(line: string, depth: number): string | undefined {
  const after = /^(.*) (\([\w.[\]/*-]+\))$/.exec(line);
  const before = after && known(after[1] ?? "", depth);
  if (before) return `${before} ${after[2]}`;
  const colon = line.indexOf(": ");
  if (colon < 1) return undefined;
  const [where, message] = [line.slice(0, colon), line.slice(colon + 2)];
  const french = all(message, /; (?=unknown key |and \d+ more$)/, " ; ", depth) ?? known(message, depth);
  return french === undefined ? undefined : `${inner(where, depth)} : ${french}`;
}

/** What stands in a place: one phrase, or a list of them. */
function inner(part: string, depth: number): string {
  return known(part, depth) ?? all(part, /; /, " ; ", depth) ?? all(part, /, /, ", ", depth) ?? part;
}

function all(list: string, separator: RegExp, joint: string, depth: number): string | undefined {
  const parts = list.split(separator);
  const french = parts.map((one) => known(one, depth));
  return parts.length > 1 && french.every((one) => one !== undefined) ? french.join(joint) : undefined;
}
