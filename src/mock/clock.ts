import { MedimailError } from "../errors.js";

/** What is to be done at a time of the mock's clock. */
interface Task {
  at: number;
  /** Tasks of one moment run in the order they were given. */
  order: number;
  act: () => void;
}

/** The longest that a timer of Node.js can wait. */
const MAX_TIMER = 2 ** 31 - 1;
/** Tasks that one `advance` runs: one that plans another for the same moment would never end. */
const MAX_TURNS = 100_000;

/**
 * The mock's time: of the dates that it writes, of the life of its tokens, of receipts that come later. It runs with the real one until it is moved
 * or stopped. Certificates, and what their authorities say of them, are always of the real time.
 */
export class MockClock {
  readonly #base: () => Date;
  readonly #failed: (error: unknown) => void;
  #offset = 0;
  #stoppedAt: number | undefined;
  #tasks: Task[] = [];
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @internal */
  constructor(base: () => Date, failed: (error: unknown) => void) {
    this.#base = base;
    this.#failed = failed;
  }

  readonly now = (): Date => new Date(this.#time());

  #time(): number {
    return this.#stoppedAt ?? this.#base().getTime() + this.#offset;
  }

  /** Whether it stands still. */
  get frozen(): boolean {
    return this.#stoppedAt !== undefined;
  }

  /** What is planned for later, in milliseconds from now, the next first. */
  get pending(): number[] {
    return this.#tasks.map(({ at }) => at - this.#time());
  }

  /** Forward by so many milliseconds: what falls due in between happens, in its order and at its time, before this returns. */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0)
      throw new MedimailError("invalid_argument", "A clock goes forward by a number of milliseconds", { path: "ms" });
    this.#goTo(this.#time() + ms);
  }

  /** To a date, earlier or later; on the way to a later one, what falls due happens. */
  set(date: Date): void {
    const time = date.getTime();
    // ISO 8601 with four digits of a year is what is written everywhere.
    if (Number.isNaN(time) || time < 0 || time > Date.UTC(9999, 11, 31))
      throw new MedimailError("invalid_argument", "Not a date that the mock can write", { path: "date" });
    if (time >= this.#time()) this.#goTo(time);
    else this.#put(time);
    this.#arm();
  }

  /** Stands still from now on, at the date given or where it is; `advance` and `set` still move it. */
  freeze(at?: Date): void {
    // First still, then moved: between the two a running clock would go on by the moment that it takes.
    this.#stoppedAt = this.#time();
    if (at) this.set(at);
    this.#arm();
  }

  /** Runs again, from where it is. */
  resume(): void {
    if (this.#stoppedAt === undefined) return;
    this.#offset = this.#stoppedAt - this.#base().getTime();
    this.#stoppedAt = undefined;
    this.#arm();
  }

  /** @internal Does something after so many milliseconds of this clock; the function given back calls it off. */
  plan(afterMs: number, act: () => void): () => void {
    const task: Task = { at: this.#time() + Math.max(0, afterMs), order: this.#count++, act };
    this.#tasks.push(task);
    this.#tasks.sort((a, b) => a.at - b.at || a.order - b.order);
    this.#arm();
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
      this.#arm();
    };
  }

  /** @internal At once where there is nothing to wait for: the caller sees it done. */
  soon(afterMs: number | undefined, act: () => void): void {
    if (afterMs === undefined || afterMs <= 0) act();
    else this.plan(afterMs, act);
  }

  /** @internal */
  save(): () => void {
    const [offset, stoppedAt, tasks] = [this.#offset, this.#stoppedAt, [...this.#tasks]];
    return () => {
      this.#offset = offset;
      this.#stoppedAt = stoppedAt;
      this.#tasks = [...tasks];
      this.#arm();
    };
  }

  /** @internal Nothing that was planned happens any more. */
  close(): void {
    this.#tasks = [];
    this.#arm();
  }

  #put(time: number): void {
    if (this.#stoppedAt === undefined) this.#offset = time - this.#base().getTime();
    else this.#stoppedAt = time;
  }

  #goTo(time: number): void {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      const [next] = this.#tasks;
      if (next === undefined || next.at > time) break;
      this.#put(Math.max(next.at, this.#time()));
      this.#run();
    }
    this.#put(Math.max(time, this.#time()));
    this.#arm();
  }

  /** The next task, which is due. */
  #run(): void {
    const task = this.#tasks.shift();
    try {
      task?.act();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** A real timer for the next task, where the clock runs. It keeps no process alive. */
  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [next] = this.#tasks;
    if (next === undefined || this.#stoppedAt !== undefined) return;
    const wait = Math.min(MAX_TIMER, Math.max(1, next.at - this.#time()));
    this.#timer = setTimeout(() => {
      while (this.#stoppedAt === undefined && (this.#tasks[0]?.at ?? Number.POSITIVE_INFINITY) <= this.#time())
        this.#run();
      this.#arm();
    }, wait);
    this.#timer.unref();
  }
}
