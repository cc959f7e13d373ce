import { MedimailError } from "../errors.js";
import type { Fault, FaultName, FaultPoint, FaultScript, Faults } from "./faults.js";

/** What `after("RCPT")` gives: sentences such as `mock.after("RCPT").reply(451).times(2)`. Each verb puts the fault in place at once. */
export class FaultSentence {
  readonly #faults: Faults;
  readonly #at: FaultPoint;

  constructor(faults: Faults, at: FaultPoint) {
    this.#faults = faults;
    this.#at = at;
  }

  reply(code: number, status?: string, text?: string): FaultTuning {
    return this.#add({
      name: "reply",
      reply: code,
      ...(status === undefined ? {} : { status }),
      ...(text === undefined ? {} : { text }),
    });
  }

  refuse(): FaultTuning {
    return this.#add({ name: "refuse" });
  }

  defer(): FaultTuning {
    return this.#add({ name: "defer" });
  }

  drop(): FaultTuning {
    return this.#add({ name: "drop" });
  }

  slow(ms: number): FaultTuning {
    return this.#add({ name: "slow", ms });
  }

  /** Nothing is done and no answer comes. */
  silence(): FaultTuning {
    return this.#add({ name: "silence" });
  }

  /** A line that is not of the protocol. */
  garbage(): FaultTuning {
    return this.#add({ name: "garbage" });
  }

  /** BYE instead of an answer, and the end of the session: IMAP alone. */
  bye(text?: string): FaultTuning {
    return this.#add({ name: "bye", ...(text === undefined ? {} : { text }) });
  }

  /** Any fault by its name that can strike at this moment: `mock.after("STARTTLS").strike("expired-certificate").always()`. */
  strike(name: FaultName, script: Omit<FaultScript, "name" | "at"> = {}): FaultTuning {
    return this.#add({ ...script, name });
  }

  #add(script: FaultScript): FaultTuning {
    const own: FaultScript = { ...script, at: this.#at };
    return new FaultTuning(this.#faults, this.#faults.add(own), own);
  }
}

/** How often, for whom, and after how many. */
export class FaultTuning {
  readonly fault: Fault;
  readonly #faults: Faults;
  readonly #script: FaultScript;

  constructor(faults: Faults, fault: Fault, script: FaultScript) {
    this.#faults = faults;
    this.fault = fault;
    this.#script = script;
  }

  times(count: number): this {
    this.#script.times = count;
    return this;
  }

  once(): this {
    return this.times(1);
  }

  always(): this {
    return this.times(Number.POSITIVE_INFINITY);
  }

  /** Lets so many pass first. */
  skip(count: number): this {
    this.#script.skip = count;
    return this;
  }

  /** Only for this address. */
  for(address: string): this {
    this.#script.for = address;
    return this;
  }

  /** How often it has struck. */
  get struck(): number {
    return this.fault.struck;
  }

  /** Takes it away again. */
  remove(): void {
    this.#faults.remove(this.fault);
  }
}

const MOMENTS: Record<string, FaultPoint> = {
  // What a client waits for before it may say anything.
  CONNECT: "greeting",
  EHLO: "ehlo",
  STARTTLS: "starttls",
  AUTH: "auth",
  MAIL: "mail",
  RCPT: "rcpt",
  DATA: "data",
  CONTENT: "content",
  DOT: "final-dot",
  // Once the mail was taken: what becomes of it.
  ACCEPTANCE: "after-dot",
};

/** `RCPT`, `DOT`, `IMAP SELECT`… to the moment of the session. */
export function momentOf(command: string): FaultPoint {
  const upper = command.trim().toUpperCase();
  if (upper.startsWith("IMAP "))
    return `imap-${upper.slice(5).replace(/^UID /, "").replace("AUTHENTICATE", "auth").toLowerCase()}`;
  const at = MOMENTS[upper];
  if (!at)
    throw new MedimailError("invalid_argument", "No command of a session has this name", {
      hint: `Known: ${Object.keys(MOMENTS).join(", ")}, IMAP ….`,
    });
  return at;
}
