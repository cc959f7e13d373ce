import type { Check, Guidance, Requirement } from "../../src/compliance/index.js";

type Guidances = Readonly<Record<string, Guidance>>;
export function renderReference(
  requirements: readonly Requirement[],
  guidance: Guidances,
  checks: readonly Check[],
  implies: Readonly<Record<string, readonly string[]>>,
): string;
export function renderCoverage(
  requirements: readonly Requirement[],
  guidance: Guidances,
  checks: readonly Check[],
): string;
