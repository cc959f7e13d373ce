import { describe, expect, it } from "vitest";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { text } from "./samples.js";

const MAILBOX = "dr@exemple.mssante.fr";
const scope = { tenant: "t", mailbox: MAILBOX };
const bytes = (text: string) => Buffer.from(text);

async function accepted() {
  const store = await openSqliteOutbox({ memory: true });
  await store.submit({
    id: "s1",
    ...scope,
    contentHash: "h",
    action: "mail",
    priority: 0,
    createdAt: 1,
    info: { documents: [], kind: "mail", sentCopy: true },
    bodies: [bytes("body")],
    mails: [
      {
        messageId: "m1@exemple.mssante.fr",
        head: bytes("head\r\n\r\n"),
        body: 0,
        size: 12,
        recipients: [{ address: "a@exemple.mssante.fr", kind: "professional", dedupe: [] }],
      },
    ],
  });
  const worker = { id: "w", host: "h", boot: "b", pid: 1, pidStart: "1" };
  await store.heartbeat(worker, 2);
  const settle = async () => {
    const [mail] = await store.claim({ worker: "w", now: 2, limit: 1 });
    if (!mail) throw new Error("nothing is due");
    await store.settle([
      {
        mailId: mail.mailId,
        worker: "w",
        at: 3,
        stage: "done",
        recipients: mail.recipients.map(({ id }) => ({ id, state: "accepted" as const, error: null })),
        next: { kind: "done" },
        attempted: true,
        events: [],
        traces: [],
      },
    ]);
  };
  return { store, settle };
}

describe("copies for Sent", () => {
  it("are due once the mail is accepted, with its content, in one hand at a time", async () => {
    const { store, settle } = await accepted();
    expect(await store.takeSentCopy({ ...scope, now: 10, until: 100 })).toBeUndefined();
    await settle();
    const copy = await store.takeSentCopy({ ...scope, now: 10, until: 100 });
    expect(copy).toMatchObject({ submission: "s1", messageId: "m1@exemple.mssante.fr" });
    expect(text(copy?.content ?? [])).toBe("head\r\n\r\nbody");
    expect(await store.takeSentCopy({ ...scope, now: 50, until: 150 })).toBeUndefined();
    await store.close();
  });

  it("come again where the process that held one died, and never once filed", async () => {
    const { store, settle } = await accepted();
    await settle();
    await store.takeSentCopy({ ...scope, now: 10, until: 100 });
    const again = await store.takeSentCopy({ ...scope, now: 101, until: 200 });
    expect(again?.submission).toBe("s1");
    await store.endSentCopy(again?.mailId ?? 0, [], 300);
    expect(await store.takeSentCopy({ ...scope, now: 250, until: 400 })).toBeUndefined();
    const last = await store.takeSentCopy({ ...scope, now: 301, until: 400 });
    await store.endSentCopy(last?.mailId ?? 0, []);
    expect(await store.takeSentCopy({ ...scope, now: 10_000, until: 20_000 })).toBeUndefined();
    await store.close();
  });

  it("are due though they wait for longer than anybody holds one: the clock was set back", async () => {
    const { store, settle } = await accepted();
    await settle();
    await store.takeSentCopy({ ...scope, now: 1_000, until: 1_100 });
    expect(await store.takeSentCopy({ ...scope, now: 900, until: 1_000 })).toBeUndefined();
    expect(await store.takeSentCopy({ ...scope, now: 899, until: 999 })).toMatchObject({ submission: "s1" });
    await store.close();
  });

  it("are of one mailbox only", async () => {
    const { store, settle } = await accepted();
    await settle();
    expect(
      await store.takeSentCopy({ tenant: "t", mailbox: "other@x.mssante.fr", now: 10, until: 20 }),
    ).toBeUndefined();
    await store.close();
  });
});
