import type { MockContext } from "../context.js";
import { strike } from "../context.js";
import type { ImapFaultPoint } from "../fault-kinds.js";
import type { Fault, FaultName } from "../faults.js";
import type { LineConnection } from "../wire/connection.js";
import type { Outcome } from "./outcome.js";
import { no } from "./outcome.js";

/** Strike once a command has done its work, instead of its answer. */
export const AFTER_DONE: readonly FaultName[] = [
  "drop-after-done",
  "no-after-done",
  "slow-after-done",
  "silence-after-done",
];

/** The faults of one session: those of the command under way, and those that last. */
export class SessionFaults {
  readonly #context: MockContext;
  readonly #connection: LineConnection;
  readonly #lasting = new Map<FaultName, boolean>();
  readonly #drawn = new Map<FaultName, Fault | undefined>();
  #at: ImapFaultPoint = "imap-greeting";
  #addresses: readonly string[] = [];

  constructor(context: MockContext, connection: LineConnection) {
    this.#context = context;
    this.#connection = connection;
  }

  /** A command begins: from here on faults are its own. */
  begin(at: ImapFaultPoint, addresses: readonly string[]): void {
    this.#at = at;
    this.#addresses = addresses;
    this.#drawn.clear();
  }

  /** The fault of this kind that strikes the command under way: drawn where it would show, once for the command. */
  struck(name: FaultName): Fault | undefined {
    if (!this.#drawn.has(name))
      this.#drawn.set(name, strike(this.#context, this.#connection, this.#at, this.#addresses, [name]));
    return this.#drawn.get(name);
  }

  /** The first of these kinds that strikes the command under way. */
  first(names: readonly FaultName[]): Fault | undefined {
    return strike(this.#context, this.#connection, this.#at, this.#addresses, names);
  }

  /** Whether one of these kinds may strike the command under way. */
  mayStrike(names: readonly FaultName[]): boolean {
    return this.#context.faults.mayStrike(this.#at, this.#addresses, names);
  }

  /** Faults of the whole session, at `imap-capability`: drawn when they are first asked for. */
  lasts(name: FaultName, addresses: readonly string[]): boolean {
    let lasts = this.#lasting.get(name);
    if (lasts === undefined) {
      lasts = strike(this.#context, this.#connection, "imap-capability", addresses, [name]) !== undefined;
      this.#lasting.set(name, lasts);
    }
    return lasts;
  }
}

/** The moment of a command, where faults strike: a UID command is the one it is a form of. */
export function momentOf(command: string): ImapFaultPoint {
  return `imap-${command.replace("UID ", "").replace("AUTHENTICATE", "auth").toLowerCase()}`;
}

/** How many messages too many a wrong count has. */
export function tooMany(fault: Fault | undefined): number {
  return fault ? (fault.script.count ?? 3) : 0;
}

/** The answer of a fault that answers. */
export function faultOutcome({ name, script }: Fault): Outcome {
  if (name === "token-refused") return no("[AUTHENTICATIONFAILED] Authentication failed");
  if (name === "reply") return no(script.text ?? "Not done");
  return no(name === "defer" ? "[UNAVAILABLE] Try again later" : (script.text ?? "[NOPERM] Refused"));
}
