import { join } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest, in the order in which they begin: one that began last would run on alone. Those that start many programs are not side by
 * side (a run of a mutant counts seconds), and those that kill and count seconds come when both are over.
 */
export const LONG: readonly string[] = [
  "mutants/mutants.test.ts",
  "validator/our-connector.test.ts",
  "onboarding/papers.test.ts",
  "rendering/browser.test.ts",
  "trust/servers.test.ts",
  "xdm/corpus-mutations.test.ts",
  "rendering/corpus-pdf.test.ts",
  "compliance/server-logs-operator.test.ts",
  "mailbox/watch-dovecot.test.ts",
  "storage/outbox.test.ts",
  "storage/postgres.test.ts",
  "mutants/right.test.ts",
  "examples/other-languages.test.ts",
  "sending/crash.test.ts",
  "sending/crash-postgres.test.ts",
  "cli/process.test.ts",
  "auth/psc.test.ts",
  "sending/real-operator.test.ts",
  "console/page.test.ts",
  "transport/imap-hostile.test.ts",
  "mailbox/open-operator.test.ts",
  "mailbox/watch-random.test.ts",
  "mock/imap-random.test.ts",
  "mailbox/torture.test.ts",
  "validator/run.test.ts",
  "transport/smtp-following-servers.test.ts",
  "console/accessible.test.ts",
];

export const TESTS = join(import.meta.dirname, "..");

/**
 * As vitest sorts, but for the long ones. It knows what a file takes from the run before, and a fresh clone has none: it would go by size, and the
 * longest are small.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = new Map(LONG.map((name, index) => [join(TESTS, name), index]));
    const sorted = await super.sort(files);
    const first = (spec: TestSpecification) => (isAlone(spec) ? -1 : (place.get(spec.moduleId) ?? LONG.length));
    return sorted.sort((a, b) => first(a) - first(b));
  }
}

/** Between two files that share a process it would end that process, and the modules be loaded again. */
const isAlone = ({ project }: TestSpecification): boolean => project.config.isolate;
