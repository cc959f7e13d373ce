import { MedimailError } from "./errors.js";

/**
 * Waits for work that others may share: who gives up leaves it to them, and it goes on.
 *
 * @param doing what the caller waited for, in the message of the error
 * @throws MedimailError `aborted`
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined, doing: string): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void =>
      reject(new MedimailError("aborted", `${doing} was given up by the caller`, { cause: signal.reason }));
    if (signal.aborted) {
      work.catch(() => {});
      onAbort();
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
