import { ImapFlow } from "imapflow";
import { afterEach, expect, it, vi } from "vitest";
import { createConnector } from "../../src/index.js";
import { seededRandom } from "../../src/seams/random.js";
import { QUICK } from "../sending/kit.js";
import { CutProxy } from "../tools/cut-proxy.js";
import { describeWithOperator, operatorClient, operatorConfig } from "../tools/operator.js";
import { Follower, SERVERS, type ServerKind } from "./watch-kit.js";

/** Dovecot has everything; a client that asks for less gets less. */
function clientAsks(kind: ServerKind): void {
  const proto = ImapFlow.prototype as unknown as {
    autoEnable(this: ImapFlow): Promise<void>;
    run(name: string, list: string[]): unknown;
  };
  if (kind === "QRESYNC") return;
  vi.spyOn(proto, "autoEnable").mockImplementation(async function (this: ImapFlow) {
    if (kind === "CONDSTORE") await proto.run.call(this, "ENABLE", ["CONDSTORE"]);
  });
}

const raw = (subject: string) =>
  `From: Labo <labo@ch-test.mssante.fr>\r\nTo: dr@medecin.test.mssante.fr\r\nSubject: ${subject}\r\n\r\nBonjour\r\n`;

describeWithOperator("watching a folder of Dovecot", (settings) => {
  afterEach(() => {
    vi.restoreAllMocks();
  });
  let serial = 0;

  async function setUp(kind: ServerKind, count: number) {
    serial += 1;
    const user = `dr.watch${serial}@medecin.test.mssante.fr`;
    const other = await operatorClient(settings(), user);
    await other.mailboxOpen("INBOX");
    for (let made = 0; made < count; made += 1) await other.append("INBOX", raw(`mail ${made}`));
    clientAsks(kind);
    const line = await new CutProxy(settings().imap.port).start();
    const connector = createConnector(operatorConfig(settings(), user, line.port), { ...QUICK, delivery: "manual" });
    /** What another client sees. */
    const truth = async (folder = "INBOX") => {
      await other.mailboxOpen(folder);
      const found = new Map<string, string[]>();
      if (other.mailbox && other.mailbox.exists > 0)
        for (const { uid, flags } of await other.fetchAll("1:*", { uid: true, flags: true }))
          found.set(`${folder}/${uid}`, [...(flags ?? [])].filter((flag) => flag !== "\\Recent").sort());
      return found;
    };
    return {
      other,
      line,
      connector,
      truth,
      async [Symbol.asyncDispose]() {
        await connector.close();
        await line[Symbol.asyncDispose]();
        await other.logout();
      },
    };
  }

  it("ends where a folder is not there, which Dovecot 2.3 says without a code", async () => {
    await using box = await setUp("QRESYNC", 0);
    const missing = { code: "imap_failed", retryable: false, hint: expect.stringContaining("mailbox.folders()") };
    for (const folders of ["Nulle part", ["inbox", "Nulle part"]])
      expect(await new Follower(box.connector, folders).ended).toMatchObject(missing);
    await expect(box.connector.mailbox.list({ folder: "Nulle part" }).toArray({ limit: 1 })).rejects.toMatchObject(
      missing,
    );
  });

  it.each(SERVERS)(
    "tells what is new, changed and gone, once, also over a lost session (%s)",
    { timeout: 60_000 },
    async (kind) => {
      await using box = await setUp(kind, 5);
      const follower = new Follower(box.connector, "inbox", { known: await box.truth() });
      await follower.watching();
      await box.other.append("INBOX", raw("Une nouvelle"));
      await follower.until(() => follower.told.includes("new 6"));
      await box.other.messageFlagsAdd("2:3", ["\\Seen", "$Label1"], { uid: true });
      await box.other.messageDelete("1", { uid: true });
      await follower.until(() => follower.told.length >= 4);
      await box.line.stop();
      await box.other.append("INBOX", raw("Une autre"));
      await box.other.messageDelete("6", { uid: true });
      await box.other.messageFlagsSet("4", ["\\Flagged"], { uid: true });
      await box.line.start();
      await follower.until(() => follower.told.includes("new 7"));
      // The other client marks what it deletes.
      const told = follower.told.filter(
        (what, at) => follower.events[at]?.type !== "changed" || !["changed 1", "changed 6"].includes(what),
      );
      expect(told.sort()).toEqual(["changed 2", "changed 3", "changed 4", "gone 1", "gone 6", "new 6", "new 7"]);
      expect(follower.mails).toEqual(await box.truth());
      await follower.stop();
    },
  );

  it.each(SERVERS)("watches other folders beside the first (%s)", { timeout: 60_000 }, async (kind) => {
    await using box = await setUp(kind, 1);
    const follower = new Follower(box.connector, ["inbox", "sent"], { known: await box.truth(), pollMs: 200 });
    await follower.watching();
    await box.other.append("Sent", raw("envoyé"));
    await follower.until(() => follower.told.includes("new 1"));
    await box.other.append("INBOX", raw("reçu"));
    await follower.until(() => follower.told.includes("new 2"));
    await follower.stop();
  });

  it("is told of other folders by NOTIFY, as soon as it happens", { timeout: 60_000 }, async () => {
    await using box = await setUp("QRESYNC", 1);
    const known = await box.truth();
    const follower = new Follower(box.connector, ["inbox", "sent"], { known, pollMs: 24 * 3_600_000 });
    await follower.watching();
    await box.other.append("Sent", raw("envoyé"));
    await follower.until(() => follower.mails.has("Sent/1"));
    await box.other.mailboxOpen("Sent");
    await box.other.messageFlagsAdd("1", ["\\Flagged"], { uid: true });
    await follower.until(() => follower.mails.get("Sent/1")?.includes("\\Flagged") === true);
    await box.other.messageDelete("1", { uid: true });
    await follower.until(() => !follower.mails.has("Sent/1"));
    await box.other.append("INBOX", raw("reçu"));
    await follower.until(() => follower.mails.has("INBOX/2"));
    await follower.stop();
  });

  it.each(SERVERS)(
    "misses nothing and tells nothing twice under changes at random (%s)",
    { timeout: 120_000 },
    async (kind) => {
      const random = seededRandom(7);
      const chance = () => random.fraction();
      await using box = await setUp(kind, 20);
      let follower = new Follower(box.connector, "inbox", { known: await box.truth() });
      await follower.watching();
      for (let done = 0; done < 200; done += 1) {
        const uids = [...(done % 10 === 0 ? await box.truth() : follower.mails).keys()].map(
          (key) => key.split("/")[1] ?? "",
        );
        const some = uids[Math.floor(chance() * uids.length)] ?? "1";
        const what = chance();
        if (what < 0.4) await box.other.append("INBOX", raw(`mail ${done}`));
        else if (what < 0.6) await box.other.messageDelete(some, { uid: true }).catch(() => {});
        else
          await box.other
            .messageFlagsSet(
              some,
              ["\\Seen", "\\Flagged", "$Label1"].filter(() => chance() < 0.5),
              { uid: true },
            )
            .catch(() => {});
        const fate = chance();
        if (fate < 0.05) box.line.cut();
        else if (fate < 0.08) {
          await follower.stop();
          const { cursor, mails } = follower;
          follower = new Follower(box.connector, "inbox", { known: mails, ...(cursor ? { cursor } : {}) });
        }
      }
      const there = await box.truth();
      const same = () =>
        there.size === follower.mails.size &&
        [...there].every(([key, flags]) => String(follower.mails.get(key)) === String(flags));
      await follower.until(same, 20_000).catch(() => {});
      expect(follower.mails).toEqual(there);
      await follower.stop();
    },
  );
});
