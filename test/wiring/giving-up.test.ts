import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { demoLaboratoryReport, type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR } from "../sending/kit.js";

let mock: MockMedimail;
let silent: Server;
const open = new Set<Socket>();
beforeAll(async () => {
  mock = await startMockMedimail();
  // A directory that takes connections and says nothing.
  silent = createServer((socket) => open.add(socket)).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  silent.close();
  await mock.close();
});

it("a submission that is given up while it waits for its turn is told so at once, and is not stored", async () => {
  const { port } = silent.address() as { port: number };
  await using connector = createConnector(
    await configOf(mock, undefined, {
      directory: { ldap: { host: "127.0.0.1", port, base: "o=x", timeoutMs: 60_000 } },
    }),
    { delivery: "manual" },
  );
  const large = (n: number) => ({
    documents: [{ ...demoLaboratoryReport({ id: `2.25.66${n}`, setId: `2.25.6${n}` }, "20260105100000+0100") }],
    to: [{ rpps: "10002909371" }] as never,
  });
  const others = new AbortController();
  // As many as are prepared at once, each with a directory that never answers.
  const waiting = Array.from({ length: 32 }, (_, n) => connector.documents.submit(large(n), { signal: others.signal }));
  for (const one of waiting) one.catch(() => {});
  const own = new AbortController();
  const last = connector.documents.submit({ ...large(99), to: [DOCTOR] }, { signal: own.signal });
  last.catch(() => {});
  setTimeout(() => own.abort(), 100);
  const first = await Promise.race([
    last.catch((error: { code: string }) => error.code),
    ...waiting.map((one) => one.catch(() => "another")),
    new Promise((resolve) => setTimeout(() => resolve("nobody"), 5_000)),
  ]);
  expect(first).toBe("aborted");
  others.abort();
  await Promise.allSettled(waiting);
  // Its turn came since: nothing is stored of what was given up.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await connector.outbox.stats()).submissions).toBe(0);
});
