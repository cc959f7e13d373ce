import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "examples/other-languages");

/** A connector of examples/other-languages: how it is started, or why it cannot be here. */
export interface OtherLanguage {
  name: string;
  /** Program and arguments of the command that `validate` runs. */
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  missing: string | undefined;
  /** Compiles it where it must be. */
  prepare(): void;
}

const classes = join(ROOT, ".tmp/java-classes");

function works(program: string, ...words: string[]): boolean {
  try {
    execFileSync(program, words, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** In CI nothing may be missing: the test then fails on its own. */
function missing(present: () => boolean, what: string): string | undefined {
  return process.env["CI"] || present() ? undefined : what;
}

export const OTHER_LANGUAGES: readonly OtherLanguage[] = [
  {
    name: "Python",
    command: ["python3", join(FOLDER, "python/connecteur.py")],
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    missing: missing(() => works("python3", "-c", "import sys, ssl; sys.exit(sys.version_info < (3, 10))"), "python3"),
    prepare() {},
  },
  {
    name: "Java",
    command: ["sh", join(FOLDER, "java/connecteur.sh")],
    env: { MSS_CLASSES: classes },
    missing: missing(
      () =>
        works("javac", "--version") &&
        ["jakarta-mail", "gson"].every((jar) => existsSync(`/usr/share/java/${jar}.jar`)),
      "default-jdk-headless libjakarta-mail-java libgoogle-gson-java",
    ),
    prepare() {
      execFileSync("sh", [join(FOLDER, "java/construire.sh"), classes], { stdio: ["ignore", "ignore", "inherit"] });
    },
  },
];
