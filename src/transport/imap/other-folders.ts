import type { ImapFlow } from "imapflow";
import type { Clock } from "../../seams/clock.js";
import type { FolderState } from "./folder-state.js";
import type { HasNews } from "./idle.js";
import { LookAround } from "./look-around.js";
import { Notified } from "./notify.js";

/** A server that tells by itself is asked all the same, so many times less often. */
const RARELY = 10;
/** A folder whose counts never agree with what it holds is not looked at for ever. */
const MAX_LOOKS = 3;

/**
 * The watched folders beside the open one: told of by the server where it has NOTIFY, else looked at now and then.
 */
export class OtherFolders {
  readonly #paths: readonly string[];
  readonly #pollMs: number;
  readonly #clock: Pick<Clock, "now">;
  readonly #around = new LookAround();
  #notified: Notified | undefined;
  /** Opened since the last look: of what happened while one was open, NOTIFY tells nothing. */
  readonly #opened = new Set<string>();
  /** Looks because of that, since one that was due. */
  readonly #looks = new Map<string, number>();
  #nextLook = 0;

  constructor(paths: readonly string[], pollMs: number, clock: Pick<Clock, "now">) {
    this.#paths = paths;
    this.#pollMs = pollMs;
    this.#clock = clock;
  }

  /** A new session. */
  async begin(client: ImapFlow): Promise<void> {
    this.#opened.clear();
    this.#looks.clear();
    this.#notified = this.#paths.length > 0 ? await Notified.of(client, this.#paths) : undefined;
    this.#later();
  }

  opened(path: string): void {
    const looks = this.#looks.get(path) ?? 0;
    if (!this.#notified || !this.#paths.includes(path)) return;
    this.#looks.set(path, looks + 1);
    if (looks >= MAX_LOOKS) {
      this.#nextLook = Math.min(this.#nextLook, this.#clock.now() + this.#pollMs);
      return;
    }
    this.#opened.add(path);
  }

  /** When they are to be looked at, ms since 1970. */
  get until(): number {
    if (this.#paths.length === 0) return Number.POSITIVE_INFINITY;
    return this.#opened.size > 0 || this.#notified?.over ? 0 : this.#nextLook;
  }

  /** Those that have changed: as told, and where it is time, as a look shows. */
  async changed(client: ImapFlow, states: ReadonlyMap<string, FolderState>): Promise<string[]> {
    const found = new Set(this.#notified?.take());
    for (const path of found) this.#looks.delete(path);
    // It tells nothing any more.
    if (this.#notified?.over) {
      this.#notified = undefined;
      this.#nextLook = 0;
    }
    const all = this.#clock.now() >= this.#nextLook;
    for (const path of all ? this.#paths : this.#opened)
      if (!found.has(path) && (await this.#around.hasChanged(client, path, states.get(path)))) found.add(path);
    this.#opened.clear();
    if (all) {
      this.#looks.clear();
      this.#later();
    }
    return [...found];
  }

  #later(): void {
    this.#nextLook = this.#clock.now() + this.#pollMs * (this.#notified ? RARELY : 1);
  }

  /** News of the open folder, or of these. */
  beside(news: HasNews): HasNews {
    const notified = this.#notified;
    if (!notified) return news;
    return {
      get any() {
        return news.any || notified.any;
      },
      set heard(heard: () => void) {
        news.heard = heard;
        notified.heard = heard;
      },
    };
  }
}
