// What the workloads of the soak share: notes to the conductor, times, errors, a signal that lives as long as the process.
import { setMaxListeners } from "node:events";
import { isMedimailError } from "medimail-connector";

export const tell = (note) => process.connected && process.send(note);
export const pick = (list) => list[Math.floor(Math.random() * list.length)];
export const chance = (part) => Math.random() < part;
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Given to every call that may take long, as an application does that ends with one signal. */
export const life = new AbortController();
// Node warns from the eleventh call at once on, where the software does not say that it means it.
setMaxListeners(0, life.signal);
/** Set where no new work is begun. */
export const calm = { now: false };

/** Times of operations since the last look, in ms. */
export const times = new Map();
const errors = new Map();

/** What the process held last: an error that is not ours is a fault. */
export function failed(what, error) {
  const ours = isMedimailError(error);
  const code = ours ? error.code : `${error?.name}: ${error?.message}`;
  const key = `${what} ${code}`;
  const seen = errors.get(key) ?? 0;
  errors.set(key, seen + 1);
  if (seen < 3)
    tell({
      note: "error",
      key,
      ours,
      message: ours ? `${error.message} | ${error.hint ?? ""} | cause: ${error.cause?.message ?? ""}` : error?.stack,
    });
  return code;
}
export const errorsSoFar = () => Object.fromEntries(errors);

/**
 * The end of the software, or of the caller's patience. Not `AbortSignal.any` of an `AbortSignal.timeout`: Node 20 forgets that one, and Node 20 and 22 keep
 * something of each on `life`.
 */
export function patience(ms) {
  const either = new AbortController();
  const end = () => either.abort(new Error("no more patience"));
  const timer = setTimeout(end, ms);
  life.signal.addEventListener("abort", end, { once: true });
  const release = () => {
    clearTimeout(timer);
    life.signal.removeEventListener("abort", end);
  };
  return { signal: either.signal, release };
}

/** One operation: timed; what it throws is counted and goes no further. Some are given up midway. */
export async function act(name, work, { impatient = 0.1 } = {}) {
  const begun = performance.now();
  const hasty = chance(impatient);
  const given = hasty ? patience(Math.floor(Math.random() * 400)) : undefined;
  try {
    const answer = await work(given?.signal ?? life.signal);
    if (!times.has(name)) times.set(name, []);
    times.get(name).push(performance.now() - begun);
    return answer;
  } catch (error) {
    const code = failed(name, error);
    const took = performance.now() - begun;
    // Nobody waits that long for a screen, and an abort is obeyed at once.
    if (took > 150_000 || (hasty && code === "aborted" && took > 15_000))
      tell({ note: "late", name, code, took, hasty });
    return undefined;
  } finally {
    given?.release();
  }
}

/** Counts of what the logger was told. */
export const logged = new Map();
export const logger = {
  log(level, event, fields) {
    const key = `${level} ${event} ${fields.code ?? ""}`;
    logged.set(key, (logged.get(key) ?? 0) + 1);
  },
};
