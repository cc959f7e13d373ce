import { describe, expect, it } from "vitest";
import type { ClaimedMail, OutboxStore } from "../../src/seams/index.js";
import { accepted, claimAll, claimOne, OTHER_WORKER, stateOf, submission, T0, WORKER, worker } from "./samples.js";

const BOOT = "0f0e7d2c-1111-4a4a-8b8b-222222222222 pid:[1]";
const NEXT_BOOT = "77777777-3333-4c4c-9d9d-444444444444 pid:[1]";
const ANSWER = "250 2.0.0 queued";

export interface HandoverKind {
  /** A mark outlives the machine too: what is only prepared is never in doubt. */
  marksAreDurable?: boolean;
}

export function handoverContract(store: () => OutboxStore, { marksAreDurable = false }: HandoverKind = {}): void {
  /** What the next worker finds of a dead one: what is in doubt, and what is simply due again. */
  async function afterDeath(boot = BOOT, by = OTHER_WORKER): Promise<{ doubtful: ClaimedMail[]; due: string[] }> {
    await store().heartbeat(worker(by, { boot }), T0);
    const doubtful = await store().recover({ worker: by, now: T0, isDead: ({ id }) => id !== by });
    const due = (await claimAll(store(), T0, by)).map(({ submission: id }) => id);
    return { doubtful, due };
  }
  async function held(...names: string[]): Promise<ClaimedMail[]> {
    await store().heartbeat(worker(WORKER, { boot: BOOT }), T0);
    for (const name of names) await store().submit(submission(name));
    return claimAll(store());
  }
  /** Of one mail that is not marked, whether it is in doubt once the machine was started again. */
  const onlyPrepared = marksAreDurable ? 0 : 1;
  const idsOf = (mails: readonly ClaimedMail[]) => mails.map(({ mailId }) => mailId);

  describe("the hand-over in two marks", () => {
    it("leaves in doubt what a killed process had marked, and nothing that it had only prepared", async () => {
      const mails = await held("a", "b", "c");
      await store().prepareHandover(WORKER, idsOf(mails));
      await store().markHandover(WORKER, [mails[1]?.mailId ?? 0]);
      const { doubtful, due } = await afterDeath();
      expect(doubtful.map(({ submission: id, answer }) => [id, answer])).toEqual([["s-b", undefined]]);
      expect(due).toEqual(["s-a", "s-c"]);
    });

    it("leaves in doubt all that was prepared where the machine was started again and the marks may be lost", async () => {
      const mails = await held("a", "b");
      await store().prepareHandover(WORKER, idsOf(mails));
      await store().markHandover(WORKER, [mails[1]?.mailId ?? 0]);
      const { doubtful, due } = await afterDeath(NEXT_BOOT);
      expect(doubtful.map(({ submission: id }) => id)).toEqual(marksAreDurable ? ["s-b"] : ["s-a", "s-b"]);
      expect(due).toEqual(marksAreDurable ? ["s-a"] : []);
    });

    it.each([
      ["an approximate time of the start", "~1795424400"],
      ["nothing", ""],
    ])("leaves them in doubt where the system says %s of its start", async (_what, boot) => {
      await store().heartbeat(worker(WORKER, { boot }), T0);
      await store().submit(submission("a"));
      await store().prepareHandover(WORKER, [(await claimOne(store())).mailId]);
      expect((await afterDeath(boot)).doubtful).toHaveLength(onlyPrepared);
    });

    it("knows by a later mark that the server had taken a mail, and with which words", async () => {
      const mails = await held("a", "b");
      await store().prepareHandover(WORKER, idsOf(mails));
      const [a = 0, b = 0] = idsOf(mails);
      await store().markHandover(WORKER, [a]);
      await store().markHandover(WORKER, [b], [{ mailId: a, answer: ANSWER }]);
      const { doubtful } = await afterDeath();
      expect(doubtful.map(({ submission: id, answer }) => [id, answer])).toEqual([
        ["s-a", ANSWER],
        ["s-b", undefined],
      ]);
    });

    it("still has it in doubt where whoever took it over dies too, on the same start of the machine", async () => {
      const [mail] = await held("a");
      await store().prepareHandover(WORKER, [mail?.mailId ?? 0]);
      if (marksAreDurable) await store().markHandover(WORKER, [mail?.mailId ?? 0]);
      expect((await afterDeath(NEXT_BOOT)).doubtful).toHaveLength(1);
      const third = await afterDeath(NEXT_BOOT, "worker-3");
      expect(third.doubtful.map(({ submission: id }) => id)).toEqual(["s-a"]);
      expect(third.due).toEqual([]);
    });

    it("prepares with the claim", async () => {
      await store().heartbeat(worker(WORKER, { boot: BOOT }), T0);
      await store().submit(submission("a"));
      await store().claim({ worker: WORKER, now: T0, limit: 1, prepare: true });
      expect((await afterDeath(NEXT_BOOT)).doubtful).toHaveLength(onlyPrepared);
    });

    it("marks what was not prepared as well, for good", async () => {
      const [mail] = await held("a");
      await store().markHandover(WORKER, [mail?.mailId ?? 0]);
      expect((await afterDeath(NEXT_BOOT)).doubtful).toHaveLength(1);
    });

    it.each(["prepareHandover", "markHandover"] as const)(
      "%s refuses a mail that another worker holds",
      async (what) => {
        const [mail] = await held("a");
        await store().prepareHandover(WORKER, [mail?.mailId ?? 0]);
        await afterDeath();
        await expect(store()[what](WORKER, [mail?.mailId ?? 0])).rejects.toMatchObject({ code: "lease_lost" });
      },
    );

    it("marks all or none", async () => {
      const mails = await held("a", "b");
      await store().prepareHandover(WORKER, idsOf(mails));
      await store().settle([accepted(mails[1] as ClaimedMail)]);
      await expect(store().markHandover(WORKER, idsOf(mails))).rejects.toMatchObject({ code: "lease_lost" });
      expect((await afterDeath()).due).toEqual(["s-a"]);
    });

    it("is over with the settlement, whatever comes after", async () => {
      const mails = await held("a", "b");
      await store().prepareHandover(WORKER, idsOf(mails));
      const [a = 0, b = 0] = idsOf(mails);
      await store().markHandover(WORKER, [a]);
      await store().settle([accepted(mails[0] as ClaimedMail)]);
      // Of a mail that is settled the mark of the next has nothing more to say.
      await store().markHandover(WORKER, [b], [{ mailId: a, answer: ANSWER }]);
      const { doubtful } = await afterDeath();
      expect(doubtful.map(({ submission: id }) => id)).toEqual(["s-b"]);
      expect(await stateOf(store(), "a")).toBe("accepted");
    });

    it("begins anew with a mail that was given back or is tried again", async () => {
      const mails = await held("a", "b");
      await store().prepareHandover(WORKER, idsOf(mails));
      await store().markHandover(WORKER, idsOf(mails));
      const back = { recipients: [], events: [], traces: [], attempted: false };
      await store().settle([
        accepted(mails[0] as ClaimedMail, { ...back, next: { kind: "release" } }),
        accepted(mails[1] as ClaimedMail, { ...back, next: { kind: "retry", dueAt: T0 } }),
      ]);
      await claimAll(store());
      const { doubtful, due } = await afterDeath(NEXT_BOOT);
      expect([doubtful, due]).toEqual([[], ["s-a", "s-b"]]);
    });
  });
}
