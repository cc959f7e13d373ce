import { MedimailError } from "../../errors.js";

const MAX_KEPT = 1000;
const MAX_NAMED = 5;

/** A request that nothing answers. Neither its query nor its body is kept: they can hold a patient, or a secret. */
export interface UnhandledRequest {
  method: string;
  /** With the origin where it is not the mock's own. */
  path: string;
}

/** Requests that nothing answers: they make the test fail, and are told of by method and path alone. */
export class UnhandledHttp {
  readonly #requests: UnhandledRequest[] = [];
  #count = 0;

  get requests(): readonly UnhandledRequest[] {
    return this.#requests;
  }

  add(method: string, path: string): void {
    this.#count += 1;
    if (this.#requests.length < MAX_KEPT) this.#requests.push({ method: plain(method, 20), path: plain(path, 200) });
  }

  clear(): void {
    this.#requests.length = 0;
    this.#count = 0;
  }

  /** Throws `mock_http_unhandled` where there was one, and forgets them: one failure for each. */
  assertNone(): void {
    if (this.#count === 0) return;
    const named = this.#requests.slice(0, MAX_NAMED).map(({ method, path }) => `${method} ${path}`);
    const more = this.#count - named.length;
    this.clear();
    throw new MedimailError(
      "mock_http_unhandled",
      `Requests that nothing answers: ${named.join(", ")}${more > 0 ? `, and ${more} more` : ""}`,
    );
  }
}

function plain(text: string, max: number): string {
  const shown = text.replace(/[^\x21-\x7e]/g, "?");
  return shown.length > max ? `${shown.slice(0, max)}…` : shown;
}
