/** Another process on the same outbox file, for processes.test.ts. Says one line for each thing that it knows to be done. */
import { writeSync } from "node:fs";
import { currentWorker, openSqliteOutbox } from "../../src/storage/index.js";
import { accepted, bytes, claimAll, submission, T0 } from "./samples.js";

const [path = "", what = "", name = "", count = "0"] = process.argv.slice(2);
const store = await openSqliteOutbox({ path });
// Not through a buffered stream: what is said must be out before the next thing is done.
const say = (line: string) => writeSync(1, `${line}\n`);

if (what === "submit") {
  let next = 0;
  const submitter = async () => {
    while (next < Number(count)) {
      const id = `${name}${next++}`;
      await store.submit(
        submission(id, {
          bodies: [bytes("x".repeat(20_000))],
          mails: [{ ...submission(id).mails[0], head: bytes("Subject: x\r\n\r\n") } as never],
        }),
      );
      say(`s-${id}`);
    }
  };
  await Promise.all(Array.from({ length: 10 }, submitter));
}

if (what === "drain") {
  for (;;) {
    const mails = await store.claim({ worker: name, now: T0, limit: 7 });
    if (mails.length === 0) break;
    for (const mail of mails) say(mail.submission);
    await store.markHandover(
      name,
      mails.map(({ mailId }) => mailId),
    );
    await store.settle(mails.map((mail) => accepted(mail, { worker: name })));
  }
}

if (what === "hold") {
  const worker = currentWorker();
  await store.heartbeat(worker, Date.now());
  const [first] = await claimAll(store, T0, worker.id);
  say("claimed");
  await store.markHandover(worker.id, [first?.mailId ?? 0]);
  say("marked");
  await new Promise((resolve) => setTimeout(resolve, 600_000));
}

await store.close();
