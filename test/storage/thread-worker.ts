/** A thread of the program's own that works an outbox, for liveness.test.ts: says who it is, and stays. */
import { parentPort } from "node:worker_threads";
import { currentWorker } from "../../src/storage/index.js";

parentPort?.postMessage(currentWorker());
setInterval(() => {}, 1_000);
