import { RequestRate, sharedRate } from "./directory/index.js";
import { ProfileCache } from "./discovery/index.js";
import { MedimailError } from "./errors.js";
import type { Clock } from "./seams/index.js";
import { steadyNow, systemClock } from "./seams/index.js";
import { Circuit, type CircuitPolicy, DEFAULT_CIRCUIT } from "./sending/index.js";
import { type BudgetOptions, ConnectionBudget } from "./transport/imap/index.js";

/** How many IMAP connections to one operator the mailboxes of a runtime may have together. */
export interface ImapBudget extends Partial<Pick<BudgetOptions, "waitMs" | "turnMs" | "graceMs">> {
  /**
   * At a time, to one host and port. Default: no limit (one for each mailbox, and one for each watch). Where all are taken, idle sessions of
   * other mailboxes are closed; a call that gets none within `waitMs` (30 000) ends with `connections_exhausted`, and watches take turns.
   */
  maxConnections: number;
}

/**
 * What the connectors of one process share: a circuit per operator, so that ten mailboxes of one operator that is down
 * probe it once and not ten times; what discovery has found; and a budget of IMAP connections where one is set. Make one and pass it to each
 * `createConnector`; a connector alone makes its own.
 */
export interface Runtime {
  /** The circuit of the operator's submission server. */
  circuit(host: string, port: number): Circuit;
  /** What discovery has found, so that the mailboxes of one domain look once. */
  readonly discovered: ProfileCache;
  /** The IMAP connections of an operator; undefined where they are not limited. */
  imapBudget(host: string, port: number): ConnectionBudget | undefined;
  /** Requests a second to the directory at an address. Default: 17, shared by the whole process, whatever its runtimes. */
  directoryRate(url: string): RequestRate;
}

/** @throws `invalid_argument` where `imap.maxConnections` is no whole number from 1 on */
export function createRuntime(
  options: {
    clock?: Pick<Clock, "now" | "elapsed">;
    circuit?: Partial<CircuitPolicy>;
    imap?: ImapBudget;
    /** Where the application shares the limit of its key with others, fewer than 17. */
    directory?: { requestsPerSecond: number };
  } = {},
): Runtime {
  const { maxConnections: most, ...times } = options.imap ?? { maxConnections: undefined };
  if (most !== undefined && (!Number.isInteger(most) || most < 1))
    throw new MedimailError("invalid_argument", "maxConnections is a whole number, 1 at least", {
      path: "imap.maxConnections",
    });
  const { directory } = options;
  const rate = directory === undefined ? undefined : new RequestRate(directory.requestsPerSecond);
  const clock = { now: steadyNow(options.clock ?? systemClock) };
  const budgets = new Map<string, ConnectionBudget>();
  const circuits = new Map<string, Circuit>();
  const policy = { ...DEFAULT_CIRCUIT, ...options.circuit };
  return {
    discovered: new ProfileCache(),
    circuit(host, port) {
      const key = `${host.toLowerCase()}:${port}`;
      let circuit = circuits.get(key);
      if (!circuit) {
        circuit = new Circuit(clock, policy);
        circuits.set(key, circuit);
      }
      return circuit;
    },
    directoryRate: (url) => rate ?? sharedRate(url),
    imapBudget(host, port) {
      if (most === undefined) return undefined;
      const key = `${host.toLowerCase()}:${port}`;
      let budget = budgets.get(key);
      if (!budget) {
        budget = new ConnectionBudget({ ...times, most, clock });
        budgets.set(key, budget);
      }
      return budget;
    },
  };
}
