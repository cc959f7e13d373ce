import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { seededRandom } from "../../src/seams/index.js";
import { HandoverWorld, type Weather } from "./handover-world.js";

let amid: (() => void) | undefined;
let inside = false;

// Between any two system calls on a file of marks another process may be at work.
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const heard =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      const ours = !inside && amid !== undefined && typeof args[0] === "string" && args[0].includes(".marks");
      if (!ours) return call(...args);
      inside = true;
      try {
        amid?.();
        const result = call(...args);
        amid?.();
        return result;
      } finally {
        inside = false;
      }
    };
  return {
    ...fs,
    openSync: heard(fs.openSync),
    unlinkSync: heard(fs.unlinkSync),
    rmSync: heard(fs.rmSync),
    renameSync: heard(fs.renameSync),
    statSync: heard(fs.statSync as never),
  };
});

/** More by hand: SEEDS=2000 npx vitest run test/storage/handover-model.alone.test.ts */
const SEEDS = Number(process.env.SEEDS ?? 20);
const STEPS = 60;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-model-"));
});
afterEach(() => {
  amid = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function live(seed: number, weather: Weather): Promise<HandoverWorld["counts"]> {
  const place = mkdtempSync(join(folder, "w-"));
  const world = await HandoverWorld.make(place, seededRandom(seed), weather);
  amid = () => world.amid();
  try {
    for (let step = 0; step < STEPS; step += 1) await world.step();
    amid = undefined;
    await world.end();
    return world.counts;
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
  } finally {
    amid = undefined;
    await world.close();
    rmSync(place, { recursive: true, force: true });
  }
}

describe("however processes die, pause and come back: no mail is sent twice, none is lost, and what has not gone is due again", () => {
  it.each<[string, Weather]>([
    ["with kills alone", { falseDeaths: false, badFiles: false, powerCuts: false }],
    ["where some that are thought dead live", { falseDeaths: true, badFiles: false, powerCuts: false }],
    [
      "where files of marks vanish, are damaged, cannot be written",
      { falseDeaths: true, badFiles: true, powerCuts: false },
    ],
    ["where the machine loses its power", { falseDeaths: true, badFiles: true, powerCuts: true }],
  ])("%s", { timeout: 60_000 + SEEDS * 1_000 }, async (_what, weather) => {
    const all = { dots: 0, doubts: 0, givenBack: 0, lost: 0, amid: 0 };
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const counts = await live(20_261_129 + seed, weather);
      for (const name of Object.keys(all) as (keyof typeof all)[]) all[name] += counts[name];
    }
    if (process.env.SEEDS !== undefined) console.info(JSON.stringify(all));
    // It means nothing where nothing happened.
    expect(all.dots).toBeGreaterThan(SEEDS);
    expect(all.doubts).toBeGreaterThan(0);
    expect(all.givenBack).toBeGreaterThan(0);
    if (weather.falseDeaths) expect(all.lost).toBeGreaterThan(0);
  });
});
