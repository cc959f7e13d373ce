import type { DeltaKind } from "../../directory/index.js";

/** The words of `directory`. */
export interface DirectoryText {
  asOf: (date: string, entries: number) => string;
  old: (days: number) => string;
  none: string;
  red: string;
  progress: (stage: "reading" | "finishing", lines: number, percent: number | undefined) => string;
  resumed: (lines: number) => string;
  imported: (entries: number, index: string) => string;
  duplicates: (count: number) => string;
  malformed: (count: number) => string;
  line: (line: number, reason: string) => string;
  faults: Readonly<Record<string, string>>;
  delta: (added: number, gone: number, changed: number) => string;
  kinds: Readonly<Record<DeltaKind, string>>;
  upToDate: string;
  written: (lines: number, file: string) => string;
}
