import type { Socket } from "node:net";
import { MedimailError } from "../errors.js";

/**
 * One budget for a whole dialogue on a socket that may change (DNS, proxy, TCP). When the time is over or the caller
 * aborts, the socket that is then being opened is destroyed, so that nothing goes on behind the caller's back.
 */
export class Deadline {
  #socket: Socket | undefined;
  #error: MedimailError | undefined;
  #reject: ((error: MedimailError) => void) | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #what: string;

  constructor(what: string, timeoutMs: number, signal?: AbortSignal) {
    this.#what = what;
    this.#signal = signal;
    this.#timer = setTimeout(
      () => this.#end(new MedimailError("timeout", `${what} took longer than ${timeoutMs} ms`)),
      timeoutMs,
    );
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    this.#end(new MedimailError("aborted", `${this.#what} was aborted by the caller`, { cause: this.#signal?.reason }));
  };

  #end(error: MedimailError): void {
    if (this.#error) return;
    this.#error = error;
    this.#socket?.destroy();
    this.#reject?.(error);
  }

  /** The socket to destroy when the time is over. */
  guard(socket: Socket): void {
    this.#socket = socket;
    if (this.#error) socket.destroy();
  }

  /** Runs `work` until it ends or the time is over, whichever is first. */
  race<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#error) {
        reject(this.#error);
        return;
      }
      this.#reject = reject;
      // An error that our own destroy() caused is the deadline's, not the socket's.
      work().then(resolve, (error: unknown) => reject(this.#error ?? error));
    });
  }

  /** Lets go of the timer and of the caller's signal. */
  release(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#reject = undefined;
  }
}
