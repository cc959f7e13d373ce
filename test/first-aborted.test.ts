import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { firstAborted } from "../src/first-aborted.js";
import { createHttp } from "../src/http.js";
import { createConnector } from "../src/index.js";
import { startMockMedimail } from "../src/mock/index.js";
import { createDialer } from "../src/net/index.js";
import { systemClock } from "../src/seams/index.js";
import { Bell } from "../src/sending/index.js";
import { left } from "./tools/signals.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

describe("a signal that lives as long as the service", () => {
  it("is followed until the release, with its reason", () => {
    const [life, other] = [new AbortController(), new AbortController()];
    const { signal, release } = firstAborted(life.signal, undefined, other.signal);
    other.abort("enough");
    expect(signal.reason).toBe("enough");
    release();
    expect(left(life.signal)).toBe(0);
    expect(firstAborted(life.signal, other.signal).signal.reason).toBe("enough");
  });

  // As a caller writes it: nobody but us holds the signal, which Node 20 forgets where `AbortSignal.any` alone was given it.
  it("ends the taking in of documents when its time is over, though memory was collected meanwhile", async () => {
    await using mock = await startMockMedimail();
    const config = { ...(await mock.config("labo@ch-exemple.mssante.fr")), outbox: { store: "memory" as const } };
    await using connector = createConnector(config, { delivery: "manual" });
    const begin = () => connector.inbox.integrate(() => {}, { signal: AbortSignal.timeout(500), pollMs: 100 });
    const collecting = setInterval(collect, 20);
    await begin().finally(() => clearInterval(collecting));
  });

  it("has nothing left on it by a wait for the bell", async () => {
    const life = new AbortController();
    const bell = new Bell();
    const ear = bell.listen();
    for (let wait = 0; wait < 5; wait += 1) await ear.heard(0, systemClock, life.signal);
    const waiting = ear.heard(60_000, systemClock, life.signal);
    bell.ring();
    await waiting;
    expect(left(life.signal)).toBe(0);
    const cut = ear.heard(60_000, systemClock, life.signal);
    life.abort(new Error("the end"));
    await expect(cut).rejects.toThrow("the end");
  });

  it("has nothing left on it by a request", async () => {
    const life = new AbortController();
    const http = createHttp({ dialer: createDialer(), timeoutMs: 1_000 });
    await expect(http.fetch("http://127.0.0.1:1/", { signal: life.signal })).rejects.toThrow();
    await http.close();
    expect(left(life.signal)).toBe(0);
  });
});
