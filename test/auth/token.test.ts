import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { TokenRequest } from "../../src/auth/index.js";
import { passwordCredentials, tokenCredentials } from "../../src/auth/index.js";
import { MedimailError } from "../../src/errors.js";
import type { Clock, SaslStep } from "../../src/seams/index.js";

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

const shown = (token: string): SaslStep => ({ mechanism: "xoauth2", username: "u", token, initialResponse: true });

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
    expect(await credentials.refused("smtp", shown("t1"))).toBe(true);
    expect(await Promise.all([token(), token()])).toEqual(["t2", "t2"]);
    expect(requests).toEqual([{ renew: false }, { renew: true }]);
  });

  it("say why a secret of the configuration is not there, and quote no stranger's error", async () => {
    const ours = source(() => Promise.reject(new MedimailError("secret_unavailable", "auth.token: the file is empty")));
    await expect(ours.token()).rejects.toThrow("the access token could not be had: auth.token: the file is empty");
    const strange = source(() => Promise.reject(new Error("canary")));
    await expect(strange.token()).rejects.toThrow(/could not be had$/);
  });

  it("still ask for a new one after a renewal that failed", async () => {
    const { credentials, token, requests } = source((count) =>
      count === 2 ? Promise.reject(new Error("network")) : `t${count}`,
    );
    await token();
    await credentials.refused("smtp", shown("t1"));
    await expect(token()).rejects.toMatchObject({ code: "secret_unavailable", retryable: true });
    expect(await token()).toBe("t3");
    expect(requests.map(({ renew }) => renew)).toEqual([false, true, true]);
  });

  it("keep the fresh token where another session learns late that the old one is refused", async () => {
    const { credentials, token, requests } = source();
    await token();
    await credentials.refused("smtp", shown("t1"));
    expect(await token()).toBe("t2");
    expect(await credentials.refused("imap", shown("t1"))).toBe(true);
    expect(await token()).toBe("t2");
    expect(requests).toHaveLength(2);
  });

  it("believe who gives the refused token again when asked for another: a server may have erred", async () => {
    const { credentials, token, requests } = source(() => "t1");
    await token();
    await credentials.refused("imap", shown("t1"));
    expect([await token(), await token()]).toEqual(["t1", "t1"]);
    expect(requests.map(({ renew }) => renew)).toEqual([false, true]);
  });

  it("ask again where a token was refused while it was being asked for", async () => {
    let give = (_: string): void => {};
    const { credentials, token, requests, clock } = source((count) =>
      count === 2
        ? new Promise((resolve) => {
            give = resolve;
          })
        : count === 1
          ? "t1"
          : "t2",
    );
    await token();
    clock.time = 30_000;
    const asked = token();
    await credentials.refused("smtp", shown("t1"));
    give("t1");
    expect(await asked).toBe("t2");
    expect(requests.map(({ renew }) => renew)).toEqual([false, false, true]);
  });

  it.each([
    [7, [false, true, false, true], "t4"],
    [8, [false, true, false], "t1"],
  ])("know the last eight that were refused, out of a cache (%s since)", async (others, asked, given) => {
    const { credentials, token, requests, clock } = source((count) => (count === 3 ? "t1" : `t${count}`));
    await token();
    await credentials.refused("smtp", shown("t1"));
    expect(await token()).toBe("t2");
    for (let count = 0; count < others; count++) await credentials.refused("smtp", shown(`other${count}`));
    clock.time = 30_000;
    expect(await token()).toBe(given);
    expect(requests.map(({ renew }) => renew)).toEqual(asked);
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
    expect(await credentials.refused("smtp", shown("t1"))).toBe(false);
  });
});

describe("password credentials", () => {
  it("give PLAIN, and nothing better after a refusal", async () => {
    const credentials = passwordCredentials({ username: "u", password: async () => "p" });
    expect(await credentials.sasl("imap")).toEqual({ mechanism: "plain", username: "u", password: "p" });
    expect(await credentials.refused("imap", { mechanism: "plain", username: "u", password: "p" })).toBe(false);
  });
});
