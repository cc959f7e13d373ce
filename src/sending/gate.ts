/** A counting gate: at most `size` inside, the others wait in order. */
export class Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = Math.max(1, size);
  }

  enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

/** So many submissions whatever their size, and so many where their documents stay small together. */
export interface IntakeLimits {
  any: number;
  small: number;
  /** Bytes of all inside, for more than `any` of them. */
  bytes: number;
}

/** How long a submission that is ready waits for others that are about to be, ms. */
const GATHER_MS = 5;

/** The back-pressure of `submit`: each that is inside holds its documents, and the mails made of them, in memory. In order of arrival. */
export class IntakeGate {
  #inside = 0;
  #bytes = 0;
  readonly #waiting: { bytes: number; go: () => void }[] = [];
  #ready = 0;

  constructor(private readonly limits: IntakeLimits = { any: 4, small: 32, bytes: 2 * 1024 * 1024 }) {}

  enter(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#take(bytes);
      return Promise.resolve();
    }
    return new Promise((go) => this.#waiting.push({ bytes, go }));
  }

  /** `ready`: it had said so. */
  leave(bytes: number, ready = true): void {
    this.#inside -= 1;
    this.#bytes -= bytes;
    if (ready) this.#ready -= 1;
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#take(next.bytes);
      next.go();
    }
  }

  /**
   * It is ready to be stored. Gives back how long it may wait for others that are about to be ready too, so that they are stored with one
   * commit, in ms: not at all where it is the last of those inside.
   */
  ready(): number {
    this.#ready += 1;
    return this.#ready < this.#inside ? GATHER_MS : 0;
  }

  #fits(bytes: number): boolean {
    const { any, small, bytes: most } = this.limits;
    return this.#inside < any || (this.#inside < small && this.#bytes + bytes <= most);
  }

  #take(bytes: number): void {
    this.#inside += 1;
    this.#bytes += bytes;
  }
}
