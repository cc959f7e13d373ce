/** The words of `accounts` and `onboarding`. */
export interface OnboardingText {
  row: (row: number) => string;
  counted: (rows: number, errors: number, warnings: number) => string;
  layout: (name: string) => string;
  added: string;
  changed: string;
  closed: string;
  absent: string;
  unknownClosures: string;
  written: (file: string, accounts: number) => string;
  takenAt: (at: Date) => string;
  use: string;
  advantage: string;
  constraint: string;
  authentication: string;
  cost: string;
}
