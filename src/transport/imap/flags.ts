/** Whether a flag is among others: system flags are written in any case, and so are keywords. */
export const hasFlag = (flags: readonly string[], flag: string): boolean =>
  flags.some((known) => known.toLowerCase() === flag.toLowerCase());
