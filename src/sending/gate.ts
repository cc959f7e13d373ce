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

/** The back-pressure of `submit`: each that is inside holds its documents, and the mails made of them, in memory. In order of arrival. */
export class IntakeGate {
  #inside = 0;
  #bytes = 0;
  readonly #waiting: { bytes: number; go: () => void }[] = [];

  constructor(private readonly limits: IntakeLimits = { any: 4, small: 32, bytes: 2 * 1024 * 1024 }) {}

  enter(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#take(bytes);
      return Promise.resolve();
    }
    return new Promise((go) => this.#waiting.push({ bytes, go }));
  }

  leave(bytes: number): void {
    this.#inside -= 1;
    this.#bytes -= bytes;
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#take(next.bytes);
      next.go();
    }
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
