import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { TokenRequest } from "../../src/auth/index.js";
import { passwordCredentials, tokenCredentials } from "../../src/auth/index.js";
import type { Clock } from "../../src/seams/index.js";

function source(give: (count: number, request: TokenRequest) => string | Promise<string> = (count) => `t${count}`) {
  const requests: TokenRequest[] = [];
  const clock: Clock & { time: number } = { time: 0, now: () => clock.time, sleep: async () => {} };
  const credentials = tokenCredentials({
    username: "dr@medecin.test.mssante.fr",
    clock,
    token: async (request) => {
      requests.push(request);
      return await give(requests.length, request);
    },
  });
  const token = async (): Promise<string | undefined> => {
    const step = await credentials.sasl("smtp");
    return step.mechanism === "xoauth2" ? step.token : undefined;
  };
  return { credentials, requests, clock, token };
}

describe("token credentials (ECO.1.2.1)", () => {
  it("give XOAUTH2 for the mailbox, with an initial response by default", async () => {
    expect(await source().credentials.sasl("imap")).toEqual({
      mechanism: "xoauth2",
      username: "dr@medecin.test.mssante.fr",
      token: "t1",
      initialResponse: true,
    });
  });

  it("ask once for sessions that open together", async () => {
    const { token, requests } = source();
    expect(await Promise.all([token(), token(), token()])).toEqual(["t1", "t1", "t1"]);
    expect(requests).toHaveLength(1);
  });

  it("use a token again for a short time only", async () => {
    const { token, clock } = source();
    const tokens = [await token()];
    clock.time = 29_999;
    tokens.push(await token());
    clock.time = 30_000;
    tokens.push(await token());
    expect(tokens).toEqual(["t1", "t1", "t2"]);
  });

  it("drop a refused token and ask for a new one, once", async () => {
    const { credentials, token, requests } = source();
    await token();
    expect(await credentials.refused("smtp")).toBe(true);
    expect(await Promise.all([token(), token()])).toEqual(["t2", "t2"]);
    expect(requests).toEqual([{ renew: false }, { renew: true }]);
  });

  it("still ask for a new one after a renewal that failed", async () => {
    const { credentials, token, requests } = source((count) =>
      count === 2 ? Promise.reject(new Error("network")) : `t${count}`,
    );
    await token();
    await credentials.refused("smtp");
    await expect(token()).rejects.toMatchObject({ code: "secret_unavailable", retryable: true });
    expect(await token()).toBe("t3");
    expect(requests.map(({ renew }) => renew)).toEqual([false, true, true]);
  });

  it.each(["", "a b", "a\x01auth=Bearer b", "a\r\nb"])("refuse the token %j", async (token) => {
    await expect(source(() => token).credentials.sasl("smtp")).rejects.toMatchObject({ code: "secret_unavailable" });
  });

  it("refuse a user name that would end the SASL string early", () => {
    expect(() => tokenCredentials({ username: "a\x01auth=x", token: async () => "t" })).toThrow(
      expect.objectContaining({ code: "config_invalid" }),
    );
  });

  it("stop waiting on abort and let go of the signal", async () => {
    const controller = new AbortController();
    const { credentials } = source(() => new Promise(() => {}));
    const waiting = credentials.sasl("smtp", { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("give nothing once closed", async () => {
    const { credentials } = source();
    await credentials.close();
    await expect(credentials.sasl("smtp")).rejects.toMatchObject({ code: "closed" });
    expect(await credentials.refused("smtp")).toBe(false);
  });
});

describe("password credentials", () => {
  it("give PLAIN, and nothing better after a refusal", async () => {
    const credentials = passwordCredentials({ username: "u", password: async () => "p" });
    expect(await credentials.sasl("imap")).toEqual({ mechanism: "plain", username: "u", password: "p" });
    expect(await credentials.refused("imap")).toBe(false);
  });
});
