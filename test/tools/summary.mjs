// The closing line of .ci/run: what vitest counted. Fails on a failed test, on none at all, and on a skipped one: in CI nothing may be skipped.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2] ?? ".tmp/vitest.json", "utf8"));
const skipped = report.testResults.flatMap((file) =>
  file.assertionResults
    .filter((test) => !["passed", "failed"].includes(test.status))
    .map((test) => `${file.name}: ${test.fullName}`),
);
for (const name of skipped) console.error(`skipped: ${name}`);
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped`);
if (report.numFailedTests > 0 || report.numPassedTests === 0 || skipped.length > 0 || !report.success) process.exit(1);
