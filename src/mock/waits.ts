import { MedimailError } from "../errors.js";
import type { Observation } from "../seams/observations.js";
import { WAITED_HINT, type WaitOptions } from "./observer.js";

type Fields<T> = T extends unknown ? { [K in keyof T]?: T[K] } : never;
/** Members that an observation must have, with these values: `{ kind: "auth", ok: false }`. */
export type ObservationFilter = Fields<Observation>;

/** Whether a value has what is wanted, member by member; a list is as wanted where each of its members is. */
export function matches(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return value === wanted;
  if (typeof value !== "object" || value === null || Array.isArray(wanted) !== Array.isArray(value)) return false;
  if (Array.isArray(wanted) && wanted.length !== (value as unknown[]).length) return false;
  return Object.entries(wanted).every(
    ([name, member]) => Object.hasOwn(value, name) && matches((value as Record<string, unknown>)[name], member),
  );
}

/** Waits for a state: asked now, and again after each change. Many changes at once are one. */
export function waitUntil<T>(
  state: () => T,
  watch: (again: () => void) => () => void,
  { timeoutMs = 5000, signal }: WaitOptions = {},
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let over = false;
    let asked = false;
    const settle = (act: () => void): void => {
      over = true;
      unwatch();
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
      act();
    };
    const aborted = () => settle(() => reject(new MedimailError("aborted", "Waiting for a state was aborted")));
    const ask = (): void => {
      asked = false;
      if (over) return;
      try {
        const found = state();
        if (found) settle(() => resolve(found));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    // After the change is whole: a mail that is filed gets its flags in the next line.
    const again = (): void => {
      if (!asked) queueMicrotask(ask);
      asked = true;
    };
    const unwatch = watch(again);
    const late = () =>
      settle(() => reject(new MedimailError("timeout", `No such state within ${timeoutMs} ms`, { hint: WAITED_HINT })));
    const timer = setTimeout(late, timeoutMs);
    signal?.addEventListener("abort", aborted, { once: true });
    if (signal?.aborted) aborted();
    else ask();
  });
}
