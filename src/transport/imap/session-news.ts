import type { ImapFlow } from "imapflow";
import type { LiveHints } from "./delta.js";
import { UidSet } from "./uid-set.js";

/** Beyond it all flags are compared again, which is as cheap. */
const MAX_FLAGGED = 1_000;

/** What a server tells of the open folder on its own: kept as sequence numbers, however long nobody asks. */
export class SessionNews {
  #arrived = false;
  #removed = false;
  #flagged = UidSet.EMPTY;
  #tooMany = false;
  /** Called with each news. */
  heard: () => void = () => {};

  constructor(client: ImapFlow) {
    client.on("exists", () => {
      this.#arrived = true;
      this.heard();
    });
    client.on("expunge", (event: { seq?: number }) => {
      this.#removed = true;
      // The numbers above move down.
      const { seq } = event;
      if (seq !== undefined && this.#flagged.size > 0)
        this.#flagged = UidSet.of(
          [...this.#flagged].filter((other) => other !== seq).map((n) => (n > seq ? n - 1 : n)),
        );
      this.heard();
    });
    client.on("flags", ({ seq }: { seq: number }) => this.flagged(seq));
  }

  /** The flags of a mail changed, as an answer to something else said. */
  flagged(seq: number): void {
    if (this.#flagged.size >= MAX_FLAGGED) this.#tooMany = true;
    else this.#flagged = this.#flagged.with(seq);
    this.heard();
  }

  get any(): boolean {
    return this.#arrived || this.#removed || this.#tooMany || this.#flagged.size > 0;
  }

  /** All of it, once; undefined where only a comparison of the whole folder will do. */
  take(): LiveHints | undefined {
    const hints = { arrived: this.#arrived, removed: this.#removed, flagged: this.#flagged };
    const tooMany = this.#tooMany;
    this.#arrived = false;
    this.#removed = false;
    this.#flagged = UidSet.EMPTY;
    this.#tooMany = false;
    return tooMany ? undefined : hints;
  }
}
