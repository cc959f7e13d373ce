import type { OnboardingText } from "./onboarding-types.js";

const PARIS = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Paris", dateStyle: "full", timeStyle: "short" });

const several = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

export const englishOnboarding: OnboardingText = {
  row: (row) => `row ${row}`,
  counted: (rows, errors, warnings) =>
    `${several(rows, "account")}, ${several(errors, "error")}, ${several(warnings, "warning")}`,
  layout: (name) => `Layout: ${name}. Mipih's real columns are given by --layout.`,
  added: "Added",
  changed: "Changed",
  closed: "Closed, because they are named",
  absent: "Not in the file: kept as they are",
  unknownClosures: "To be closed, but unknown",
  written: (file, accounts) => `${file}: ${accounts} accounts`,
  takenAt: (at) => `Deposited before, it is taken in on ${PARIS.format(at)} (Paris).`,
  use: "Use",
  advantage: "Advantage",
  constraint: "Constraint",
  authentication: "Authentication",
  cost: "Cost",
};
