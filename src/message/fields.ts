const WORD_MAX = 75;
const LINE_MAX = 76;
const OVERHEAD = "=?UTF-8?Q??=".length;
const CLEAR = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const ATOMS = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/;

function qEncode(character: string): string {
  if (character === " ") return "_";
  if (/^[A-Za-z0-9!*+/-]$/.test(character)) return character;
  let out = "";
  for (const byte of Buffer.from(character, "utf8")) out += `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return out;
}

/**
 * RFC 2047 words of at most 75 characters, each of whole UTF-8 characters; the first of at most `first` where that is
 * enough for a character.
 */
function encodedWords(text: string, first: number): string[] {
  const characters = [...text];
  const q = characters.map(qEncode);
  const qLength = q.reduce((sum, piece) => sum + piece.length, 0);
  const useQ = qLength <= Math.ceil(Buffer.byteLength(text) / 3) * 4;
  const words: string[] = [];
  let chunk = "";
  let size = 0;
  const flush = () => {
    if (size === 0) return;
    words.push(useQ ? `=?UTF-8?Q?${chunk}?=` : `=?UTF-8?B?${Buffer.from(chunk, "utf8").toString("base64")}?=`);
    chunk = "";
    size = 0;
  };
  characters.forEach((character, index) => {
    const piece = useQ ? (q[index] ?? "") : character;
    const grown = size + (useQ ? piece.length : Buffer.byteLength(piece));
    const encoded = useQ ? grown : Math.ceil(grown / 3) * 4;
    if (encoded + OVERHEAD > (words.length === 0 ? first : WORD_MAX)) {
      flush();
      size = useQ ? piece.length : Buffer.byteLength(piece);
      chunk = piece;
    } else {
      size = grown;
      chunk += piece;
    }
  });
  flush();
  return words;
}

/** Lines of one field: tokens joined by a space, folded before a token that would pass the line. */
export function fold(name: string, tokens: readonly string[]): string {
  let out = `${name}:`;
  let column = out.length;
  tokens.forEach((token, index) => {
    if (index > 0 && column + 1 + token.length > LINE_MAX) {
      out += `\r\n ${token}`;
      column = 1 + token.length;
    } else {
      out += ` ${token}`;
      column += 1 + token.length;
    }
  });
  return `${out}\r\n`;
}

/** Room left on the line after `name:` and the tokens, when folded as {@link fold} does. */
function roomAfter(name: string, tokens: readonly string[]): number {
  const folded = fold(name, tokens).slice(0, -2);
  const column = folded.length - (folded.lastIndexOf("\n") + 1);
  const room = LINE_MAX - column - 1;
  return room < 40 && tokens.length > 0 ? WORD_MAX : Math.min(room, WORD_MAX);
}

/**
 * An unstructured field (Subject, User-Agent), RFC 5322 and 2047. The ASCII words at its beginning stay in clear, so that a
 * rule that looks for `XDM/1.0/DDM` in the raw field still finds it.
 */
export function unstructured(name: string, value: string): string {
  const marker = value.indexOf("=?");
  let foreign = value.search(/[^\x20-\x7e]/);
  if (marker >= 0 && (foreign < 0 || marker < foreign)) foreign = marker;
  const foldable = !value.includes("  ") && value.split(" ").every((word) => word.length <= 200);
  if (foreign < 0 && CLEAR.test(value) && (foldable || name.length + 2 + value.length <= LINE_MAX))
    return fold(name, foldable ? value.split(" ") : [value]);
  const cut = foldable && foreign > 0 ? value.lastIndexOf(" ", foreign - 1) : -1;
  const clear = cut > 0 && CLEAR.test(value.slice(0, cut)) ? value.slice(0, cut).split(" ") : [];
  const rest = clear.length > 0 ? value.slice(cut + 1) : value;
  return fold(name, [...clear, ...encodedWords(rest, roomAfter(name, clear))]);
}

/** Tokens of a display name: atoms, a quoted string, or encoded words (RFC 5322 §3.2.5, RFC 2047 §5). */
function phrase(name: string, label: string, before: readonly string[]): string[] {
  if (!label.includes("=?")) {
    if (label.length <= 60 && ATOMS.test(label)) return [label];
    if (label.length <= 60 && CLEAR.test(label)) return [`"${label.replace(/["\\]/g, "\\$&")}"`];
  }
  return encodedWords(label, roomAfter(name, before));
}

/** A field of addresses with their display names. */
export function addresses(name: string, list: readonly { address: string; name?: string }[]): string {
  const tokens: string[] = [];
  list.forEach((entry, index) => {
    const end = index < list.length - 1 ? "," : "";
    if (entry.name === undefined || entry.name.trim() === "") {
      tokens.push(entry.address + end);
      return;
    }
    tokens.push(...phrase(name, entry.name.trim(), tokens), `<${entry.address}>${end}`);
  });
  return fold(name, tokens);
}

/** A field of message ids. */
export function messageIds(name: string, ids: readonly string[]): string {
  return fold(
    name,
    ids.map((id) => `<${id}>`),
  );
}
