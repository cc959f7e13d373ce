import { describe, expect, it } from "vitest";
import { MedimailError } from "../../src/errors.js";
import type { Dialer, Endpoint, EndpointSource } from "../../src/seams/index.js";
import { dial } from "../../src/transport/dial.js";

const never = new AbortController().signal;
const OLD: Endpoint = { host: "old.mssante.fr", port: 143, addresses: ["198.51.100.1"] };
const SPARE: Endpoint = { host: "spare.mssante.fr", port: 143, addresses: ["198.51.100.2"] };
const NEW: Endpoint = { host: "new.mssante.fr", port: 143, addresses: ["198.51.100.3"] };

/** A network on which only the hosts named answer. */
function network(
  answering: readonly string[],
  code: "connection_refused" | "proxy_failed" | "aborted" = "connection_refused",
) {
  const tried: string[] = [];
  const dialer: Dialer = {
    async connect(host) {
      tried.push(host);
      if (!answering.includes(host))
        throw new MedimailError(code, host, code === "proxy_failed" ? { retryable: false } : {});
      return { of: host } as never;
    },
  };
  return { dialer, tried };
}

function source(first: Endpoint[], fresh: Endpoint[] = first): EndpointSource & { failures: number } {
  return {
    failures: 0,
    endpoints: async (options = {}) => (options.fresh ? fresh : first),
    failed() {
      this.failures++;
    },
  };
}

const options = { signal: never, timeoutMs: 1_000 };

describe("dial", () => {
  it("takes the first host that answers, in the order of the source (RFC 2782)", async () => {
    const { dialer, tried } = network(["spare.mssante.fr", "new.mssante.fr"]);
    expect((await dial(dialer, source([OLD, SPARE, NEW]), options)).host).toBe("spare.mssante.fr");
    expect(tried).toEqual(["old.mssante.fr", "spare.mssante.fr"]);
  });

  it("looks again where none answers, and follows the target that moved (ECO.1.1.9)", async () => {
    const { dialer } = network(["new.mssante.fr"]);
    const moved = source([OLD], [NEW]);
    expect((await dial(dialer, moved, options)).host).toBe("new.mssante.fr");
    expect(moved.failures).toBe(1);
  });

  it("also where only the address moved", async () => {
    const { dialer, tried } = network([]);
    await expect(dial(dialer, source([OLD], [{ ...OLD, addresses: ["198.51.100.9"] }]), options)).rejects.toBeDefined();
    expect(tried).toHaveLength(2);
  });

  it("does not try twice what has just failed", async () => {
    const { dialer, tried } = network([]);
    await expect(dial(dialer, source([OLD, SPARE], [SPARE, OLD]), options)).rejects.toMatchObject({
      code: "connection_refused",
      message: "spare.mssante.fr",
    });
    expect(tried).toEqual(["old.mssante.fr", "spare.mssante.fr"]);
  });

  it("stops at a fault that another host would not mend: the proxy's refusal of our credentials", async () => {
    const { dialer, tried } = network([], "proxy_failed");
    await expect(dial(dialer, source([OLD, SPARE]), options)).rejects.toMatchObject({ code: "proxy_failed" });
    expect(tried).toEqual(["old.mssante.fr"]);
  });

  it("gives up after twice the limit of one, however many hosts there are", async () => {
    const hosts = Array.from({ length: 30 }, (_, n): Endpoint => ({ host: `h${n}.mssante.fr`, port: 143 }));
    let tried = 0;
    const dialer: Dialer = {
      async connect(host, _port, { timeoutMs = 0 } = {}) {
        tried++;
        await new Promise((resolve) => setTimeout(resolve, timeoutMs));
        throw new MedimailError("timeout", host);
      },
    };
    await expect(dial(dialer, source(hosts), { ...options, timeoutMs: 30 })).rejects.toMatchObject({ code: "timeout" });
    expect(tried).toBeLessThanOrEqual(4);
  });

  it("stops, and says nothing against the hosts, where the caller gave up", async () => {
    const gone = new AbortController();
    gone.abort();
    const { dialer, tried } = network([], "aborted");
    const known = source([OLD, SPARE]);
    await expect(dial(dialer, known, { ...options, signal: gone.signal })).rejects.toMatchObject({ code: "aborted" });
    expect([tried.length, known.failures]).toEqual([1, 0]);
  });
});
