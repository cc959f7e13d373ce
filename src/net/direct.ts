import { lookup as systemLookup } from "node:dns";
import type { LookupFunction, Socket } from "node:net";
import { connect, isIP } from "node:net";
import { MedimailError } from "../errors.js";
import { outOfFiles } from "../out-of-files.js";

const NOT_FOUND: ReadonlySet<string> = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NONAME",
  "EAI_NODATA",
  "ENODATA",
  "ESERVFAIL",
  "EMEDIMAILDNS",
]);

const NO_NETWORK = "Node's permission model keeps this process from the network: start it with --allow-net.";

/** What to do where it is Node itself that refuses the network: Node 26 counts it among what its permission model forbids. */
export function networkDenied(cause: unknown): { hint?: string } {
  return (cause as { code?: unknown } | null)?.code === "ERR_ACCESS_DENIED" ? { hint: NO_NETWORK } : {};
}

/** A look-up that gives up after `timeoutMs`: the system resolver has no limit of its own and may block for 30 s and more. */
export function limitedLookup(
  timeoutMs: number,
  lookup: LookupFunction = systemLookup as LookupFunction,
): LookupFunction {
  return (hostname, options, callback) => {
    let settled = false;
    const timer = setTimeout(() => {
      if (settled) return;
      settled = true;
      callback(Object.assign(new Error("no answer from the resolver"), { code: "EMEDIMAILDNS" }), "", 0);
    }, timeoutMs);
    lookup(hostname, options, (error, address, family) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      callback(error, address, family);
    });
  };
}

/** Answers with addresses that are known, whatever the name. */
export function fixedLookup(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const wanted = entries.filter(
      ({ family }) => !options.family || family === Number(String(options.family).slice(-1)),
    );
    const [first] = wanted;
    if (!first) callback(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "", 0);
    else if (options.all) (callback as unknown as (error: null, all: typeof wanted) => void)(null, wanted);
    else callback(null, first.address, first.family);
  };
}

/** Says in our codes why a TCP connection to `who` could not be opened. */
export function connectError(error: unknown, who: string): MedimailError {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string" && NOT_FOUND.has(code)) {
    return new MedimailError(
      "dns_failed",
      `the name of ${who} could not be resolved (${code === "EMEDIMAILDNS" ? "no answer" : code})`,
      { cause: error },
    );
  }
  if (code === "ETIMEDOUT") return new MedimailError("timeout", `${who} does not answer`, { cause: error });
  return new MedimailError(
    "connection_refused",
    `${who} cannot be connected to (${typeof code === "string" ? code : "unknown reason"})`,
    { cause: error, ...networkDenied(error), ...outOfFiles(error) },
  );
}

/** Opens TCP; `guard` gets the socket at once, so that it can be destroyed while it connects. */
export function connectDirect(
  host: string,
  port: number,
  lookup: LookupFunction,
  guard: (socket: Socket) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
    // Stays for the life of the socket: between two owners an error without a listener would kill the process.
    socket.on("error", () => {});
    const onError = (error: Error): void => {
      socket.removeListener("connect", onConnect);
      socket.removeListener("close", onClose);
      reject(error);
    };
    const onClose = (): void => {
      socket.removeListener("connect", onConnect);
      socket.removeListener("error", onError);
      reject(Object.assign(new Error("closed while connecting"), { code: "ECONNRESET" }));
    };
    const onConnect = (): void => {
      socket.removeListener("error", onError);
      socket.removeListener("close", onClose);
      resolve(socket);
    };
    socket.once("error", onError);
    socket.once("close", onClose);
    socket.once("connect", onConnect);
    guard(socket);
  });
}
