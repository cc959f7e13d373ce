import { getEventListeners } from "node:events";

/** What is left on a signal: listeners, and the signals that `AbortSignal.any` made of it, which Node 20 and 22 keep the traces of. */
export function left(signal: AbortSignal): number {
  const dependants = Object.getOwnPropertySymbols(signal).find(
    ({ description }) => description === "kDependantSignals",
  );
  const made = dependants ? (signal as unknown as Record<symbol, Set<unknown> | null>)[dependants] : undefined;
  return getEventListeners(signal, "abort").length + (made?.size ?? 0);
}
