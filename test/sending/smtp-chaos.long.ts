// By hand (`.ci/long chaos`): the line to the operator breaks at any byte, under a connector with its settings as they come.
import { expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { seededRandom } from "../../src/seams/index.js";
import { BadLine } from "../tools/bad-line.js";
import { cdaOf, pdfOf } from "../tools/documents.js";
import { arrivals, configOf, DOCTOR, LABO, QUICK } from "./kit.js";

const MAILS = Number(process.env["MEDIMAIL_CHAOS_MAILS"] ?? 300);
const SEEDS = (process.env["MEDIMAIL_CHAOS_SEEDS"] ?? "1,2,3,4").split(",").map(Number);

it.each(SEEDS)(
  "a line to the operator that breaks: none twice, each arrived or listed unknown (seed %i)",
  { timeout: 300_000 },
  async (seed) => {
    const random = seededRandom(seed);
    await using mock = await startMockMedimail({ autoReceipts: { deliver: false } });
    const config = (await configOf(mock, LABO)) as { operator: { smtp: { host: string; port: number } } };
    const line = new BadLine({ target: config.operator.smtp.port, random, breaks: () => 0.03 });
    config.operator.smtp.port = await line.start();
    await using connector = createConnector(config, {
      ...QUICK,
      settings: { ...QUICK.settings, maxInDoubt: 1 + (seed % 3) },
    });
    const ids: string[] = [];
    for (let serial = 0; serial < MAILS; serial += 1) {
      const cda = cdaOf(seed * 10_000 + serial, pdfOf(4_000, serial));
      ids.push((await connector.documents.submit({ documents: [{ cda }], to: [DOCTOR] })).id);
    }
    const queued = async () => (await connector.outbox.stats()).byState.queued;
    const deadline = Date.now() + 120_000;
    while ((await queued()) > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
    line.calm = true;
    const arrived = arrivals(mock, DOCTOR);
    const states = new Map<string, number>();
    const wrong: string[] = [];
    for (const id of ids) {
      const [recipient] = (await connector.outbox.get(id)).recipients;
      const { state = "", messageId = "" } = recipient ?? {};
      states.set(state, (states.get(state) ?? 0) + 1);
      if (state !== "unknown" && (state !== "accepted" || !arrived.has(messageId))) wrong.push(`${id} ${state}`);
    }
    console.info(
      `seed ${seed}: ${line.breaks} breaks, ${arrived.size} of ${MAILS} arrived, ${JSON.stringify([...states])}`,
    );
    expect([...arrived.values()].filter((count) => count > 1)).toEqual([]);
    expect(wrong).toEqual([]);
    expect(states.get("unknown") ?? 0).toBeLessThanOrEqual(line.breaks);
    expect(mock.problems).toEqual([]);
    line.stop();
  },
);
