import { MedimailError } from "../errors.js";

/** Waits for work that others may share: who gives up leaves it to them. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work;
  const gone = () => new MedimailError("aborted", "given up by the caller", { cause: signal.reason });
  if (signal.aborted) {
    work.catch(() => {});
    throw gone();
  }
  return await new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(gone());
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
