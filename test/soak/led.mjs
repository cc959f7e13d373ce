import { fork } from "node:child_process";

/** A child that is led by messages. */
export function led(folder, file, argument, onNote, flags = []) {
  const child = fork(`${folder}/${file}`, [JSON.stringify(argument)], { execArgv: flags, cwd: folder });
  process.on("exit", () => child.kill("SIGKILL"));
  const waiting = new Map();
  let serial = 0;
  const ready = new Promise((resolve, reject) => {
    child.on("message", (message) => {
      if (message.ready) return resolve();
      if (message.serial === undefined) return onNote(message);
      const { done, failed } = waiting.get(message.serial);
      waiting.delete(message.serial);
      if (message.error) failed(new Error(message.error));
      else done(message.answer);
    });
    child.on("exit", (code) => {
      reject(new Error(`${file} ended with ${code}`));
      for (const { failed } of waiting.values()) failed(new Error(`${file} ended with ${code}`));
    });
  });
  const ask = (act, more = {}) =>
    new Promise((done, failed) => {
      waiting.set(++serial, { done, failed });
      child.send({ act, serial, ...more });
    });
  return { child, ready, ask };
}
