import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Connector, type ConnectorOptions, createConnector, type MailSummary } from "../../src/index.js";
import { temporaryFolder } from "../cli/harness.js";
import { configOf, DOCTOR, QUICK } from "../sending/kit.js";
import { SERVERS, serverIs, type Watched, watched } from "./watch-kit.js";

const folder = temporaryFolder();
let files = 0;
const newFile = () => join(folder, `cache-${++files}.db`);

async function cached(box: Watched, path: string, options: ConnectorOptions = {}): Promise<Connector> {
  return createConnector(
    { ...(await configOf(box.mock, DOCTOR)), cache: { path } },
    { ...QUICK, delivery: "manual", ...options },
  );
}

async function listed(connector: Connector, pageSize = 50): Promise<MailSummary[]> {
  const mails = await connector.mailbox.list({ pageSize }).toArray({ limit: 10_000 });
  // Flags have no order.
  return mails.map((mail) => ({ ...mail, flags: [...mail.flags].sort() }));
}

/** What the server was asked since the last call. */
function asked(box: Watched): () => string[] {
  let seen = box.mock.observations.length;
  return () => {
    const since = box.mock.observations.slice(seen).map((one) => JSON.stringify(one));
    seen = box.mock.observations.length;
    return since
      .filter((line) => line.includes('"client"'))
      .map((line) => /"(?:text|line)":"\S+ ([^"]*)/.exec(line)?.[1] ?? line);
  };
}

describe.each(SERVERS)("the cache, on a server with %s", (kind) => {
  it("gives the same lists as the server, whatever happened in between", async () => {
    serverIs(kind);
    await using box = await watched(23);
    await using kept = await cached(box, newFile());
    for (const pageSize of [5, 50, 7]) {
      expect(await listed(kept, pageSize)).toEqual(await listed(box.connector));
      box.remove([2, 9, 10, 22]);
      box.flag(5, ["\\Seen", "$Label1"]);
      box.flag(20, ["\\Flagged"]);
      expect(await listed(kept, pageSize)).toEqual(await listed(box.connector));
      box.deliver("nouveau");
      box.deliver("autre");
      box.flag(5, []);
      box.remove([1]);
      expect(await listed(kept, pageSize)).toEqual(await listed(box.connector));
    }
  });

  it("asks again only for what changed", async () => {
    serverIs(kind);
    const path = newFile();
    await using box = await watched(120);
    await using first = await cached(box, path);
    await listed(first);
    await first.close();
    box.deliver("nouveau");
    box.flag(3, ["\\Seen"]);
    box.remove([4]);
    await using second = await cached(box, path);
    const questions = asked(box);
    const mails = await listed(second);
    const fetches = questions().filter((line) => line.includes("ENVELOPE"));
    expect(fetches).toHaveLength(1);
    // From the first UID that is new: none of the mails that are kept.
    expect(fetches[0]).toMatch(/^UID FETCH 121:\d+ /);
    expect(mails).toEqual(await listed(box.connector));
  });

  it("lists a folder that was made anew from its start", async () => {
    serverIs(kind);
    await using box = await watched();
    const mailbox = box.mock.mailbox(DOCTOR);
    mailbox.create("Dossier");
    for (const subject of ["a", "b"]) box.deliver(subject, "Dossier");
    await using kept = await cached(box, newFile());
    const subjects = async () =>
      (await kept.mailbox.list({ folder: "Dossier" }).toArray({ limit: 9 })).map(({ subject }) => subject);
    expect(await subjects()).toEqual(["b", "a"]);
    mailbox.delete("Dossier");
    mailbox.create("Dossier");
    for (const subject of ["c", "d", "e"]) box.deliver(subject, "Dossier");
    expect(await subjects()).toEqual(["e", "d", "c"]);
  });
});

describe("the cache's file", () => {
  it.each(["with", "without"])("has a first page after two questions, %s it", async (how) => {
    await using box = await watched(120);
    await using kept =
      how === "with"
        ? await cached(box, newFile())
        : createConnector(await configOf(box.mock, DOCTOR), { ...QUICK, delivery: "manual" });
    // The login apart.
    await kept.mailbox.list({ folder: "Junk" }).toArray({ limit: 1 });
    const questions = asked(box);
    expect(await kept.mailbox.list({ pageSize: 50 }).toArray({ limit: 50 })).toHaveLength(50);
    expect(questions().map((line) => line.split(" ")[0])).toEqual(["EXAMINE", "FETCH"]);
  });

  it.each([
    ["cut in the middle", (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ["overwritten", (path: string) => writeFileSync(path, "this is no database".repeat(1_000))],
    ["damaged inside", (path: string) => damage(path)],
  ])("is thrown away where it is %s, and begun anew", async (_, spoil) => {
    const path = newFile();
    await using box = await watched(60);
    const first = await cached(box, path);
    await listed(first);
    await first.close();
    spoil(path);
    await using second = await cached(box, path);
    expect(await listed(second)).toEqual(await listed(box.connector));
    await using third = await cached(box, path);
    await listed(third);
    const questions = asked(box);
    expect(await listed(third)).toEqual(await listed(box.connector));
    const fetches = questions().filter((line) => line.startsWith("UID FETCH") && line.includes("ENVELOPE"));
    // The newest kept mail has UID 60: none that is kept.
    expect(fetches.map((line) => line.split(" ")[2])).toEqual(["61:260"]);
  });

  it("is thrown away where it was made with another key", async () => {
    const path = newFile();
    await using box = await watched(5);
    for (const encryptionKey of [Buffer.alloc(32, 1), Buffer.alloc(32, 2), undefined]) {
      await using kept = await cached(box, path, encryptionKey ? { encryptionKey } : {});
      expect(await listed(kept)).toEqual(await listed(box.connector));
      expect(await listed(kept)).toHaveLength(5);
    }
  });

  it("has no subject, sender, folder or keyword to be read in it where there is a key", async () => {
    const path = newFile();
    await using box = await watched();
    box.mock.mailbox(DOCTOR).create("CANARI");
    box.deliver("Compte rendu CANARI", "CANARI");
    box.flag(1, ["CANARI"], "CANARI");
    const kept = await cached(box, path, { encryptionKey: Buffer.alloc(32, 7) });
    await kept.mailbox.list({ folder: "CANARI" }).toArray({ limit: 5 });
    await kept.close();
    const bytes = readFileSync(path, "latin1");
    expect(bytes).toContain("medimail_cache_mails");
    expect(bytes).not.toMatch(/canari|ch-exemple/i);
  });

  it("may be another process' as well", async () => {
    const path = newFile();
    await using box = await watched(40);
    await using one = await cached(box, path);
    await using other = await cached(box, path);
    for (let round = 0; round < 6; round += 1) {
      const [a, b] = await Promise.all([listed(one, 7), listed(other, 9)]);
      expect(a).toEqual(b);
      expect(a).toEqual(await listed(box.connector));
      box.deliver();
      box.remove([round + 1]);
      box.flag(20 + round, [`$Label${round}`]);
    }
  });

  it("that cannot be made hinders nobody from reading mail", async () => {
    await using box = await watched(3);
    await using kept = await cached(box, join(folder, "cache-1.db", "under-a-file.db"));
    expect(await listed(kept)).toHaveLength(3);
  });

  it("finds mails by what was in their documents, once that is noted, and no more once they are gone", async () => {
    const path = newFile();
    await using box = await watched(5);
    const { openMailCache } = await import("../../src/storage/index.js");
    const { MailboxCache } = await import("../../src/mailbox/index.js");
    const kept = await cached(box, path);
    const [mail] = await listed(kept);
    const notes = new MailboxCache({
      open: () => openMailCache({ path }),
      box: `default\n${DOCTOR}`,
      logger: { log: () => {} },
    });
    const note = { patient: ["D'ÉTOILE-MARTIN", "Zoé"], ins: ["180017512345669"], typeCodes: ["11502-2"] };
    for (const uid of [2, 4, 5])
      await notes.remember({ folder: "INBOX", uid, uidValidity: mail?.uidValidity ?? "" }, note);
    await notes.remember({ folder: "INBOX", uid: 3, uidValidity: "1" }, note);
    await notes.close();
    const uids = async (...query: Parameters<typeof kept.mailbox.search>) =>
      (await kept.mailbox.search(...query).toArray({ limit: 9 })).map(({ uid }) => uid);
    expect(await uids({ patient: "etoile zoe" })).toEqual([5, 4, 2]);
    expect(await uids({ patient: "Dupont" })).toEqual([]);
    expect(await uids({ ins: "180017512345669", documentType: "11502-2" }, { pageSize: 1 })).toEqual([5, 4, 2]);
    expect(await uids({ documentType: "34112-3" })).toEqual([]);
    box.flag(4, ["\\Seen"]);
    expect(await uids({ ins: "180017512345669", seen: true })).toEqual([4]);
    box.remove([4]);
    expect(await uids({ ins: "180017512345669" }, { allFolders: true })).toEqual([5, 2]);
    await kept.close();
    await expect(box.connector.mailbox.search({ ins: "1" }).toArray({ limit: 1 })).rejects.toMatchObject({
      code: "not_supported",
    });
  });

  it("is never the outbox's", async () => {
    await using box = await watched();
    const path = newFile();
    const config = { ...(await configOf(box.mock, DOCTOR)), outbox: { store: "sqlite", path }, cache: { path } };
    expect(() => createConnector(config)).toThrow(
      expect.objectContaining({ code: "config_invalid", path: "cache.path" }),
    );
  });
});

/** Zeroes in the pages of the tables, not in the header. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 4096 * 3, bytes.length);
  writeFileSync(path, bytes);
}
