/** The character sets that MSH-18 names: ANS allows `UNICODE UTF-8` and `8859/15`; `8859/1` is what many engines still write. */
export type Hl7Charset = "UNICODE UTF-8" | "8859/15" | "8859/1";

const NAMES: Readonly<Record<string, Hl7Charset>> = {
  "UNICODE UTF-8": "UNICODE UTF-8",
  "UTF-8": "UNICODE UTF-8",
  UNICODE: "UNICODE UTF-8",
  ASCII: "UNICODE UTF-8",
  "8859/15": "8859/15",
  "8859/1": "8859/1",
};

/** `undefined`: a name that is not known. Where none is written, UTF-8 if the bytes are. */
export function charsetOf(name: string, bytes: Uint8Array): Hl7Charset | undefined {
  const written = name.trim().toUpperCase();
  if (written !== "") return NAMES[written];
  return decodeUtf8(bytes) === undefined ? "8859/15" : "UNICODE UTF-8";
}

/** @returns undefined where the bytes are not of this character set */
export function decode(bytes: Uint8Array, charset: Hl7Charset): string | undefined {
  if (charset === "UNICODE UTF-8") return decodeUtf8(bytes);
  return new TextDecoder(charset === "8859/15" ? "iso-8859-15" : "windows-1252").decode(bytes);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Where ISO 8859-15 is not ISO 8859-1. */
const LATIN_9: Readonly<Record<string, number>> = {
  "€": 0xa4,
  Š: 0xa6,
  š: 0xa8,
  Ž: 0xb4,
  ž: 0xb8,
  Œ: 0xbc,
  œ: 0xbd,
  Ÿ: 0xbe,
};
const TAKEN: ReadonlySet<number> = new Set(Object.values(LATIN_9));

/** What a character set does not have becomes a question mark. */
export function encode(text: string, charset: Hl7Charset): Uint8Array {
  if (charset === "UNICODE UTF-8") return new TextEncoder().encode(text);
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0x3f;
    if (charset === "8859/15") {
      const own = LATIN_9[character];
      if (own !== undefined) return own;
      if (TAKEN.has(code)) return 0x3f;
    }
    return code < 0x100 ? code : 0x3f;
  });
}
