import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";

const beside = join(dirname(fileURLToPath(import.meta.url)), "../../../shared");

/** The folder `shared/` beside the checkout (official archives, schemas, mail servers); undefined on a fresh machine without it. */
export function sharedDir(): string | undefined {
  return existsSync(beside) ? beside : undefined;
}

/**
 * A suite that needs `../shared`. Without it the suite is skipped with a printed reason; in CI it fails instead, since
 * there nothing may be skipped.
 */
export function describeWithShared(name: string, body: (shared: string) => void): void {
  const shared = sharedDir();
  if (shared) {
    describe(name, () => body(shared));
    return;
  }
  if (process.env["CI"]) {
    describe(name, () => {
      it("finds ../shared, which CI must have", () => {
        throw new Error("../shared is missing: this suite may not be skipped in CI");
      });
    });
    return;
  }
  console.info(`skipped: ${name} (needs ../shared beside the checkout)`);
  describe.skip(`${name} (needs ../shared)`, () => {
    it.skip("skipped", () => {});
  });
}
