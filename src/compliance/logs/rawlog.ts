import type { DraftEvent } from "./draft.js";
import { bounded } from "./draft.js";
import type { LogBudget } from "./limits.js";
import type { LogContent } from "./lines.js";
import { linesOf, utf8Of } from "./lines.js";

/** One of the two files of a session that Dovecot writes into `rawlog_dir`. */
export interface Rawlog {
  /** Of the process: with the time it says which login it belongs to. */
  pid: string;
  /** The file's name without `.in` or `.out`. */
  base: string;
  events: DraftEvent[];
}

const STAMP = /^(\d{9,11})\.(\d{6}) (?:[IO][:>] )?/;
/** Of the server's lines what a check looks at; the rest shows subjects and names. */
const TOLD = /^(?:\+|\* (?:BYE|CAPABILITY|OK \[CAPABILITY|PREAUTH)|[^\s*+]{1,100} (?:OK|NO|BAD)\b)/i;

/** `20261128-180006.5181.1.in`: whose process it is of, and which side speaks. */
export function rawlogName(name: string): { base: string; pid: string; from: "client" | "server" } | undefined {
  const [, base, pid, side] = /([^/\\]*?[.-](\d{1,10})(?:\.\d{1,6})?)\.(in|out)$/.exec(name) ?? [];
  if (base === undefined || pid === undefined) return undefined;
  return { base, pid, from: side === "in" ? "client" : "server" };
}

/** Reads one side of a session. Literals are named by their size, credentials taken out; of the server only what a check looks at. */
export async function readRawlog(
  content: LogContent,
  from: "client" | "server",
  budget: LogBudget,
): Promise<DraftEvent[]> {
  const side = new Side(from, budget);
  for await (const { text, size } of linesOf(content, budget)) {
    side.take(text, size);
  }
  return side.events;
}

class Side {
  readonly events: DraftEvent[] = [];
  readonly #from: "client" | "server";
  readonly #budget: LogBudget;
  /** Bytes of a literal that are still to come. */
  #literal = 0;
  /** The command so far, and when it began. */
  #command = "";
  #at = 0;

  constructor(from: "client" | "server", budget: LogBudget) {
    this.#from = from;
    this.#budget = budget;
  }

  take(physical: string, size: number): void {
    const stamp = STAMP.exec(physical);
    if (!stamp) {
      // Within a literal a line may be without a time: it goes on from a piece before.
      if (this.#literal > 0) this.#literal = Math.max(0, this.#literal - size);
      else this.#budget.leftOut.malformed += 1;
      return;
    }
    const length = size - stamp[0].length;
    if (this.#literal >= length) {
      this.#literal -= length;
      return;
    }
    const text = physical.slice(stamp[0].length + this.#literal).replace(/\r$/, "");
    this.#literal = 0;
    if (size - 1 > physical.length) {
      this.#budget.leftOut.tooLong += 1;
      this.#command = "";
      return;
    }
    if (this.#command === "") this.#at = Number(stamp[1]) * 1000 + Math.floor(Number(stamp[2]) / 1000);
    const literal = /\{(\d{1,10})\+?\}$/.exec(text);
    this.#command += literal ? `${text.slice(0, literal.index)}[${literal[1]} bytes]` : text;
    if (this.#command.length > this.#budget.limits.maxLine) {
      this.#budget.leftOut.tooLong += 1;
      this.#command = "";
    }
    if (literal) this.#literal = Number(literal[1]);
    else this.#end();
  }

  #end(): void {
    const line = utf8Of(this.#command);
    this.#command = "";
    if (this.#from === "server") {
      if (TOLD.test(line)) this.#say(/^\+/.test(line) ? "+" : line);
    } else if (line !== "") this.#say(this.#masked(line));
  }

  #say(line: string): void {
    this.#budget.observation();
    this.events.push({
      at: this.#at,
      observation: { kind: "line", protocol: "imap", from: this.#from, line: bounded(line, 8_000), tls: true },
    });
  }

  #masked(line: string): string {
    // Of what is no command nobody knows what it is: the answer to a challenge looks so.
    if (!/^\S{1,100} [A-Za-z]/.test(line)) return /^(?:\*|DONE)$/i.test(line) ? line : "[credential]";
    return line
      .replace(/^(\S+ LOGIN) .*$/is, "$1 [credential]")
      .replace(/^(\S+ AUTHENTICATE \S+) .*$/is, "$1 [credential]");
  }
}
