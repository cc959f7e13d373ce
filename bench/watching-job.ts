// The measured process of (e). IPC: a WatchingJob, answered by a WatchingPeak once all listen.
import { type Connector, createConnector } from "../src/index.js";

export interface WatchingJob {
  configs: Record<string, unknown>[];
}

export interface WatchingPeak {
  /** Resident and heap before, after the connectors were made, and once all listen. */
  rss: number[];
  heap: number[];
  ms: number;
}

async function watchAll({ configs }: WatchingJob): Promise<WatchingPeak> {
  const rss: number[] = [];
  const heap: number[] = [];
  const measure = async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const usage = process.memoryUsage();
    rss.push(usage.rss);
    heap.push(usage.heapUsed + usage.external);
  };
  // The first has what all share.
  const connectors: Connector[] = [];
  const watch = async (config: Record<string, unknown>) => {
    const connector = createConnector(config, { delivery: "manual" });
    connectors.push(connector);
    await new Promise<void>((resolve, reject) => {
      const events = connector.mailbox.watch("inbox", { onStatus: ({ state }) => state === "watching" && resolve() });
      (async () => {
        for await (const _ of events);
      })().catch(reject);
    });
  };
  const [first, ...others] = configs;
  await watch(first as Record<string, unknown>);
  await measure();
  const since = performance.now();
  for (let at = 0; at < others.length; at += 10) await Promise.all(others.slice(at, at + 10).map(watch));
  const ms = performance.now() - since;
  await measure();
  process.send?.({ rss, heap, ms } satisfies WatchingPeak);
  await Promise.all(connectors.map((connector) => connector.close()));
  return { rss, heap, ms };
}

process.on("message", (job: WatchingJob) => {
  watchAll(job).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.on("disconnect", () => process.exit(0));
