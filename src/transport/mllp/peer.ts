import type { Socket } from "node:net";
import { errorCodeOf, MedimailError } from "../../errors.js";
import type { Logger } from "../../log.js";
import { hangUp, writeOut } from "./endings.js";
import { MllpDecoder, mllpBlock } from "./framing.js";

/** What the content of a block is given to; what it gives back is the content of the answer. */
export type MllpHandler = (
  content: Uint8Array,
  /** Who sent it. The signal is aborted once nobody can take the answer any more: the peer is gone, or the server could not wait longer. */
  peer: { address: string; signal: AbortSignal },
) => Promise<Uint8Array>;

/** What the connections of one server share. */
export interface PeerFrame {
  onMessage: MllpHandler;
  log: Logger;
  maxBlockBytes: number;
  idleMs: number;
  /** Within which a block that has begun has to end, and an answer to be taken. */
  blockMs: number;
  /** Bytes that are held for all connections together; false where there is no room for `more`. */
  hold(more: number): boolean;
}

/** Between two blocks; more than this is somebody who speaks another protocol. */
const MAX_STRAY_BYTES = 64 * 1024;

/** One connection to the server: its blocks are answered in order, one at a time. */
export class MllpPeer {
  readonly #socket: Socket;
  readonly #frame: PeerFrame;
  readonly #address: string;
  readonly #place: { host: string; port: number };
  readonly #decoder: MllpDecoder;
  readonly #waiting: Uint8Array[] = [];
  /** Of the message in hand. */
  #inHand: AbortController | undefined;
  #inHandBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The block for which the timer runs; 0 where it runs for an idle connection. */
  #timed = 0;
  #held = 0;
  #answered = 0;
  #halfClosed = false;
  /** Nothing new is taken in hand. */
  #ending = false;
  #saidBye = false;

  constructor(socket: Socket, address: string, frame: PeerFrame) {
    this.#socket = socket;
    this.#frame = frame;
    this.#address = address;
    this.#place = { host: address, port: socket.remotePort ?? 0 };
    this.#decoder = new MllpDecoder((content) => this.#waiting.push(content), { maxBlockBytes: frame.maxBlockBytes });
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    // Without a listener an error would end the process; what there is to do is done at the close.
    socket.on("error", () => {});
    socket.on("close", this.#onClose);
    this.#watch();
  }

  readonly #onData = (bytes: Buffer): void => {
    const fault = this.#take(bytes);
    if (fault) {
      // What came whole before it has no answer either, and is sent again.
      this.#drop(fault);
      return;
    }
    void this.#answer();
    // One is in hand and another waits: what comes after stays with the sender.
    if (this.#waiting.length > 0) this.#socket.pause();
    this.#watch(true);
  };

  #take(bytes: Buffer): string | undefined {
    try {
      this.#decoder.push(bytes);
    } catch {
      return "block_too_long";
    }
    if (this.#decoder.strayNow > MAX_STRAY_BYTES) return "not_mllp";
    return this.#count() ? undefined : "memory";
  }

  /** Tells the frame what this connection holds. */
  #count(inHand = this.#inHandBytes): boolean {
    this.#inHandBytes = inHand;
    const held = this.#waiting.reduce((sum, { length }) => sum + length, this.#decoder.held + inHand);
    const more = held - this.#held;
    this.#held = held;
    return this.#frame.hold(more);
  }

  readonly #onEnd = (): void => {
    this.#halfClosed = true;
    // Of a block that was cut nothing is handed over.
    if (!this.#inHand && this.#waiting.length === 0) this.#bye();
    else this.#watch();
  };

  readonly #onClose = (): void => {
    this.#ending = true;
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
    this.#frame.hold(-this.#held);
    this.#held = 0;
    this.#inHand?.abort(peerGone());
    if (this.#decoder.stray > 0)
      this.#frame.log.log("warn", "mllp.stray", { ...this.#place, count: this.#decoder.stray });
    this.#frame.log.log("debug", "mllp.closed", { ...this.#place, count: this.#answered });
  };

  async #answer(): Promise<void> {
    if (this.#inHand || this.#ending) return;
    for (let content = this.#waiting.shift(); content && !this.#ending; content = this.#waiting.shift()) {
      const goesOn = await this.#serve(content);
      this.#inHand = undefined;
      this.#count(0);
      if (!goesOn) return this.#bye();
    }
    if (this.#ending || this.#halfClosed) return this.#bye();
    this.#watch();
  }

  async #serve(content: Uint8Array): Promise<boolean> {
    this.#inHand = new AbortController();
    this.#count(content.length);
    if (this.#waiting.length === 0) this.#socket.resume();
    this.#watch();
    const since = performance.now();
    try {
      const answer = await this.#frame.onMessage(content, { address: this.#address, signal: this.#inHand.signal });
      const late = (): void => this.#drop("timeout");
      if (!(await writeOut(this.#socket, mllpBlock(answer), this.#frame.blockMs, late))) throw peerGone();
    } catch (error) {
      // The sender has no answer and sends the message again; what to tell it of a fault of ours is not ours to make up.
      this.#frame.log.log("error", "mllp.failed", { ...this.#place, code: errorCodeOf(error) });
      return false;
    }
    this.#answered++;
    const ms = Math.round(performance.now() - since);
    this.#frame.log.log("debug", "mllp.answered", { ...this.#place, bytes: content.length, ms });
    return true;
  }

  /**
   * A block that has begun has its time, however often something of it comes; a connection between blocks has its own, which begins again
   * with whatever comes. Neither runs while it is us who do not read, or while a message is in hand.
   */
  #watch(heard = false): void {
    const block = this.#decoder.inBlock ? this.#decoder.begun : 0;
    const runs = !this.#ending && !this.#halfClosed && !this.#socket.isPaused() && (block > 0 || !this.#inHand);
    if (runs && this.#timer && this.#timed === block) {
      if (heard && block === 0) this.#timer.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timed = block;
    if (!runs) return;
    const { blockMs, idleMs } = this.#frame;
    this.#timer = setTimeout(() => (block > 0 ? this.#drop("timeout") : this.#bye()), block > 0 ? blockMs : idleMs);
  }

  /** The peer breaks the rules, or there is no hope of it. */
  #drop(code: string): void {
    if (!this.#ending) this.#frame.log.log("warn", "mllp.dropped", { ...this.#place, code });
    this.#ending = true;
    this.#socket.destroy();
  }

  #bye(): void {
    if (this.#saidBye) return;
    this.#saidBye = true;
    this.#ending = true;
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
    this.#socket.removeListener("data", this.#onData);
    void hangUp(this.#socket);
  }

  /** Takes no new message, and ends when the one in hand is answered. */
  finish(): void {
    this.#ending = true;
    this.#waiting.length = 0;
    if (this.#inHand) this.#watch();
    else this.#bye();
  }

  /** Waits no longer for the message in hand. */
  giveUp(): void {
    this.#ending = false;
    this.#drop("closed");
  }
}

const peerGone = (): MedimailError => new MedimailError("connection_lost", "the peer is gone");
