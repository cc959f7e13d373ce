/** What a run leaves in its folder; a former run's is removed first. */
export const OUTPUTS = [
  "report.json",
  "report.html",
  "rapport.md",
  "junit.xml",
  "observations.jsonl",
  "scenarios.json",
  "declarations.json",
  "traces.jsonl",
  "manifest.json",
  "manifest.p7s",
] as const;

/** Folders of a run: the mails that were seen, the files that declarations join, and what the mock needs while it lasts. */
export const MAILS_FOLDER = "mails";
export const ATTACHMENTS_FOLDER = "preuves";
export const MOCK_FOLDER = "mock";
