import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { otherClient } from "../mailbox/other-client.js";
import { configOf, DOCTOR, LABO, QUICK, soon } from "../sending/kit.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const body = join(folder, "reponse.txt");
let mock: MockMedimail;
let config: string;

beforeAll(async () => {
  writeFileSync(body, "Bien reçu.\n");
  mock = await startMockMedimail({ dir: join(folder, "mock") });
  config = (await mock.ready()).configs[DOCTOR] ?? "";
  const labo = createConnector(await configOf(mock, LABO), { ...QUICK });
  const mail = await labo.mailbox.send({ to: [DOCTOR], subject: "Question", text: "?", requestRead: true });
  await mail.settled({ until: "accepted", signal: soon() });
  await labo.close();
});
afterAll(() => mock.close());

const mailbox = (...words: string[]) => cli("mailbox", ...words, "--config", config, "--json");

describe("mailbox reply and receipt", () => {
  it("answers, and the copy is in Sent when the command ends", async () => {
    const done = await mailbox("reply", "1", "--body", body, "--actor", "899700000001");
    expect(done.code).toBe(0);
    expect(done.lines<{ event: string }>().map(({ event }) => event)).toEqual(["queued", "accepted"]);
    const other = await otherClient(mock);
    const lock = await other.getMailboxLock("Sent");
    const subjects = (await other.fetchAll("1:*", { envelope: true })).map(({ envelope }) => envelope?.subject);
    lock.release();
    await other.logout();
    expect(subjects).toEqual(["Re: Question"]);
  });

  it("sends one receipt, and wants to know which", async () => {
    expect((await mailbox("receipt", "1")).code).toBe(2);
    expect((await mailbox("receipt", "1", "--displayed", "--confirmed")).code).toBe(0);
    const again = await mailbox("receipt", "1", "--processed", "--confirmed");
    expect(again.code).toBe(1);
    expect(again.lines<{ error?: { code: string } }>().at(-1)?.error?.code).toBe("idempotency_conflict");
  });
});
