import type { DirectoryText } from "./directory-types.js";

const number = (value: number) => value.toLocaleString("en-GB");

export const englishDirectory: DirectoryText = {
  asOf: (date, entries) => `Directory of ${date}, ${number(entries)} entries`,
  old: (days) =>
    `the directory is ${number(days)} days old; the ANS publishes it every day (medimail directory update, or import FILE)`,
  none: "No answer.",
  red: "red list",
  progress: (stage, lines, percent) =>
    stage === "finishing"
      ? "Building the index…"
      : `Reading${percent === undefined ? "" : ` ${percent} %`}, ${number(lines)} lines`,
  resumed: (lines) => `Goes on after ${number(lines)} lines read before`,
  imported: (entries, index) => `${number(entries)} entries in ${index}`,
  duplicates: (count) => `${number(count)} lines that came twice joined`,
  malformed: (count) => `${number(count)} malformed lines left out`,
  line: (line, reason) => `line ${line}: ${reason}`,
  faults: {
    columns: "number of columns",
    charset: "not UTF-8",
    type: "unknown type of mailbox",
    address: "wrong address",
    name: "neither name nor structure",
  },
  delta: (added, gone, changed) =>
    `Since the import before: ${number(added)} new, ${number(gone)} gone, ${number(changed)} changed`,
  kinds: { added: "new", gone: "gone", changed: "changed" },
  upToDate: "The directory is up to date.",
  written: (lines, file) => `${number(lines)} invented lines in ${file}`,
};
