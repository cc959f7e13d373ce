/** What the generators of strange documents and archives share: choices, each with what the metadata hold for it. */
export type Fields = Record<string, string>;
export type Choice = readonly [xml: string, fields: Fields];
export type Pick = <T>(from: readonly T[]) => T;

/** Choices that are the same each time for one seed. */
export function chance(seed: number): Pick {
  let state = seed;
  return (from) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)] as (typeof from)[0];
  };
}

/** Texts of lists are joined like this, here and in the test. */
export const list = (...values: string[]): string => values.join(" || ");
