import type { Coverage } from "../types.js";

export type CoverageTable = Readonly<Record<string, Coverage>>;

const proven =
  (status: "met" | "partly") =>
  (how: string, where: readonly string[], tests: readonly string[]): Coverage => ({ status, how, where, tests });
const unproven =
  (status: "caller" | "later" | "not-applicable") =>
  (how: string): Coverage => ({ status, how, where: [], tests: [] });

/** Code and a test show it today. */
export const met = proven("met");
/** Some of it is shown today; `how` says what is missing. */
export const partly = proven("partly");
/** The publisher's, his operator's or the organisation's to do. */
export const caller = unproven("caller");
/** Planned; absent from this version. */
export const later = unproven("later");
/** Nothing for a connector to do. */
export const notApplicable = unproven("not-applicable");
