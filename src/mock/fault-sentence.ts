import { MedimailError } from "../errors.js";
import type { Fault, FaultPoint, FaultScript, Faults } from "./faults.js";

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

  #add(script: FaultScript): FaultTuning {
    const own: FaultScript = { ...script, at: this.#at };
    return new FaultTuning(this.#faults.add(own), own);
  }
}

/** How often, for whom, and after how many. */
export class FaultTuning {
  readonly fault: Fault;
  readonly #script: FaultScript;

  constructor(fault: Fault, script: FaultScript) {
    this.fault = fault;
    this.#script = script;
  }

  times(count: number): this {
    this.#script.times = count;
    return this;
  }

  always(): this {
    return this.times(Number.POSITIVE_INFINITY);
  }

  skip(count: number): this {
    this.#script.skip = count;
    return this;
  }

  for(address: string): this {
    this.#script.for = address;
    return this;
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
  DOT: "final-dot",
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
