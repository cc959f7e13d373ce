import { gone, pause } from "../context.js";
import type { Fault } from "../faults.js";
import type { LineConnection } from "../wire/connection.js";
import { SessionOver } from "../wire/session-over.js";
import type { Outcome } from "./outcome.js";
import { no } from "./outcome.js";
import type { SessionFaults } from "./session-faults.js";
import type { Segment } from "./syntax.js";

interface Piece {
  said: string;
  bytes: Buffer;
}

/** What one session says, with the faults that spoil it. */
export class ImapWriter {
  readonly #connection: LineConnection;
  readonly #faults: SessionFaults;
  #held: Piece[] | undefined;

  constructor(connection: LineConnection, faults: SessionFaults) {
    this.#connection = connection;
    this.#faults = faults;
  }

  /** What follows is kept until it is known whether it is to be said. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const piece of held) this.#write(piece);
  }

  discard(): void {
    this.#held = undefined;
  }

  line(line: string): void {
    this.#write({ said: line, bytes: Buffer.from(`${line}\r\n`, "latin1") });
  }

  /** A response with literals: the transcript has their sizes. */
  async respond(segments: readonly Segment[]): Promise<void> {
    const said = segments.map((part) => (typeof part === "string" ? part : `[${part.length} bytes]`)).join("");
    const hasLiteral = segments.some((part) => typeof part !== "string");
    const cut = hasLiteral ? this.#faults.struck("drop-in-literal") : undefined;
    if (cut) return this.#cutIn(segments, cut);
    const slow = hasLiteral ? this.#faults.struck("slow-literal") : undefined;
    if (slow) await this.#slowly(segments, said, slow);
    else this.#write({ said, bytes: wire(segments) });
    await this.#connection.drained();
    if (this.#connection.closed) throw new SessionOver();
  }

  bye(text: string): never {
    this.release();
    this.line(`* BYE ${text}`);
    this.end();
  }

  /** Closes without a word. */
  cut(): never {
    this.#connection.cut();
    throw new SessionOver();
  }

  end(): never {
    this.#connection.end();
    throw new SessionOver();
  }

  /** Says nothing more, until the client goes away. */
  async fallSilent(): Promise<never> {
    this.discard();
    await gone(this.#connection.signal);
    throw new SessionOver();
  }

  async wait(ms: number): Promise<void> {
    await pause(ms, this.#connection.signal);
  }

  #write(piece: Piece): void {
    if (this.#held) {
      this.#held.push(piece);
      return;
    }
    this.#connection.said("server", piece.said);
    this.#connection.write(piece.bytes);
  }

  async #cutIn(segments: readonly Segment[], fault: Fault): Promise<never> {
    this.release();
    const at = segments.findIndex((part) => typeof part !== "string");
    const literal = segments[at] as Buffer;
    const sent = literal.subarray(0, fault.script.bytes ?? 1);
    const before = wire([...segments.slice(0, at)]);
    const head = Buffer.from(`{${literal.length}}\r\n`);
    this.#connection.said("server", `[${sent.length} of the ${literal.length} bytes of a literal]`);
    await this.#connection.written(Buffer.concat([before.subarray(0, -2), head, sent]));
    return this.cut();
  }

  async #slowly(segments: readonly Segment[], said: string, fault: Fault): Promise<void> {
    this.release();
    const { bytes: size = 1024, ms = 100 } = fault.script;
    const all = wire(segments);
    this.#connection.said("server", said);
    for (let at = 0; at < all.length; at += size) {
      if (at > 0) await pause(ms, this.#connection.signal);
      if (this.#connection.closed) throw new SessionOver();
      await this.#connection.written(all.subarray(at, at + size));
    }
  }
}

function wire(segments: readonly Segment[]): Buffer {
  const out = segments.flatMap((part) =>
    typeof part === "string" ? [Buffer.from(part, "latin1")] : [Buffer.from(`{${part.length}}\r\n`), part],
  );
  return Buffer.concat([...out, Buffer.from("\r\n")]);
}

/** The command is done, and its answer is not what it should be. */
export async function afterDone(writer: ImapWriter, { name, script }: Fault): Promise<Outcome | undefined> {
  if (name === "drop-after-done") writer.cut();
  if (name === "silence-after-done") await writer.fallSilent();
  if (name === "slow-after-done") await writer.wait(script.ms ?? 8000);
  if (name !== "no-after-done") return undefined;
  writer.discard();
  return no(script.text ?? "[SERVERBUG] Not done");
}
