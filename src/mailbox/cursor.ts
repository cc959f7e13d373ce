import { createHash } from "node:crypto";
import { MedimailError } from "../errors.js";
import { type FolderState, type FolderStates, packState, unpackState } from "../transport/imap/index.js";

const MARK = "mmw1.";
/** 10,000 mails whose flags alternate take about 100 KB. */
const MAX_CURSOR = 8 * 1024 * 1024;

/** Where a watch stands, as one line of text. A folder's name may be that of a patient: it is hashed. */
export function cursorOf(states: FolderStates): string {
  const folders = Object.fromEntries([...states].map(([path, state]) => [nameOf(path), packState(state)]));
  return MARK + Buffer.from(JSON.stringify(folders)).toString("base64url");
}

/** @throws `invalid_argument` for what is no cursor of ours */
export function readCursor(cursor: string): (path: string) => FolderState | undefined {
  const states = new Map<string, FolderState>();
  if (!cursor.startsWith(MARK) || cursor.length > MAX_CURSOR) throw notOurs();
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor.slice(MARK.length), "base64url").toString("utf8"));
  } catch {
    throw notOurs();
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw notOurs();
  for (const [name, packed] of Object.entries(parsed)) {
    const state = unpackState(packed);
    if (!state) throw notOurs();
    states.set(name, state);
  }
  return (path) => states.get(nameOf(path));
}

function nameOf(path: string): string {
  return createHash("sha256").update(path).digest("base64url").slice(0, 16);
}

function notOurs(): MedimailError {
  return new MedimailError("invalid_argument", "the cursor is none that a watch has given", {
    path: "cursor",
    hint: "Keep it as it was given. Without one the watch begins now.",
  });
}
