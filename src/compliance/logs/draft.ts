import type { Observation } from "../../seams/observations.js";
import type { LogBudget } from "./limits.js";

type Unplaced<T> = T extends unknown ? Omit<T, "v" | "at" | "connection"> : never;
/** An observation without its place: that is given once all connections are known. */
export type DraftObservation = Unplaced<Observation>;

export interface DraftEvent {
  at: number;
  observation: DraftObservation;
  /** It turned out not to have happened, or is not known to have: left out. */
  dropped?: boolean;
}

/** One connection as a log tells it, line by line. */
export class DraftConnection {
  readonly protocol: "smtp" | "imap";
  readonly openedAt: number;
  /** Address of the client; empty where the log does not say it. */
  readonly address: string;
  readonly events: DraftEvent[] = [];
  /** Of the process of Dovecot that serves it: names its rawlog. */
  pid: string | undefined;
  port = 0;
  /** Inside TLS: yes, no, or not known. */
  tls: boolean | undefined;
  /** How much of the dialogue was written down. */
  dialogue: "whole" | "part" | "none" = "none";
  closed: { at: number; commands?: Record<string, number> } | undefined;
  /** False for a client that was not asked for: nothing is kept of it, nor counted. */
  readonly kept: boolean;
  readonly #budget: LogBudget;

  constructor(budget: LogBudget, protocol: "smtp" | "imap", openedAt: number, address: string) {
    this.#budget = budget;
    this.protocol = protocol;
    this.openedAt = openedAt;
    this.address = address;
    this.kept = budget.wants(address);
    if (this.kept) budget.observation();
  }

  add(at: number, observation: DraftObservation): DraftEvent {
    const event = { at, observation };
    if (!this.kept) return event;
    this.#budget.observation();
    this.events.push(event);
    return event;
  }

  /** Puts what another file tells of the same connection after what is known to have come before. */
  addDialogue(events: readonly DraftEvent[]): void {
    this.events.push(...events);
    this.dialogue = "part";
  }

  line(at: number, from: "client" | "server", line: string): void {
    this.add(at, { kind: "line", protocol: this.protocol, from, line, tls: this.tls ?? false });
  }

  /** Of lines it is not known whether they were inside TLS: better none than ones that say something wrong. */
  dropLines(): boolean {
    const lines = this.events.filter(({ observation }) => observation.kind === "line");
    for (const event of lines) event.dropped = true;
    return lines.length > 0;
  }

  /** @param first it was learnt late: it stands before all that is known of the connection */
  established(at: number, seen: { version?: string; cipher?: string } & TlsMore, first = false): void {
    this.tls = true;
    const event = this.add(at, {
      kind: "tls",
      protocol: this.protocol,
      what: "established",
      profile: "unknown",
      ...seen,
    });
    if (first) this.events.unshift(...this.events.splice(this.events.indexOf(event), 1));
  }

  /** In order: nothing stands before what came first, though one file counts seconds and another microseconds. */
  *placed(): Generator<DraftEvent> {
    const { protocol, port } = this;
    let at = this.openedAt;
    const dialogue = this.dialogue === "whole" ? {} : { dialogue: this.dialogue };
    yield { at, observation: { kind: "tcp", protocol, what: "open", port, ...dialogue } };
    for (const event of this.events) {
      if (event.dropped) continue;
      at = Math.max(at, event.at);
      yield { at, observation: event.observation };
    }
    if (!this.closed) return;
    const { commands } = this.closed;
    const counted = commands && this.dialogue !== "whole" ? { commands } : {};
    yield {
      at: Math.max(at, this.closed.at),
      observation: { kind: "tcp", protocol, what: "close", port, ...counted },
    };
  }
}

type TlsMore = Partial<Pick<Extract<Observation, { kind: "tls" }>, "clientCertificate" | "partial">>;

/** What is kept of a text of a log: no control characters, and an end. */
export const bounded = (text: string, most = 1_000): string => text.slice(0, most).replace(/[\x00-\x1f\x7f]/g, "?");
