/** Where a session may be opened. */
export interface Endpoint {
  /** The name that the server's certificate must be for. */
  host: string;
  port: number;
  /** The addresses that were checked: one of these and no other is connected to. Absent: `host` is resolved when it is connected to. */
  addresses?: readonly string[];
}

/** Says where sessions of one protocol are opened. Asked again for each, so that a target that changes is followed without a restart. */
export interface EndpointSource {
  /**
   * In the order in which they are to be tried; never empty. `fresh`: what is known has just failed, look again.
   *
   * Throws `operator_not_found`, `operator_host_refused`, `dns_failed`, `timeout` or `aborted`.
   */
  endpoints(options?: { signal?: AbortSignal; fresh?: boolean }): Promise<readonly Endpoint[]>;
  /** No session could be opened there: the next question looks again. */
  failed(): void;
}

/** One host, known beforehand. */
export function fixedEndpoint(host: string, port: number): EndpointSource {
  const endpoints = [{ host, port }];
  return { endpoints: async () => endpoints, failed: () => {} };
}
