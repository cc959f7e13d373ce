import { readlinkSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

/** Steps of niceness: a quarter of a core's time where another thread wants all of it. */
const STEPS = 5;

/**
 * Lowers the priority of the thread that calls, where the system knows one of each thread (Linux): what prepares many documents in a row then
 * gives way to the event loop of the software around it, and to the server where that is on the same machine. Elsewhere it does nothing.
 */
export function giveWay(): void {
  try {
    // Where /proc numbers processes as another container does, the number would be of another thread.
    if (process.platform !== "linux" || readlinkSync("/proc/self") !== String(process.pid)) return;
    const thread = Number(/\/task\/(\d+)$/.exec(readlinkSync("/proc/thread-self"))?.[1]);
    if (Number.isInteger(thread)) setPriority(thread, Math.min(19, getPriority(thread) + STEPS));
  } catch {
    // No /proc, or a system that forbids it: no harm.
  }
}
