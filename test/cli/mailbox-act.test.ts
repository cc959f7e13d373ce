import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { mailOf } from "../mailbox/acting-suite.js";
import { otherClient } from "../mailbox/other-client.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const DOCTOR = "martin.dupont@medecin.mssante.fr";
let mock: MockMedimail;
let doctor: string;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock") });
  doctor = (await mock.ready()).configs[DOCTOR] ?? "";
  const other = await otherClient(mock);
  for (let serial = 1; serial <= 4; serial += 1) await other.append("INBOX", mailOf(serial));
  await other.logout();
});
afterAll(() => mock.close());

const mailbox = (...words: string[]) => cli("mailbox", ...words, "--config", doctor, "--json");
interface Action {
  action: string;
  mails: { uid: number; outcome: string; now?: { folder: string; uid: number } }[];
}

describe("mailbox flag, move, delete", () => {
  it("flags, and the list shows it", async () => {
    const done = await mailbox("flag", "1", "2", "--seen", "--add", "$Suivi");
    expect(done.code).toBe(0);
    expect(done.value<Action>().mails.map(({ outcome }) => outcome)).toEqual(["done", "done"]);
    const flags = new Map(
      (await mailbox("list")).lines<{ uid: number; flags: string[] }>().map((mail) => [mail.uid, mail.flags]),
    );
    expect(flags.get(1)).toEqual(expect.arrayContaining(["\\Seen", "$Suivi"]));
    expect(flags.get(3)).not.toContain("\\Seen");
    await mailbox("flag", "1", "--unseen");
    const [again] = (await mailbox("list")).lines<{ uid: number; flags: string[] }>().filter(({ uid }) => uid === 1);
    expect(again?.flags).not.toContain("\\Seen");
  });

  it("moves by role or path and says where to; deletes into the trash; names what is not there", async () => {
    const moved = await mailbox("move", "1", "--to", "sent");
    expect(moved.value<Action>().mails[0]).toMatchObject({ uid: 1, outcome: "done", now: { folder: "Sent", uid: 1 } });
    const deleted = await mailbox("delete", "2", "--actor", "899700000001");
    expect(deleted.value<Action>()).toMatchObject({ action: "delete", mails: [{ uid: 2, outcome: "done" }] });
    const again = await mailbox("delete", "2");
    expect(again.code).toBe(1);
    expect(again.value<{ error: { code: string } }>().error.code).toBe("mail_not_found");
    const nowhere = await mailbox("move", "3", "--to", "Nulle part");
    expect(nowhere.code).toBe(1);
    expect(nowhere.value<{ error: { code: string } }>().error.code).toBe("folder_not_found");
  });

  it("refuses a wrong command line with exit 2", async () => {
    expect((await mailbox("flag", "1")).code).toBe(2);
    expect((await mailbox("flag", "x", "--seen")).code).toBe(2);
    expect((await mailbox("flag", "1", "--seen", "--unseen")).code).toBe(2);
    expect((await mailbox("move", "1")).code).toBe(2);
    expect((await mailbox("delete")).code).toBe(2);
  });
});
