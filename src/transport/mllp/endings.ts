import type { Socket } from "node:net";

/** For the peer to read what it was told and to close its side. */
const GRACE_MS = 2_000;

/**
 * Ends a connection so that what was written arrives: a socket that is destroyed with something unread in it tells the other side to throw
 * away what it has not read yet. What still comes is read, and dropped.
 */
export function hangUp(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), GRACE_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    socket.on("data", () => {});
    socket.resume();
    if (!socket.destroyed && !socket.writableEnded) socket.end();
  });
}

/**
 * Writes, and waits until the system has taken it: for who sends and never reads no second answer is held.
 *
 * @param late called after `ms`; it destroys the socket
 * @returns false where the connection ended before
 */
export function writeOut(socket: Socket, bytes: Uint8Array, ms: number, late: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (taken: boolean): void => {
      clearTimeout(timer);
      socket.removeListener("close", lost);
      resolve(taken);
    };
    const lost = (): void => done(false);
    const timer = setTimeout(late, ms);
    socket.once("close", lost);
    if (socket.destroyed) lost();
    else socket.write(bytes, (error) => done(!error));
  });
}
