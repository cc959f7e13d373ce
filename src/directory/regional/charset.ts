import { createReadStream } from "node:fs";

export type RegionalCharset = "utf-8" | "windows-1252" | "utf-16le" | "utf-16be";

/** Bytes from which UTF-16 without a mark is told. */
const LOOKED_AT = 4_096;

/**
 * The charset of a text file: by its mark (BOM), by the zero bytes that UTF-16 has between Latin letters, by whether all of it is UTF-8; what is none of these
 * is Windows-1252, of which Latin-1 is a part. Reads the file once, in pieces.
 */
export async function charsetOf(file: string, signal?: AbortSignal): Promise<RegionalCharset> {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let isFirst = true;
  const stream = createReadStream(file, signal ? { signal } : {});
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (isFirst) {
        isFirst = false;
        const wide = utf16Of(chunk);
        if (wide) return wide;
      }
      utf8.decode(chunk, { stream: true });
    }
    utf8.decode();
    return "utf-8";
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_ENCODING_INVALID_ENCODED_DATA") throw error;
    return "windows-1252";
  } finally {
    stream.destroy();
  }
}

function utf16Of(start: Buffer): RegionalCharset | undefined {
  const [one, two] = start;
  if (one === 0xff && two === 0xfe) return "utf-16le";
  if (one === 0xfe && two === 0xff) return "utf-16be";
  let even = 0;
  let odd = 0;
  const looked = start.subarray(0, LOOKED_AT);
  for (const [at, byte] of looked.entries()) if (byte === 0) at % 2 === 0 ? even++ : odd++;
  // Most letters of a French text are Latin: half of the bytes are zero.
  if (odd > looked.length / 4 && even < odd / 4) return "utf-16le";
  if (even > looked.length / 4 && odd < even / 4) return "utf-16be";
  return undefined;
}
