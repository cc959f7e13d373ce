import { randomBytes, randomUUID } from "node:crypto";

/** Chance, as the rooms see it: tests give a fixed seed. */
export interface Random {
  /** RFC 4122 version 4, lower case. */
  uuid(): string;
  /** In [0, 1). */
  fraction(): number;
  bytes(count: number): Uint8Array;
}

export const systemRandom: Random = {
  uuid: () => randomUUID(),
  fraction: () => randomBytes(4).readUInt32BE(0) / 0x1_0000_0000,
  bytes: (count) => randomBytes(count),
};

/** A deterministic source for tests (xorshift32). Never for anything that must not be guessed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => next() & 0xff);
  return {
    bytes,
    fraction: () => next() / 0x1_0000_0000,
    uuid() {
      const b = bytes(16);
      b[6] = ((b[6] ?? 0) & 0x0f) | 0x40;
      b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
      const hex = Buffer.from(b).toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
