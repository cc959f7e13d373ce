import { MedimailError } from "../../errors.js";

export interface Guard {
  /** What the caller waits for, in the message of the error. */
  doing: string;
  signal: AbortSignal | undefined;
  /** Of the mailbox. */
  closing: AbortSignal;
  /** Absent: what is waited for has limits of its own. */
  limitMs?: number;
  /** The time is over. */
  onLate?: () => void;
  /** Nobody waits any more: by the caller, by the end of the mailbox or of the time. */
  onGivenUp?: () => void;
}

/** Waits for `work` until it is done, the caller gives up, the mailbox is closed or the time is over. Who waited has his answer at once. */
export function guarded<T>(work: () => Promise<T>, guard: Guard): Promise<T> {
  const { doing, signal, closing, limitMs, onLate, onGivenUp } = guard;
  if (closing.aborted) return Promise.reject(closedError());
  if (signal?.aborted) return Promise.reject(abortedError(doing, signal));
  return new Promise<T>((resolve, reject) => {
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      closing.removeEventListener("abort", onClose);
    };
    const stop = (error: MedimailError): void => {
      release();
      reject(error);
      onGivenUp?.();
    };
    const onAbort = (): void => stop(abortedError(doing, signal));
    const onClose = (): void => stop(closedError());
    const onTime = (): void => {
      onLate?.();
      stop(new MedimailError("timeout", `the IMAP server did not answer in time while ${doing}`));
    };
    const timer = limitMs === undefined ? undefined : setTimeout(onTime, limitMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    closing.addEventListener("abort", onClose, { once: true });
    work().then(
      (value) => {
        release();
        resolve(value);
      },
      (error: unknown) => {
        release();
        reject(error);
      },
    );
  });
}

export function closedError(): MedimailError {
  return new MedimailError("closed", "the IMAP mailbox is closed");
}

function abortedError(doing: string, signal: AbortSignal | undefined): MedimailError {
  return new MedimailError("aborted", `${doing} was given up by the caller`, { cause: signal?.reason });
}
