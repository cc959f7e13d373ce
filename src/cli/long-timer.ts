/** What one timer of Node.js can wait: 24.8 days. A longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls back after `ms`, however long that is, without keeping the process alive. Gives back what calls it off. */
export function longTimer(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (left: number) => {
    timer = setTimeout(
      () => (left > LONGEST_MS ? wait(left - LONGEST_MS) : callback()),
      Math.min(left, LONGEST_MS),
    ).unref();
  };
  wait(ms);
  return () => clearTimeout(timer);
}
