import { describe, expect, it } from "vitest";
import type { RelyingParty } from "../../src/auth/psc/relying-party.js";
import { Session } from "../../src/auth/psc/session.js";
import { MedimailError } from "../../src/errors.js";

/** What a session that Pro Santé Connect does not answer waits, until it has waited `count` times. */
async function waits(refreshLife: number, keepAliveMs: number, count: number, setBack = 0): Promise<number[]> {
  const waited: number[] = [];
  let now = 0;
  let done = (): void => {};
  const enough = new Promise<void>((resolve) => {
    done = resolve;
  });
  const party = {
    renewal: () => Promise.reject(new MedimailError("http_failed", "not in service", { retryable: true })),
    forget: () => {},
  } as unknown as RelyingParty;
  const session = new Session(
    { access_token: "a", refresh_token: "r", token_type: "bearer", expires_in: 3_600, refresh_expires_in: refreshLife },
    {
      party,
      professional: {} as never,
      keepAliveMs,
      clock: {
        now: () => now - (waited.length > 0 ? setBack : 0),
        elapsed: () => now,
        async sleep(ms, { signal } = {}) {
          waited.push(ms);
          now += ms;
          if (waited.length < count) return;
          done();
          await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
        },
      },
    },
  );
  await enough;
  await session.close();
  return waited;
}

describe("the right of a professional, kept alive while nobody asks", () => {
  it("is renewed at half of the life told, and as soon again where that fails", async () => {
    expect(await waits(20, 600_000, 3)).toEqual([10_000, 10_000, 10_000]);
  });

  it("is asked for again after half a minute where it lives for longer", async () => {
    expect(await waits(1_800, 600_000, 3)).toEqual([600_000, 30_000, 30_000]);
  });

  it("is renewed when it is time though the clock was set back an hour meanwhile", async () => {
    expect(await waits(1_800, 600_000, 3, 3_600_000)).toEqual([600_000, 30_000, 30_000]);
  });

  it("is not asked for without pause, however short a life a server tells", async () => {
    expect(await waits(0.000_001, 600_000, 2)).toEqual([1_000, 1_000]);
  });
});
