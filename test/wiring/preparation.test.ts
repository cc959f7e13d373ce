import { readdirSync } from "node:fs";
import { availableParallelism, getPriority } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock, systemRandom } from "../../src/seams/index.js";
import { prepare, type SenderProfile } from "../../src/sending/index.js";
import { Preparation } from "../../src/wiring/index.js";
import { bundle } from "../tools/bundle.js";
import { cdaOf, pdfOf } from "../tools/documents.js";

const FROM = "labo@ch-exemple.mssante.fr";
const PROFILE: SenderProfile = {
  tenant: "default",
  mailbox: FROM,
  software: { name: "LabSoft", version: "4.2", nil: "LABSOFT001" },
  sender: { label: "Laboratoire - CH EXEMPLE" },
  clock: systemClock,
  random: systemRandom,
  allowTestIdentities: true,
};
const TO = ["martin.dupont@medecin.mssante.fr"];

describe("submissions prepared in threads", () => {
  let file: string;
  let preparation: Preparation;
  beforeAll(async () => {
    file = await bundle(join(import.meta.dirname, "../../src/wiring/prepare-thread.ts"));
    preparation = new Preparation(2, file);
  });
  afterAll(() => preparation.close());

  it("gives what the caller's own thread gives, ids and times aside", async () => {
    const submission = {
      documents: [{ cda: cdaOf(1, pdfOf(3_000)) }],
      to: TO,
      reference: "r-1",
      notBefore: new Date(5),
    };
    const [here, there] = await Promise.all([prepare(submission, PROFILE), preparation.prepare(submission, PROFILE)]);
    const { contentHash, info, mails, notBefore } = there.submission;
    expect({ contentHash, info, notBefore }).toEqual({
      contentHash: here.submission.contentHash,
      info: here.submission.info,
      notBefore: 5,
    });
    expect(mails.map(({ recipients }) => recipients)).toEqual(
      here.submission.mails.map(({ recipients }) => recipients),
    );
    expect(mails.map(({ size, head }) => size - head.byteLength)).toEqual(
      there.submission.bodies.map(({ byteLength }) => byteLength),
    );
    expect(there.problems).toEqual(here.problems);
  });

  it("leaves the caller's bytes to the caller, a view of a larger buffer included", async () => {
    const cda = cdaOf(2, pdfOf(3_000));
    const large = Buffer.concat([Buffer.alloc(1_000, 1), cda, Buffer.alloc(1_000, 2)]);
    const view = large.subarray(1_000, 1_000 + cda.byteLength);
    await preparation.prepare({ documents: [{ cda: view }], to: TO }, PROFILE);
    expect(Buffer.compare(view, cda)).toBe(0);
  });

  it("throws the same error, with its requirement and path", async () => {
    const submission = { documents: [{ cda: cdaOf(3, pdfOf(3_000)) }], to: TO, confidentiality: ["MASQUE_PS"] };
    const own = await prepare(submission, PROFILE).catch((error) => error.toJSON());
    await expect(preparation.prepare(submission, PROFILE).catch((error) => error.toJSON())).resolves.toEqual(own);
    expect(own.code).toBe("mask_forbids_recipient");
  });

  it("prepares many at once, each its own", async () => {
    const prepared = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        preparation.prepare({ documents: [{ cda: cdaOf(100 + index, pdfOf(500)) }], to: TO }, PROFILE),
      ),
    );
    expect(new Set(prepared.map(({ submission }) => submission.info.documents[0]?.uniqueId)).size).toBe(40);
  });

  it.runIf(process.platform === "linux" && getPriority() < 19)(
    "gives way: the threads have a lower priority than the software around them",
    async () => {
      await preparation.prepare({ documents: [{ cda: cdaOf(90, pdfOf(500)) }], to: TO }, PROFILE);
      const lower = readdirSync("/proc/self/task").filter((thread) => getPriority(Number(thread)) > getPriority());
      expect(lower.length).toBeGreaterThanOrEqual(preparation.threads);
    },
  );

  it("prepares together what came together: one that is refused and one that is long spoil none", async () => {
    const one = new Preparation(1, file);
    const submissions = [
      cdaOf(200, pdfOf(500)),
      Buffer.from("<no"),
      cdaOf(201, pdfOf(400_000)),
      cdaOf(202, pdfOf(500)),
    ].map((cda) => ({ documents: [{ cda }], to: TO }));
    const order: number[] = [];
    const outcomes = await Promise.all(
      submissions.map((submission, index) =>
        one.prepare(submission, PROFILE).then(
          (prepared) => {
            order.push(index);
            return prepared.submission.info.documents[0]?.uniqueId;
          },
          (error) => error.code,
        ),
      ),
    );
    await one.close();
    const id = (serial: number) => `1.2.250.1.999.1.1.7^D${serial}`;
    expect(outcomes).toEqual([id(200), "xml_invalid", id(201), id(202)]);
    // The long one is not waited for.
    expect(order).toEqual([0, 3, 2]);
  });

  it("prepares here what cannot go to a thread, and the others there", async () => {
    const one = new Preparation(1, file);
    const submission = (serial: number) => ({ documents: [{ cda: cdaOf(serial, pdfOf(500)) }], to: TO });
    const odd = { ...submission(301), onSent: () => {} };
    const prepared = await Promise.all(
      [submission(300), odd, submission(302)].map((each) => one.prepare(each, PROFILE)),
    );
    await one.close();
    expect(prepared.map(({ submission: { info } }) => info.documents[0]?.uniqueId?.slice(-4))).toEqual([
      "D300",
      "D301",
      "D302",
    ]);
  });

  it("refuses what is under way when it is closed, and what comes later", async () => {
    const closing = new Preparation(1, file);
    const submission = { documents: [{ cda: cdaOf(4, pdfOf(3_000)) }], to: TO };
    const refused = closing.prepare(submission, PROFILE).then(
      () => "prepared",
      (error) => error.code,
    );
    await closing.close();
    expect(["closed", "prepared"]).toContain(await refused);
    await expect(closing.prepare(submission, PROFILE)).rejects.toMatchObject({ code: "closed" });
  });

  it("prepares in the caller's thread where the thread's file was left behind by a bundler", async () => {
    const without = new Preparation(1, undefined);
    const { submission } = await without.prepare({ documents: [{ cda: cdaOf(5, pdfOf(500)) }], to: TO }, PROFILE);
    expect(submission.mails).toHaveLength(1);
    await without.close();
  });
});

describe("submissions prepared where it suits", () => {
  let file: string;
  const submit = (preparation: Preparation, serial: number) =>
    preparation.prepare({ documents: [{ cda: cdaOf(serial, pdfOf(500)) }], to: TO }, PROFILE);

  beforeAll(async () => {
    file = await bundle(join(import.meta.dirname, "../../src/wiring/prepare-thread.ts"));
  });

  it("stay in the caller's thread as long as they come one by one", async () => {
    const preparation = new Preparation("auto", file);
    for (let serial = 0; serial < 40; serial += 1) await submit(preparation, 300 + serial);
    expect(preparation.threads).toBe(0);
    await preparation.close();
  });

  it.skipIf(availableParallelism() < 2)("go to one thread once they come in a crowd, each its own", async () => {
    const preparation = new Preparation("auto", file);
    const prepared = await Promise.all(Array.from({ length: 60 }, (_, index) => submit(preparation, 400 + index)));
    expect(new Set(prepared.map(({ submission }) => submission.info.documents[0]?.uniqueId)).size).toBe(60);
    expect(preparation.threads).toBe(1);
    await preparation.close();
    expect(preparation.threads).toBe(0);
  });

  it.skipIf(availableParallelism() < 2)("stay in the caller's thread where none can be started", async () => {
    const broken = join(import.meta.dirname, "no-such-thread.mjs");
    const preparation = new Preparation("auto", broken);
    const prepared = await Promise.all(Array.from({ length: 60 }, (_, index) => submit(preparation, 500 + index)));
    expect(prepared).toHaveLength(60);
    expect(preparation.threads).toBe(0);
    await preparation.close();
  });
});
