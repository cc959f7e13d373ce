// What happens at a site, each thing at its own pace.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { troubles } from "./proxy.mjs";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const pick = (list) => list[Math.floor(Math.random() * list.length)];

const FAULTS = [
  { name: "defer", at: "rcpt" },
  { name: "drop-after-data" },
  { name: "drop", at: "data" },
  { name: "drop-before-dot" },
  { name: "silence", at: "imap-fetch" },
  { name: "slow", at: "imap-select", ms: 5_000 },
  { name: "drop", at: "imap-fetch" },
  { name: "garbage", at: "imap-noop" },
];

export function beginAccidents({ lines, operator, mock, small, tokens, mockTokens, realBoxes, mockBoxes, say }) {
  const ends = [troubles(Object.values(lines), Math.random, 4_000)];
  let ended = false;
  const full = join(small, "full");
  const every = (seconds, act) => {
    const again = () => Promise.resolve(act()).catch((error) => say(`an accident failed: ${error.message}`));
    const timer = setInterval(again, seconds * 1_000);
    ends.push(() => clearInterval(timer));
  };
  every(420, () => operator.restart());
  every(300, () => mock.ask("restart"));
  every(2, () => mock.ask("webmail"));
  // Tokens end after 150 s and are renewed every 120 s; now and then too late.
  let round = 0;
  every(120, async () => {
    round += 1;
    if (round % 4 === 0) await sleep(45_000);
    if (ended) return;
    for (const address of tokens) operator.renew(address, 150_000);
    for (const address of mockTokens) await mock.ask("renew", { address, lifeMs: 150_000 });
  });
  every(400, () => operator.renumber(pick(realBoxes)));
  every(350, () => mock.ask("renumber", { address: pick(mockBoxes) }));
  every(45, () => mock.ask("fault", { fault: pick(FAULTS) }));
  every(540, async () => {
    say("the disk of an outbox is full for a minute");
    try {
      writeFileSync(full, Buffer.alloc(192 * 1024 * 1024));
    } catch {
      // That is what it is for.
    }
    await sleep(60_000);
    rmSync(full, { force: true });
  });
  return {
    end() {
      ended = true;
      for (const end of ends) end();
      rmSync(full, { force: true });
    },
  };
}
