/** An object or an array that is open at a place of the text. */
interface Level {
  /** Of an object. */
  keys?: Set<string>;
  /** Where we are in it: the last key, or the index. */
  at: string | number;
}

/** A key that stands twice in one object. */
export interface WrittenTwice {
  /** As errors name a part: `auth.passphrase`, `outbox.encryptionKey[1].env`. */
  path: string;
  /** Of the second. */
  position: number;
}

/**
 * The first key that one object has twice, in a text that `JSON.parse` takes: of the two it takes the last, in silence (RFC 8259 §4 leaves open
 * which). One pass, without recursion.
 */
export function writtenTwice(json: string): WrittenTwice | undefined {
  const levels: Level[] = [];
  let keyIsNext = false;
  for (let position = 0; position < json.length; position++) {
    const level = levels.at(-1);
    switch (json[position]) {
      case '"': {
        const end = endOfString(json, position);
        if (keyIsNext && level?.keys) {
          level.at = JSON.parse(json.slice(position, end + 1)) as string;
          if (level.keys.has(level.at)) return { path: pathOf(levels), position };
          level.keys.add(level.at);
        }
        keyIsNext = false;
        position = end;
        break;
      }
      case "{":
        levels.push({ keys: new Set(), at: "" });
        keyIsNext = true;
        break;
      case "[":
        levels.push({ at: 0 });
        break;
      case ",":
        if (typeof level?.at === "number") level.at += 1;
        else keyIsNext = true;
        break;
      case "}":
      case "]":
        levels.pop();
        keyIsNext = false;
    }
  }
  return undefined;
}

function endOfString(json: string, start: number): number {
  let position = start + 1;
  while (json[position] !== '"') position += json[position] === "\\" ? 2 : 1;
  return position;
}

const pathOf = (levels: readonly Level[]): string =>
  levels.map(({ at }, depth) => (typeof at === "number" ? `[${at}]` : depth === 0 ? at : `.${at}`)).join("");
