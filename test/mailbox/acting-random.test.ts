import { describe, expect, it } from "vitest";
import { type Connector, createConnector, isMedimailError, type MailAction, MailActionError } from "../../src/index.js";
import { type FaultScript, type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, QUICK } from "../sending/kit.js";
import { mailOf } from "./acting-suite.js";
import { otherClient } from "./other-client.js";

/** The same numbers at each run of one seed. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const FOLDERS = ["INBOX", "Dossiers", "Urgent", "Trash"];
const MAILS = 40;
const FAULTS: FaultScript[] = [
  { name: "drop", at: "imap-move" },
  { name: "drop", at: "imap-store" },
  { name: "drop", at: "imap-select" },
  { name: "drop", at: "imap-fetch" },
  { name: "drop-after-done", at: "imap-move" },
  { name: "drop-after-done", at: "imap-store" },
  { name: "drop-after-done", at: "imap-copy" },
  { name: "drop-after-done", at: "imap-expunge" },
  { name: "no-after-done", at: "imap-move" },
  { name: "no-after-done", at: "imap-store" },
  { name: "no-after-done", at: "imap-copy" },
  { name: "bye-midway", at: "imap-move" },
  { name: "refuse", at: "imap-move" },
  { name: "refuse", at: "imap-store" },
  { name: "refuse", at: "imap-expunge" },
];

type Contents = Record<string, { uid: number; flags: string[]; id: string }[]>;

const idOf = (raw: Uint8Array): string => /Message-ID: <([^>]+)>/.exec(Buffer.from(raw).toString("latin1"))?.[1] ?? "";

/** What the server has, from its store. */
function stored(mock: MockMedimail): Contents {
  const { folders } = mock.mailbox(DOCTOR);
  return Object.fromEntries(
    folders
      .filter(({ name }) => FOLDERS.includes(name))
      .map(({ name, messages }) => [
        name,
        messages.map(({ uid, flags, raw }) => ({ uid, flags: [...flags].sort(), id: idOf(raw) })),
      ]),
  );
}

/** What a connector shows. */
async function shown({ mailbox }: Connector): Promise<Contents> {
  const contents: Contents = {};
  for (const folder of FOLDERS) {
    const mails = await mailbox.list({ folder, pageSize: 100 }).toArray({ limit: 1_000 });
    contents[folder] = mails
      .map(({ uid, flags, messageId = "" }) => ({
        uid,
        flags: flags.filter((flag) => flag !== "\\Recent").sort(),
        id: messageId,
      }))
      .reverse();
  }
  return contents;
}

async function open() {
  const mock = await startMockMedimail();
  const connect = async () => createConnector(await configOf(mock, DOCTOR), { ...QUICK, delivery: "manual" });
  const [one, two] = [await connect(), await connect()];
  for (const name of FOLDERS.slice(1, 3)) await one.mailbox.createFolder(name);
  const filler = await otherClient(mock);
  for (let serial = 1; serial <= MAILS; serial += 1) await filler.append("INBOX", mailOf(serial));
  await filler.logout();
  return {
    mock,
    actors: [one, two] as const,
    async [Symbol.asyncDispose]() {
      await one.close();
      await two.close();
      await mock.close();
    },
  };
}

interface Said {
  kind: "flag" | "move" | "delete";
  folder: string;
  to: string;
  add: string[];
  mails: MailAction["mails"];
  error?: string;
}

/** One act by chance, on mails that the server has at this moment, and what its report says. */
async function act({ mailbox }: Connector, there: Contents, next: () => number): Promise<Said> {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T;
  const full = FOLDERS.filter((folder) => (there[folder] ?? []).length > 0);
  const folder = pick(full);
  const uids = [...new Set([pick(there[folder] ?? []).uid, pick(there[folder] ?? []).uid])];
  const mails = uids.map((uid) => ({ folder, uid }));
  const to = pick(FOLDERS.filter((other) => other !== folder));
  const add = [pick(["\\Seen", "\\Flagged", "$Label1"])];
  const remove = [pick(["\\Answered", "$Label2"])];
  const kind = pick(["flag", "flag", "move", "move", "move", "delete"] as const);
  try {
    const action =
      kind === "flag"
        ? await mailbox.flag(mails, { add, remove })
        : kind === "move"
          ? await mailbox.move(mails, to)
          : folder === "Trash"
            ? await mailbox.move(mails, "INBOX")
            : await mailbox.delete(mails);
    return { kind, folder, to, add, mails: action.mails };
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    return {
      kind,
      folder,
      to,
      add,
      mails: error instanceof MailActionError ? [...error.mails] : [],
      error: error.code,
    };
  }
}

describe("acts at random on two connections of one mailbox, with faults", () => {
  it.each([1, 2])(
    "each says the truth, nothing is lost or doubled, and both views are the server's (seed %i)",
    async (seed) => {
      await using place = await open();
      const { mock, actors } = place;
      const next = chance(seed);
      const outcomes = new Map<string, number>();
      for (let turn = 0; turn < 350; turn += 1) {
        if (next() < 0.3) mock.faults.add(FAULTS[Math.floor(next() * FAULTS.length)] as FaultScript);
        const before = stored(mock);
        const said = await act(actors[turn % 2] as Connector, before, next);
        mock.faults.clear();
        const after = stored(mock);
        for (const { uid, outcome, now } of said.mails) {
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          const was = before[said.folder]?.find((mail) => mail.uid === uid);
          const here = after[said.folder]?.find((mail) => mail.uid === uid);
          const there = Object.entries(after).flatMap(([folder, mails]) =>
            mails.filter(({ id }) => id === was?.id).map((mail) => ({ folder, ...mail })),
          );
          const context = JSON.stringify({ turn, said, here, there });
          // Alone at this moment: whatever became of the mail, our act did it.
          expect(there, context).toHaveLength(1);
          if (outcome === "not_done") expect(here, context).toEqual(was);
          else if (said.kind === "flag") expect(here?.flags, context).toEqual(expect.arrayContaining(said.add));
          else expect(there[0], context).toMatchObject({ folder: now?.folder, uid: now?.uid });
          expect(["done", "not_done"], context).toContain(outcome);
        }
      }
      // Both at once, on the same mails.
      for (let turn = 0; turn < 75; turn += 1) {
        if (next() < 0.3) mock.faults.add(FAULTS[Math.floor(next() * FAULTS.length)] as FaultScript);
        const there = stored(mock);
        await Promise.all(actors.map((actor) => act(actor, there, next)));
        mock.faults.clear();
      }
      const server = stored(mock);
      const all = Object.values(server).flat();
      expect(new Set(all.map(({ id }) => id)).size).toBe(MAILS);
      expect(all).toHaveLength(MAILS);
      for (const actor of actors) expect(await shown(actor)).toEqual(server);
      expect(outcomes.get("done")).toBeGreaterThan(300);
      expect(outcomes.get("not_done")).toBeGreaterThan(0);
    },
    120_000,
  );
});
