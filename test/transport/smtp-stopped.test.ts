import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SmtpConnection } from "../../src/transport/smtp/connection.js";

let server: ReturnType<typeof createServer>;
let there: Socket;
let here: Socket;

beforeEach(async () => {
  server = createServer((socket) => {
    there = socket;
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  here = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await Promise.all([once(server, "connection"), once(here, "connect")]);
});
afterEach(() => {
  for (const socket of [here, there]) socket.destroy();
  server.close();
});

/** As SIGSTOP does, or a long calculation of the software's: nothing of this process runs. */
const stopped = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe("a process that was stopped for longer than a server may take to answer", () => {
  it("reads the answer that came meanwhile", async () => {
    const reply = new SmtpConnection(here, "mail.test").reply(50);
    there.write("250 taken\r\n");
    stopped(700);
    expect((await reply).code).toBe(250);
  });

  it("gives up a moment later where none has come", async () => {
    const reply = new SmtpConnection(here, "mail.test").reply(50).catch((error: { code: string }) => error.code);
    stopped(700);
    const since = performance.now();
    expect(await reply).toBe("timeout");
    expect(performance.now() - since).toBeLessThan(5_000);
  });
});
