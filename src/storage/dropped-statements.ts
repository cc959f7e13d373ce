import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Connections that were closed, and whose statements are not collected: some 150 descriptors. */
const MOST = 50;

let waiting = 0;
/** Until the first was collected, so that one that never is does not make every closing collect. */
let asked = false;
let collect: (() => void) | undefined;
const collected = new FinalizationRegistry<undefined>(() => {
  waiting -= 1;
  asked = false;
});

/**
 * libsql has no end of a statement: a connection that was closed keeps its three descriptors until its statements are collected, and a service
 * that makes and closes connectors by the hundred runs out of them (1,024 by default) before V8 sees a reason to collect. So it is made to.
 *
 * @param oldest of the statements of a connection that is about to be closed: the last to be collected
 */
export function statementsDropped(oldest: object): void {
  collected.register(oldest, undefined);
  waiting += 1;
  if (asked || waiting < MOST) return;
  asked = true;
  collect ??= collector();
  // Later: what is being closed is still held by who closes it.
  setImmediate(collect).unref();
}

function collector(): () => void {
  try {
    setFlagsFromString("--expose-gc");
    const gc: unknown = runInNewContext("gc");
    // Contexts that others make have no business with it.
    setFlagsFromString("--no-expose-gc");
    if (typeof gc === "function") return () => void gc();
  } catch {
    // Another engine, or a V8 that takes no flags any more.
  }
  return () => {};
}
