import { execFileSync } from "node:child_process";
import { describe, it } from "vitest";

function has(program: string): boolean {
  try {
    execFileSync("which", [program], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * A suite that needs a program of the machine. Without it the suite is skipped with a printed reason; in CI, which installs it
 * (.ci/run), it fails instead.
 */
export function describeWithProgram(program: string, debian: string, name: string, body: () => void): void {
  if (has(program)) {
    describe(name, body);
    return;
  }
  if (process.env["CI"]) {
    describe(name, () => {
      it(`finds ${program}, which CI must have`, () => {
        throw new Error(`${program} (Debian: ${debian}) is missing: this suite may not be skipped in CI`);
      });
    });
    return;
  }
  console.info(`skipped: ${name} (needs ${program}; Debian: ${debian})`);
  describe.skip(`${name} (needs ${program})`, () => {
    it.skip("skipped", () => {});
  });
}
