import { ProfileCache } from "./discovery/index.js";
import type { Clock } from "./seams/index.js";
import { systemClock } from "./seams/index.js";
import { Circuit, type CircuitPolicy, DEFAULT_CIRCUIT } from "./sending/index.js";

/**
 * What the connectors of one process share: a circuit per operator, so that ten mailboxes of one operator that is down
 * probe it once and not ten times; and what discovery has found. Make one and pass it to each `createConnector`; a connector alone makes its own.
 */
export interface Runtime {
  /** The circuit of the operator's submission server. */
  circuit(host: string, port: number): Circuit;
  /** What discovery has found, so that the mailboxes of one domain look once. */
  readonly discovered: ProfileCache;
}

export function createRuntime(options: { clock?: Pick<Clock, "now">; circuit?: Partial<CircuitPolicy> } = {}): Runtime {
  const circuits = new Map<string, Circuit>();
  const policy = { ...DEFAULT_CIRCUIT, ...options.circuit };
  return {
    discovered: new ProfileCache(),
    circuit(host, port) {
      const key = `${host.toLowerCase()}:${port}`;
      let circuit = circuits.get(key);
      if (!circuit) {
        circuit = new Circuit(options.clock ?? systemClock, policy);
        circuits.set(key, circuit);
      }
      return circuit;
    },
  };
}
