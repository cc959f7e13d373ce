import { readFileSync } from "node:fs";

/**
 * The kernel's high-water mark of this program alone: `maxRSS` also counts what the parent had when it forked, since Linux keeps it
 * across exec.
 */
export function peakBytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  if (kilobytes === undefined) throw new Error("/proc/self/status has no VmHWM");
  return Number(kilobytes) * 1024;
}
