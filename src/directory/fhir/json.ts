/** A resource of the directory has some ten levels. */
const MAX_DEPTH = 100;

/**
 * `JSON.parse` of what a directory answers. Millions of lists within lists, which a few MB have room for, would take it and whoever frees them seconds:
 * they are refused before.
 *
 * @throws SyntaxError
 */
export function parseShallow(text: string): unknown {
  if (isDeep(text)) throw new SyntaxError("nested too deep");
  return JSON.parse(text);
}

function isDeep(text: string): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isString = false;
    } else if (code === QUOTE) isString = true;
    else if (code === LIST || code === OBJECT) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === END_OF_LIST || code === END_OF_OBJECT) depth -= 1;
  }
  return false;
}

const [BACKSLASH, QUOTE, LIST, END_OF_LIST, OBJECT, END_OF_OBJECT] = [0x5c, 0x22, 0x5b, 0x5d, 0x7b, 0x7d];
