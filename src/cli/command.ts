import type { OptionSpecs, Options } from "./args.js";
import type { Context } from "./context.js";

/** One command: what its line may hold, and what it does. Words about it are in `text/`. */
export interface Command {
  /** As typed: `cda inspect`. */
  name: string;
  positionals?: { name: string; min: number; max: number };
  options: OptionSpecs;
  /** Prints one object a line as it happens (⇉ in CLI.md), not one value. */
  stream?: true;
  /** Runs until it is stopped, also by a reader that has gone. SIGINT, SIGTERM and the time limit are its ordinary end, exit 0; 130 where CLI.md says no such thing of it. */
  untilStopped?: true;
  /** Ends by itself, and in order, when the signal is aborted; any other is left where it stands. */
  ownsSignal?: true;
  /** Default time limit in seconds; none where absent. */
  timeoutSeconds?: number;
  run(context: Context, args: { options: Options; positionals: string[]; dashes: boolean }): Promise<number>;
}

export const EXIT = { done: 0, no: 1, usage: 2, couldNotRun: 3, interrupted: 130 } as const;
