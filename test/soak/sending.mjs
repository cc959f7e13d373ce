// Mode 1 of the soak: a tenant that sends a steady flow of documents and follows what becomes of them.
import { createConnector, wrapPdf } from "medimail-connector";
import { demoHeader, demoReport } from "medimail-connector/mock";
import { act, calm, chance, failed, logger, patience, pick, sleep, tell } from "./kit.mjs";

const { pdf, code, title } = demoReport();
let serial = 0;

export function document(bytes = 0) {
  serial += 1;
  const longer = bytes === 0 ? pdf : Buffer.concat([pdf, Buffer.alloc(bytes, `% ${serial} `)]);
  const number = BigInt(Date.now()) * 100_000n + BigInt(serial);
  return { cda: wrapPdf(longer, demoHeader(code, title, `2.25.${number}`, "20260105100000+0100")), pdf: longer };
}

/** A machine's clock that is set forward and back while the work goes on. */
export function leapingClock() {
  let ahead = 0;
  const leaps = [0, 3_600_000, -7_200_000, 86_400_000, 0, -600_000];
  let at = 0;
  setInterval(() => {
    at += 1;
    ahead = leaps[at % leaps.length];
  }, 45_000).unref();
  return {
    now: () => Date.now() + ahead,
    elapsed: () => Number(process.hrtime.bigint()) / 1e6,
    sleep: (ms, { signal, unref } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const aborted = () => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        }, ms);
        if (unref) timer.unref();
        signal?.addEventListener("abort", aborted, { once: true });
      }),
  };
}

/** @param recipients  whom this tenant writes to, one or two at once; `everyMs` between two submissions */
export function sender({ name, config, options, recipients, everyMs, world }) {
  const given = {
    logger,
    logLevel: "info",
    receiptPollMs: 5_000,
    contentRetentionMs: 60_000,
    settings: { backoff: { baseMs: 1_000, maxMs: 20_000, jitter: 0.25 } },
    ...options,
  };
  const connector = createConnector(config, given);
  const stop = connector.on("*", (event) =>
    tell({
      note: "event",
      tenant: name,
      seq: event.seq,
      event: event.event,
      submission: event.submission,
      messageId: event.messageId,
      error: event.error?.code,
    }),
  );
  let left = 0;
  async function submit() {
    const key = `${name}-${++left}`;
    const to = chance(0.25) ? [...new Set([pick(recipients), pick(recipients)])] : [pick(recipients)];
    const asked = {
      documents: [document(chance(0.03) ? 1_500_000 : 0)],
      to,
      patient: chance(0.2),
      idempotencyKey: key,
      requestRead: true,
      actor: "899700000001",
    };
    // As a caller does that got no answer: the same again under the same key, until it is stored.
    for (let tries = 0; tries < 60; tries++) {
      const submission = await act(`submit ${world}`, (signal) => connector.documents.submit(asked, { signal }));
      if (submission) {
        tell({ note: "submitted", tenant: name, id: submission.id, mails: submission.messageIds, tries });
        if (chance(0.1)) {
          const { signal, release } = patience(20_000);
          const settled = submission.settled({ until: "integrated", signal });
          settled.catch((error) => failed("settled", error)).finally(release);
        }
        return;
      }
      await sleep(2_000);
    }
    tell({ note: "never-stored", tenant: name, key });
  }
  const pending = new Set();
  return {
    name,
    connector,
    stop,
    async run() {
      while (!calm.now) {
        if (pending.size < 20) {
          const work = submit().finally(() => pending.delete(work));
          pending.add(work);
        }
        await sleep(everyMs * (0.5 + Math.random()));
      }
      await Promise.all(pending);
    },
    /** A second worker on the same outbox, as in a rolling update; what is past its retention is erased as it begins. */
    async beside() {
      const { signal, release } = patience(15_000);
      const other = createConnector(config, { ...given, delivery: "manual" });
      await act(`beside ${world}`, () => other.delivery.run({ signal }), { impatient: 0 });
      release();
      await other.close();
    },
    /** What the outbox says of every mail. */
    async report() {
      let after;
      for (;;) {
        const page = await connector.outbox.list({ limit: 200, ...(after ? { after } : {}) });
        if (page.length === 0) break;
        after = page.at(-1).id;
        for (const { id, recipients: all } of page)
          tell({
            note: "state",
            tenant: name,
            id,
            recipients: all.map(({ address, state, messageId, error }) => ({
              address,
              state,
              messageId,
              error: error?.code,
            })),
          });
      }
      const ended = new AbortController();
      const { lastEvent } = await stored(connector, ended);
      tell({ note: "events-stored", tenant: name, ...lastEvent });
    },
  };
}

/** Every event that is stored, by its number alone. */
async function stored(connector, ended) {
  const seqs = [];
  let timer = setTimeout(() => ended.abort(), 3_000);
  for await (const { seq } of connector.events({ after: 0, signal: ended.signal })) {
    seqs.push(seq);
    clearTimeout(timer);
    timer = setTimeout(() => ended.abort(), 3_000);
  }
  return { lastEvent: { seqs } };
}
