import { MedimailError } from "../errors.js";
import type { FaultName, FaultPoint } from "./fault-kinds.js";
import { FAULT_KINDS, FAULT_NAMES, FAULT_POINTS, momentsOfFault, usualMoment } from "./fault-kinds.js";

export type { FaultName, FaultPoint, ImapFaultPoint, SmtpFaultPoint } from "./fault-kinds.js";
export { describeFault, FAULT_NAMES, SMTP_FAULT_POINTS } from "./fault-kinds.js";

export interface FaultScript {
  name: FaultName;
  /** Needed by `refuse`, `defer`, `reply`, `garbage`, `drop`, `slow` and `silence`; the others have a moment of their own, which `imap-…` may replace. */
  at?: FaultPoint;
  /** How often it strikes. Default 1; `Number.POSITIVE_INFINITY` for always. */
  times?: number;
  /** Lets this many pass first. Default 0. */
  skip?: number;
  /** Only for this address: the recipient at `rcpt` and `after-dot`; the sender or a recipient from `data` on; the user or the sender before. */
  for?: string;
  /** SMTP reply code, with `reply`, `refuse`, `defer` or `full-mailbox`. */
  reply?: number;
  /** Enhanced status code, e.g. `4.3.0`. */
  status?: string;
  text?: string;
  /** With `slow` (default 1000), `slow-literal` (100), `slow-after-done` (8000) and `delay` (default: until `release`; of the mock's clock). */
  ms?: number;
  /** Cut once this much of the content has come (`drop-before-dot`, default 1) or of the literal has left (`drop-in-literal`, 1); a piece of `slow-literal` (1024). */
  bytes?: number;
  /** With `wrong-exists`: how many too many, default 3. With `drop-after-commands`: how many commands are answered first, default 10. */
  count?: number;
}

/** A fault in place. */
export class Fault {
  /** Rises from 1 in one mock. */
  readonly id: number;
  readonly script: FaultScript;
  readonly at: FaultPoint;
  #struck = 0;
  #skipped = 0;

  constructor(script: FaultScript, at: FaultPoint, id: number) {
    this.script = script;
    this.at = at;
    this.id = id;
  }

  get name(): FaultName {
    return this.script.name;
  }

  /** How often it has struck. */
  get struck(): number {
    return this.#struck;
  }

  get spent(): boolean {
    return this.#struck >= (this.script.times ?? 1);
  }

  /** Whether it can strike here, now or when it has let others pass. */
  isFor(at: FaultPoint, addresses: readonly string[]): boolean {
    if (this.spent || at !== this.at) return false;
    const wanted = this.script.for?.toLowerCase();
    return wanted === undefined || addresses.some((address) => address.toLowerCase() === wanted);
  }

  /** True when it strikes now; counts. */
  strikes(at: FaultPoint, addresses: readonly string[]): boolean {
    if (!this.isFor(at, addresses)) return false;
    if (this.#skipped < (this.script.skip ?? 0)) {
      this.#skipped += 1;
      return false;
    }
    this.#struck += 1;
    return true;
  }

  /** @internal Puts its counts, and how it is told to strike, back to what they are now. */
  save(): () => void {
    const [struck, skipped, script] = [this.#struck, this.#skipped, { ...this.script }];
    return () => {
      this.#struck = struck;
      this.#skipped = skipped;
      Object.assign(this.script, script);
    };
  }
}

/** A fault where it could never strike would make a test that proves nothing. */
function assertMoment(name: FaultName, at: FaultPoint): void {
  if (!FAULT_POINTS.includes(at))
    throw new MedimailError("invalid_argument", "No moment of a session has this name", {
      path: "at",
      hint: `Known: ${FAULT_POINTS.join(", ")}.`,
    });
  const moments = momentsOfFault(name);
  if (moments.includes(at)) return;
  throw new MedimailError("invalid_argument", "This fault cannot strike at this moment", {
    path: "at",
    hint: `It strikes at ${moments.join(", ")}.`,
  });
}

/** The faults that a test has asked for: scripted, counted, never by chance. */
export class Faults {
  readonly #faults: Fault[] = [];
  #count = 0;

  /** Those in place, spent ones too, in the order they were asked for. */
  get all(): readonly Fault[] {
    return this.#faults;
  }

  add(script: FaultScript): Fault {
    if (!Object.hasOwn(FAULT_KINDS, script.name))
      throw new MedimailError("invalid_argument", "No fault of the mock has this name", {
        path: "name",
        hint: `Known: ${FAULT_NAMES.join(", ")}.`,
      });
    const at = script.at ?? usualMoment(script.name);
    if (at === undefined)
      throw new MedimailError("invalid_argument", "This fault needs to be told where it strikes", { path: "at" });
    assertMoment(script.name, at);
    const fault = new Fault(script, at, ++this.#count);
    this.#faults.push(fault);
    return fault;
  }

  /** The fault that strikes here, if one does. `names`: only of these kinds. */
  take(at: FaultPoint, addresses: readonly string[] = [], names?: readonly FaultName[]): Fault | undefined {
    return this.#faults.find((fault) => (!names || names.includes(fault.name)) && fault.strikes(at, addresses));
  }

  /** Whether one of these kinds may strike here: then an answer is not sent before it is known. */
  mayStrike(at: FaultPoint, addresses: readonly string[], names: readonly FaultName[]): boolean {
    return this.#faults.some((fault) => names.includes(fault.name) && fault.isFor(at, addresses));
  }

  /** Faults that have not struck as often as asked: a test may check that none is left. */
  pending(): Fault[] {
    return this.#faults.filter((fault) => !fault.spent && fault.script.times !== Number.POSITIVE_INFINITY);
  }

  /** Takes one away; false where it is not there. */
  remove(fault: Fault): boolean {
    const at = this.#faults.indexOf(fault);
    if (at >= 0) this.#faults.splice(at, 1);
    return at >= 0;
  }

  clear(): void {
    this.#faults.length = 0;
  }

  /** @internal */
  save(): () => void {
    const faults = [...this.#faults];
    const counts = faults.map((fault) => fault.save());
    return () => {
      this.#faults.splice(0, this.#faults.length, ...faults);
      for (const restore of counts) restore();
    };
  }
}
