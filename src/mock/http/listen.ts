import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { MedimailError } from "../../errors.js";

/** The port that the server has got. @param what as the error names it. @throws MedimailError `mock_failed` where it cannot be had */
export async function listenOn(server: Server, host: string, port: number, what: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      const hint = "Use port 0 for a free one.";
      reject(new MedimailError("mock_failed", `${what} cannot listen on ${host}:${port}`, { cause, hint }));
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Ends the server and its connections. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
