import type { Problem } from "../errors.js";
import type { CliIo } from "./io.js";
import type { Style } from "./style.js";
import { printable } from "./style.js";
import type { Lang, Text } from "./text/index.js";

/** What a command works with: where to print, in which words, until when. */
export class Context {
  constructor(
    readonly io: CliIo,
    readonly json: boolean,
    readonly lang: Lang,
    readonly text: Text,
    readonly verbose: boolean,
    /** The person's signals and the time limit. */
    readonly signal: AbortSignal,
    /** In seconds, where there is one. */
    readonly timeoutSeconds: number | undefined,
    readonly style: Style,
  ) {}

  /** The one value of the command: JSON for programs, `human` for people. */
  async value(value: unknown, human: (style: Style) => string): Promise<void> {
    await this.io.out(this.json ? `${JSON.stringify(value, null, 2)}\n` : withLineEnd(human(this.style)));
  }

  /** One line of a stream. */
  async event(value: unknown, human: (style: Style) => string): Promise<void> {
    await this.io.out(this.json ? `${JSON.stringify(value)}\n` : withLineEnd(human(this.style)));
  }

  /** For a person beside the result: never on stdout. */
  async note(text: string): Promise<void> {
    await this.io.err(withLineEnd(text));
  }

  async warn(message: string): Promise<void> {
    await this.note(`${this.text.warning}${this.text.colon} ${printable(this.text.detail(message))}`);
  }

  async warnProblems(problems: readonly Problem[]): Promise<void> {
    for (const problem of problems)
      await this.warn(`${problem.code}: ${problem.message}${problem.path ? ` (${problem.path})` : ""}`);
  }
}

function withLineEnd(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
