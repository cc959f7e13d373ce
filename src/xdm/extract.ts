import { endingOf } from "../plain-text.js";
import type { OpenedXdm } from "./types.js";
import { nameKey } from "./zip-names.js";

/** A file to write: a relative path, safe on every system, and what goes into it. */
export interface ExtractTarget {
  path: string;
  content: Uint8Array;
}

/** With room for the number that makes a name unique. */
const MAX_NAME_BYTES = 240;
/** What Windows does not allow, and what makes a terminal or a person see another name. */
const UNSAFE = /[<>:"|?*\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Names that are devices on Windows, with any extension. */
const DEVICES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;

/**
 * The files of an opened archive, as `xdm extract` writes them: documents, metadata and the others, by their path in the
 * archive. The reader refused what leads out of the archive; here each name is also made harmless for Windows (`:` opens a
 * hidden stream, `AUX` a device). Two names that become one are numbered.
 */
export function extractTargets(opened: OpenedXdm): ExtractTarget[] {
  const targets = new Map<string, ExtractTarget>();
  for (const { path, content } of [...opened.documents, ...opened.otherFiles]) {
    if (content === undefined || path === "") continue;
    const safe = path.split("/").map(safeName).join("/");
    let name = safe;
    for (let number = 2; targets.has(nameKey(name)); number++) {
      // The metadata may name one document twice: one file of the archive is written once.
      if (targets.get(nameKey(name))?.content === content) break;
      name = safe.replace(/(\.[^./]*)?$/, (extension) => `-${number}${extension}`);
    }
    targets.set(nameKey(name), { path: name, content });
  }
  return [...targets.values()];
}

function safeName(name: string): string {
  const plain = cut(name)
    .replace(UNSAFE, "_")
    .replace(/[. ]+$/, "_");
  return DEVICES.test(plain) ? `_${plain}` : plain;
}

/** A name is 255 bytes at most on a disk; a long one keeps its ending. */
function cut(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const ending = endingOf(name);
  let start = "";
  let length = ending.length;
  for (const character of name) {
    length += Buffer.byteLength(character);
    if (length > MAX_NAME_BYTES) break;
    start += character;
  }
  return start + ending;
}
