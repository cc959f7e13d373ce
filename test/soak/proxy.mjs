// A line to a server with the accidents of a real one: reset, cut, half-closed, stalled, slowed down, refused. It sees bytes, not what they say.
import { connect, createServer } from "node:net";

export class Line {
  #target;
  #pairs = new Set();
  #server;
  port = 0;
  /** How often each accident happened. */
  accidents = {};

  constructor(name, target) {
    this.name = name;
    this.#target = target;
  }

  async open() {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#serve(client));
    await new Promise((resolve) => this.#server.listen(this.port, "127.0.0.1", resolve));
    this.port = this.#server.address().port;
  }

  #serve(client) {
    const server = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const pair = { client, server, delayMs: 0, stalled: false };
    this.#pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ]) {
      // In turn, so that what was slowed down does not overtake.
      let turn = Promise.resolve();
      const later = (act) => {
        if (pair.delayMs > 0) turn = turn.then(() => new Promise((resolve) => setTimeout(resolve, pair.delayMs)));
        turn = turn.then(() => pair.stalled || to.destroyed || act());
      };
      from.on("error", () => {});
      from.on("data", (bytes) => later(() => to.write(bytes)));
      from.on("end", () => later(() => to.end()));
      from.on("close", () => {
        this.#pairs.delete(pair);
        if (!pair.stalled) later(() => to.destroy());
      });
    }
  }

  get count() {
    return this.#pairs.size;
  }

  /** One accident on one connection, or on the whole line for a while. */
  accident(kind, choose) {
    const pairs = [...this.#pairs];
    const pair = pairs[Math.floor(choose * pairs.length)];
    if (!pair) return;
    this.accidents[kind] = (this.accidents[kind] ?? 0) + 1;
    const { client, server } = pair;
    if (kind === "reset") {
      client.resetAndDestroy();
      server.destroy();
    } else if (kind === "half-close") client.end();
    else if (kind === "cut") {
      client.destroy();
      server.destroy();
    } else if (kind === "slow") {
      pair.delayMs = 300;
      setTimeout(() => {
        pair.delayMs = 0;
      }, 20_000);
    } else if (kind === "stall") {
      pair.stalled = true;
      // A firewall that forgot the connection: nobody is told, and the server's side goes one day.
      setTimeout(() => server.destroy(), 60_000);
    } else if (kind === "refuse") {
      this.close();
      setTimeout(() => this.open(), 8_000);
    }
  }

  close() {
    this.#server?.close();
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }
}

const KINDS = ["reset", "cut", "half-close", "stall", "slow", "slow", "reset", "cut", "refuse"];

/** Something happens to one of the lines every `everyMs`; the function given back ends it. */
export function troubles(lines, random, everyMs) {
  const timer = setInterval(() => {
    const line = lines[Math.floor(random() * lines.length)];
    line.accident(KINDS[Math.floor(random() * KINDS.length)], random());
  }, everyMs);
  return () => clearInterval(timer);
}
