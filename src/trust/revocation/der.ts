/** One element of DER: its tag, and where its content and the whole of it are. */
export interface Tlv {
  tag: number;
  from: number;
  start: number;
  end: number;
}

/**
 * The elements one after the other between two places. For what is long and simple, the entries of a revocation list: a general
 * reader of ASN.1 takes seconds for some thousands. Definite lengths only, as DER wants.
 *
 * @throws RangeError where an element goes beyond its frame
 */
export function* elements(bytes: Uint8Array, start = 0, end = bytes.length): Generator<Tlv> {
  for (let from = start; from < end; ) {
    const found = elementAt(bytes, from, end);
    yield found;
    from = found.end;
  }
}

export function elementAt(bytes: Uint8Array, from: number, limit = bytes.length): Tlv {
  const tag = bytes[from];
  const first = bytes[from + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || from + 2 > limit) throw malformed();
  let length = first;
  let start = from + 2;
  if (first > 0x7f) {
    const count = first & 0x7f;
    if (count === 0 || count > 4 || start + count > limit) throw malformed();
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[start + index] as number);
    start += count;
  }
  const end = start + length;
  if (end > limit) throw malformed();
  return { tag, from, start, end };
}

function malformed(): RangeError {
  return new RangeError("not DER");
}
