import { describe, expect, it, vi } from "vitest";
import type { MailEvent } from "../../src/index.js";
import { Refusal } from "../../src/mock/imap/outcome.js";
import { ImapSession } from "../../src/mock/imap/session.js";
import { DEFAULT_TIMES } from "../../src/transport/imap/idle.js";
import { DOCTOR } from "../sending/kit.js";
import { left } from "../tools/signals.js";
import { Follower, SERVERS, serverIs, truth, watched } from "./watch-kit.js";

describe.each(SERVERS)("watching a folder, on a server with %s", (kind) => {
  it("tells what is new, changed and gone, and nothing of what was there", async () => {
    serverIs(kind);
    await using box = await watched(3);
    const follower = new Follower(box.connector, "inbox", { known: [1, 2, 3].map((uid) => [`INBOX/${uid}`, []]) });
    await follower.watching();
    box.deliver("Une nouvelle");
    await follower.until(() => follower.told.includes("new 4"));
    box.flag(2, ["\\Seen", "$Label1"]);
    await follower.until(() => follower.told.includes("changed 2"));
    box.remove([1, 4]);
    await follower.until(() => follower.mails.size === 2);
    expect(follower.told).toEqual(["new 4", "changed 2", "gone 1", "gone 4"]);
    expect(follower.events[0]).toMatchObject({
      folder: "INBOX",
      mail: { subject: "Une nouvelle", folder: "INBOX", uid: 4 },
    });
    expect(follower.events[1]).toMatchObject({ flags: ["$Label1", "\\Seen"] });
    await follower.stop();
  });
});

describe("a watch over what goes wrong", () => {
  it.each(SERVERS)("goes on over a lost connection, and tells what happened meanwhile once (%s)", async (kind) => {
    serverIs(kind);
    await using box = await watched(3);
    const follower = new Follower(box.connector, "inbox", { known: [1, 2, 3].map((uid) => [`INBOX/${uid}`, []]) });
    await follower.watching();
    await box.line.stop();
    await follower.until(() => follower.statuses.includes("interrupted"));
    box.deliver();
    box.remove([1]);
    box.flag(3, ["\\Seen"]);
    box.deliver();
    box.remove([5]);
    await box.line.start();
    await follower.watching(2);
    expect(follower.told).toEqual(["gone 1", "changed 3", "new 4"]);
    box.line.cut();
    box.deliver();
    await follower.until(() => follower.told.includes("new 6"));
    await follower.stop();
    expect(follower.mails).toEqual(truth(box.mock));
  });

  it("ends at once for who leaves it while it waits, and says LOGOUT", async () => {
    await using box = await watched(1);
    const caller = new AbortController();
    let begun = (): void => {};
    const listens = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const events = box.connector.mailbox.watch("inbox", { signal: caller.signal, onStatus: () => begun() });
    const reader = events[Symbol.asyncIterator]();
    const next = reader.next();
    await listens;
    await reader.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    await box.mock.waitFor((seen) => seen.kind === "line" && / LOGOUT$/i.test(seen.line));
    expect(left(caller.signal)).toBe(0);
  });

  it("begins its IDLE again, before the 29 minutes of RFC 9051 by default, and hears what comes afterwards", async () => {
    expect(DEFAULT_TIMES.idleMs).toBeLessThan(29 * 60_000);
    await using box = await watched(1);
    const follower = new Follower(box.connector, "inbox", { idleMs: 1_000 });
    await follower.watching();
    const idles = (): number =>
      box.mock.observations.filter(
        (seen) => seen.kind === "line" && seen.from === "client" && / IDLE$/i.test(seen.line),
      ).length;
    await expect.poll(idles, { timeout: 10_000 }).toBeGreaterThan(1);
    box.deliver();
    await follower.until(() => follower.told.includes("new 2"));
    expect(follower.statuses).toEqual(["watching"]);
    await follower.stop();
  });

  it("notices a line that has fallen silent, and goes on over another", async () => {
    await using box = await watched(1);
    const follower = new Follower(box.connector, "inbox", { probeMs: 1_000, idleMs: 60_000 });
    await follower.watching();
    box.line.freeze();
    box.deliver();
    // A second of silence, and another for an answer that does not come.
    await follower.until(() => follower.told.includes("new 2"));
    expect(follower.statuses).toEqual(["watching", "interrupted"]);
    await follower.stop();
  });

  it("begins again with a folder that was made anew: reset, then all that is in it", async () => {
    await using box = await watched();
    const mailbox = box.mock.mailbox(DOCTOR);
    mailbox.create("Dossier");
    for (const subject of ["a", "b"]) box.deliver(subject, "Dossier");
    const follower = new Follower(box.connector, "Dossier");
    await follower.watching();
    mailbox.delete("Dossier");
    mailbox.create("Dossier");
    for (const subject of ["c", "d", "e"]) box.deliver(subject, "Dossier");
    await follower.until(() => follower.told.length >= 4);
    expect(follower.told).toEqual(["reset", "new 1", "new 2", "new 3"]);
    box.deliver("f", "Dossier");
    await follower.until(() => follower.told.includes("new 4"));
    expect(follower.events.map((event) => event.type === "new" && event.rebuilt === true)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    await follower.stop();
  });

  it("ends with the error of a folder that is not there, and of a token that no renewal mends", async () => {
    await using box = await watched();
    const lost = new Follower(box.connector, "Nulle part");
    expect(await lost.ended).toMatchObject({ code: "imap_failed", retryable: false });
    const follower = new Follower(box.connector);
    await follower.watching();
    box.mock.revokeToken(DOCTOR);
    box.line.cut();
    expect(await follower.ended).toMatchObject({ code: "token_refused" });
  });

  it("opens again with a fresh token while there is one", async () => {
    await using box = await watched();
    const follower = new Follower(box.connector);
    await follower.watching();
    box.mock.revokeToken(DOCTOR);
    box.mock.issueToken(DOCTOR);
    await box.mock.ready();
    box.line.cut();
    await follower.watching(2);
    box.deliver();
    await follower.until(() => follower.told.includes("new 1"));
    await follower.stop();
  });

  it("leaves no listener on the caller's signal", async () => {
    await using box = await watched();
    const stop = new AbortController();
    const events = box.connector.mailbox.watch("inbox", { signal: stop.signal })[Symbol.asyncIterator]();
    const first = events.next();
    await box.mock.waitFor((seen) => / IDLE"/.test(JSON.stringify(seen)));
    box.deliver();
    expect(await first).toMatchObject({ value: { type: "new" } });
    await events.return?.();
    expect(left(stop.signal)).toBe(0);
  });

  it("ends without an error with the signal, and with the connector", async () => {
    await using box = await watched();
    const follower = new Follower(box.connector);
    await follower.watching();
    await follower.stop();
    const other = new Follower(box.connector);
    await other.watching();
    await box.connector.close();
    expect(await other.ended).toBeUndefined();
  });
});

describe("a cursor", () => {
  it.each(SERVERS)("goes on in another process after the event it came with, wherever that was (%s)", async (kind) => {
    serverIs(kind);
    await using box = await watched(4);
    const known = [1, 2, 3, 4].map((uid): [string, string[]] => [`INBOX/${uid}`, []]);
    const first = new Follower(box.connector, "inbox", { known });
    await first.watching();
    const start = first.cursor as string;
    await first.stop();
    box.remove([1, 2]);
    box.flag(3, ["\\Seen"]);
    box.flag(4, ["\\Flagged"]);
    for (const subject of ["a", "b", "c"]) box.deliver(subject);
    const all = ["gone 1", "gone 2", "changed 3", "changed 4", "new 5", "new 6", "new 7"];
    // Stopped after each event in turn: the events before and after are all of them, each once.
    for (let after = 0; after <= all.length; after += 1) {
      const before = new Follower(box.connector, "inbox", { known, cursor: start });
      await before.watching();
      expect(before.told).toEqual(all);
      await before.stop();
      const cursor = after === 0 ? start : (before.events[after - 1]?.cursor as string);
      const rest = new Follower(box.connector, "inbox", {
        known: replay(known, before.events.slice(0, after)),
        cursor,
      });
      await rest.watching();
      expect(rest.told).toEqual(all.slice(after));
      await rest.stop();
    }
  });

  it("has nothing of a mail in it, nor a folder's name", async () => {
    await using box = await watched();
    box.mock.mailbox(DOCTOR).create("Patient Dupont");
    box.deliver("Compte rendu", "Patient Dupont");
    box.flag(1, ["Dupont"], "Patient Dupont");
    serverIs("neither");
    const follower = new Follower(box.connector, "Patient Dupont");
    await follower.watching();
    const text = Buffer.from((follower.cursor as string).slice(5), "base64url").toString();
    expect(text).not.toMatch(/dupont|compte/i);
    await follower.stop();
  });

  it.each(["", "mmw1.", "mmw1.e30x", "mmw1.bnVsbA", `mmw1.${Buffer.from('{"a":[1]}').toString("base64url")}`, "x"])(
    "that is none is refused: %s",
    async (cursor) => {
      await using box = await watched();
      expect(() => box.connector.mailbox.watch("inbox", { cursor })).toThrow(
        expect.objectContaining({ code: "invalid_argument" }),
      );
    },
  );
});

describe("a watch of several folders, and of a server that does not tell", () => {
  it.each(SERVERS)("listens to the first and looks at the others (%s)", async (kind) => {
    serverIs(kind);
    await using box = await watched(1);
    const follower = new Follower(box.connector, ["inbox", "Junk", "sent"], { pollMs: 100, known: [["INBOX/1", []]] });
    await follower.watching();
    box.deliver("a", "Junk");
    await follower.until(() => follower.mails.has("Junk/1"));
    box.deliver("b");
    box.deliver("c", "Sent");
    await follower.until(() => follower.mails.has("INBOX/2") && follower.mails.has("Sent/1"));
    box.flag(1, ["\\Seen"], "Junk");
    box.flag(1, ["\\Seen"]);
    await follower.until(
      () => follower.mails.get("Junk/1")?.length === 1 && follower.mails.get("INBOX/1")?.length === 1,
    );
    box.remove([1], "Sent");
    await follower.until(() => !follower.mails.has("Sent/1"));
    expect(follower.mails).toEqual(truth(box.mock, ["INBOX", "Junk", "Sent"]));
    await follower.stop();
  });

  /** Nothing is looked at within this test, unless something else asks for it. */
  const NEVER = 24 * 3_600_000;

  it.each(SERVERS)("is told of the others where the server has NOTIFY (%s)", async (kind) => {
    serverIs(kind);
    await using box = await watched(1);
    box.deliver("before", "Junk");
    const known: [string, string[]][] = [
      ["INBOX/1", []],
      ["Junk/1", []],
    ];
    const follower = new Follower(box.connector, ["inbox", "Junk", "sent"], { pollMs: NEVER, known });
    await follower.watching();
    box.deliver("a", "Junk");
    await follower.until(() => follower.mails.has("Junk/2"));
    box.deliver("b");
    box.deliver("c", "Sent");
    await follower.until(() => follower.mails.has("INBOX/2") && follower.mails.has("Sent/1"));
    box.remove([1], "Junk");
    await follower.until(() => !follower.mails.has("Junk/1"));
    if (kind !== "neither") {
      box.flag(1, ["\\Flagged"], "Sent");
      await follower.until(() => follower.mails.get("Sent/1")?.length === 1);
    }
    expect(follower.mails).toEqual(truth(box.mock, ["INBOX", "Junk", "Sent"]));
    // And after a new session as well.
    box.line.cut();
    box.deliver("d", "Junk");
    await follower.until(() => follower.mails.has("Junk/3"));
    await follower.watching(2);
    box.deliver("e", "Junk");
    await follower.until(() => follower.mails.has("Junk/4"));
    await follower.stop();
  });

  it("looks at the others where the server has no NOTIFY, or refuses it", async () => {
    for (const how of ["no NOTIFY", "refused"] as const) {
      if (how === "no NOTIFY") serverIs(how);
      await using box = await watched();
      if (how === "refused")
        vi.spyOn(ImapSession.prototype, "notifying").mockImplementation((folders) => {
          if (folders.length > 0) throw new Refusal("Not today");
        });
      const follower = new Follower(box.connector, ["inbox", "Junk"], { pollMs: 100 });
      await follower.watching();
      box.deliver("a", "Junk");
      await follower.until(() => follower.mails.has("Junk/1"));
      const asked = box.mock.observations.filter((one) => JSON.stringify(one).includes("STATUS Junk"));
      expect(asked.length).toBeGreaterThan(0);
      await follower.stop();
    }
  });

  it("looks at the others once the server stops to tell (NOTIFICATIONOVERFLOW)", async () => {
    await using box = await watched();
    const follower = new Follower(box.connector, ["inbox", "Junk"], { pollMs: 200 });
    await follower.watching();
    vi.spyOn(ImapSession.prototype, "tell").mockImplementation(function (this: ImapSession) {
      if (this.busy) this.untagged("* OK [NOTIFICATIONOVERFLOW] Too much happens");
      this.notifying([]);
    });
    box.deliver("a", "Junk");
    await follower.until(() => follower.mails.has("Junk/1"));
    box.deliver("b", "Junk");
    await follower.until(() => follower.mails.has("Junk/2"));
    await follower.stop();
  });

  it("asks a server without IDLE every so often", async () => {
    serverIs("no IDLE");
    await using box = await watched();
    const follower = new Follower(box.connector, "inbox", { pollMs: 100 });
    await follower.watching();
    box.deliver();
    await follower.until(() => follower.told.includes("new 1"));
    await follower.stop();
  });

  it("reads nothing ahead of a slow reader", async () => {
    await using box = await watched();
    let open: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    const follower = new Follower(box.connector, "inbox", { each: () => held });
    await follower.watching();
    for (let made = 0; made < 120; made += 1) box.deliver();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const pages = box.mock.observations.filter((seen) => /"client".*BODYSTRUCTURE/.test(JSON.stringify(seen)));
    expect(pages).toHaveLength(1);
    open();
    await follower.until(() => follower.mails.size === 120);
    await follower.stop();
  });
});

function replay(known: Iterable<[string, string[]]>, events: readonly MailEvent[]): Map<string, string[]> {
  const mails = new Map(known);
  for (const event of events) {
    if (event.type === "reset") continue;
    const key = `${event.folder}/${event.uid}`;
    if (event.type === "gone") mails.delete(key);
    else mails.set(key, event.type === "new" ? event.mail.flags : event.flags);
  }
  return mails;
}
