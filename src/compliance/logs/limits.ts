import { MedimailError } from "../../errors.js";

/** Limits of the reader of server logs. */
export interface LogLimits {
  /** Bytes of one line. Default 65,536; beyond, the line is left out and counted. */
  maxLine: number;
  /** Bytes of all logs together, as they are read. Default 8 GB; beyond, `invalid_argument`. */
  maxBytes: number;
  /** Lines of all logs together. Default 5,000,000; beyond, `invalid_argument`. */
  maxLines: number;
  /** Observations that come of them. Default 500,000; beyond, `invalid_argument`. */
  maxObservations: number;
  /** Connections that are open at once in one log. Default 5,000; beyond, the oldest is taken for ended. */
  maxOpen: number;
}

/** What of the logs became no observation, so that a report can say what it did not look at. */
export interface LogLeftOut {
  /** Lines of other programs, or that say nothing of a client. */
  unknown: number;
  /** Lines without a time that can be read. */
  malformed: number;
  /** Lines beyond `maxLine`. */
  tooLong: number;
  /** Connections of clients that were not asked for. */
  otherClients: number;
  /** Authentications of which the log does not say whether they were inside TLS. */
  undecided: number;
}

export const LOG_LIMITS: LogLimits = {
  maxLine: 65_536,
  maxBytes: 8_000_000_000,
  maxLines: 5_000_000,
  maxObservations: 500_000,
  maxOpen: 5_000,
};

/** Counts what is read and made; one for an import. */
export class LogBudget {
  readonly leftOut: LogLeftOut = { unknown: 0, malformed: 0, tooLong: 0, otherClients: 0, undecided: 0 };
  #bytes = 0;
  #lines = 0;
  #observations = 0;

  readonly #clients: ReadonlySet<string> | undefined;

  constructor(
    readonly limits: LogLimits,
    clients?: readonly string[],
  ) {
    this.#clients = clients && new Set(clients);
  }

  /** Whether a client is one that was asked for; of the others nothing is kept. */
  wants(address: string): boolean {
    return this.#clients?.has(address) ?? true;
  }

  bytes(count: number): void {
    this.#bytes += count;
    if (this.#bytes > this.limits.maxBytes) throw tooMany("bytes", "maxBytes", this.limits.maxBytes);
  }

  line(): void {
    this.#lines += 1;
    if (this.#lines > this.limits.maxLines) throw tooMany("lines", "maxLines", this.limits.maxLines);
  }

  observation(): void {
    this.#observations += 1;
    if (this.#observations > this.limits.maxObservations)
      throw tooMany("observations", "maxObservations", this.limits.maxObservations);
  }
}

const tooMany = (what: string, name: keyof LogLimits, limit: number) =>
  new MedimailError("invalid_argument", `The logs have more than ${limit} ${what}`, { path: `limits.${name}` });
