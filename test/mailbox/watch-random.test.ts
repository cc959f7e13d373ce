import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/seams/random.js";
import { Follower, SERVERS, serverIs, truth, type Watched, watched } from "./watch-kit.js";

const OPERATIONS = 200;

/** One thing that happens to the mailbox by someone else. */
function happens(box: Watched, chance: () => number): void {
  const mails = [...truth(box.mock).keys()].map((key) => Number(key.split("/")[1]));
  const some = () => mails[Math.floor(chance() * mails.length)] ?? 0;
  const kind = chance();
  if (kind < 0.4 || mails.length === 0) box.deliver();
  else if (kind < 0.6) box.remove(chance() < 0.3 ? [some(), some(), some()] : [some()]);
  else
    box.flag(
      some(),
      ["\\Seen", "\\Flagged", "\\Answered", "$Forwarded"].filter(() => chance() < 0.5),
    );
}

describe.each(SERVERS)(
  "200 deliveries, deletions and changes of flags at random, over a line that breaks (%s)",
  (kind) => {
    it.each([1, 2, 3])("nothing is told twice and nothing is missed (seed %i)", { timeout: 60_000 }, async (seed) => {
      serverIs(kind);
      const random = seededRandom(seed);
      const chance = () => random.fraction();
      await using box = await watched(30);
      let follower = new Follower(box.connector, "inbox", { known: truth(box.mock), probeMs: 1_000 });
      await follower.watching();
      for (let done = 0; done < OPERATIONS; done += 1) {
        happens(box, chance);
        const fate = chance();
        if (fate < 0.06) box.line.cut();
        else if (fate < 0.08) {
          await box.line.stop();
          happens(box, chance);
          await box.line.start();
        } else if (fate < 0.09) box.line.freeze();
        else if (fate < 0.12) {
          // The process ends, wherever the watch stands, and another goes on from the cursor.
          await follower.stop();
          const { cursor, mails } = follower;
          follower = new Follower(box.connector, "inbox", {
            known: mails,
            probeMs: 1_000,
            ...(cursor ? { cursor } : {}),
          });
        }
        if (chance() < 0.5) await new Promise((resolve) => setTimeout(resolve, chance() * 15));
      }
      const same = () => {
        const there = truth(box.mock);
        return (
          there.size === follower.mails.size &&
          [...there].every(([key, flags]) => String(follower.mails.get(key)) === String(flags))
        );
      };
      await follower.until(same, 20_000).catch(() => {});
      expect(follower.mails).toEqual(truth(box.mock));
      // The follower has refused what contradicts: new of a known mail, gone or changed of an unknown one.
      await follower.stop();
      expect(box.mock.problems).toEqual([]);
    });
  },
);
