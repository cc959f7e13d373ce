import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { isMedimailError, type MedimailError } from "../../src/errors.js";
import { createHttp, type Http } from "../../src/http.js";
import { createDialer } from "../../src/net/index.js";
import type { DirectoryEntry } from "../../src/seams/index.js";

const open: { close(): unknown }[] = [];

/** Call after each test. */
export async function closeAll(): Promise<void> {
  for (const each of open.splice(0)) await each.close();
}

export function closing<T extends { close(): unknown }>(one: T): T {
  open.push(one);
  return one;
}

export const httpClient = (): Http => closing(createHttp({ dialer: createDialer() }));

/** A server on loopback that answers as the listener says. */
export async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function errorOf(work: Promise<unknown>): Promise<MedimailError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isMedimailError(error)) return error;
  throw new Error(`no error of ours: ${String(error)}`);
}

export async function all(entries: AsyncIterable<DirectoryEntry>): Promise<DirectoryEntry[]> {
  const found: DirectoryEntry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}
