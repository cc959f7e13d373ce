import { errorCodeOf } from "../errors.js";
import type { Bell } from "../sending/index.js";
import { backoffMs } from "../sending/index.js";
import type { Core, Frame } from "./core.js";

/** From a second to a minute, so that a disk that is mounted late or a lock of a backup costs little and is not asked for often. */
const AGAIN = { baseMs: 1_000, maxMs: 60_000, jitter: 0.25 };

/** What no waiting mends while the process lives: its configuration, its version. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  "closed",
  "config_invalid",
  "invalid_argument",
  "not_supported",
  "storage_schema_newer",
]);

export interface KeepDelivering {
  open: () => Promise<Core>;
  deliver: (core: Core) => Promise<void>;
  /** Rung when another call has opened the store: the next try is at once. */
  opened: Bell;
  signal: AbortSignal;
}

/**
 * The delivery of a connector that delivers by itself, until the signal. A store that cannot be opened, or a file that the sessions need and that is
 * not there (a disk that is mounted later), is tried again with growing pauses, and said in the log each time.
 */
export async function keepDelivering(
  { clock, log, random, mailbox }: Pick<Frame, "clock" | "log" | "random" | "mailbox">,
  { open, deliver, opened, signal }: KeepDelivering,
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      const core = await open();
      if (attempt > 1) log.log("info", "delivery.started", { mailbox, attempt });
      await deliver(core);
      return;
    } catch (error) {
      if (signal.aborted) return;
      const code = errorCodeOf(error);
      if (FOR_GOOD.has(code)) {
        log.log("error", "delivery.stopped", { mailbox, code });
        return;
      }
      const ms = backoffMs(attempt, AGAIN, random);
      log.log("error", "delivery.waits", { mailbox, code, attempt, ms });
      try {
        // Who only has this connector is to go on.
        await opened.listen().heard(ms, clock, signal, { unref: false });
      } catch {
        return;
      }
    }
  }
}
