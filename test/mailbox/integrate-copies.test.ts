import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import type { IncomingDocument, IntegrationHooks } from "../../src/mailbox/index.js";
import { createMailboxOpener } from "../../src/mailbox/opener.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { frameOf, inboxOf, openCore } from "../../src/wiring/index.js";
import { openXdm, packXdm } from "../../src/xdm/index.js";
import { configOf, DOCTOR } from "../sending/kit.js";
import { cdaOf } from "../tools/documents.js";
import { mailOf, TEXT } from "./open-kit.js";

const SOFTWARE = { name: "Essai", version: "1" };
const D = (serial: number) => `1.2.250.1.999.1.1.7^D${serial}`;

async function archive(...contents: Uint8Array[]): Promise<Uint8Array> {
  const { zip } = await packXdm({ documents: contents.map((content) => ({ content })), software: SOFTWARE });
  return zip;
}

/** The archive with other bytes in its document than the metadata say. */
async function damaged(zip: Uint8Array): Promise<Uint8Array> {
  const { documents, otherFiles } = await openXdm(zip);
  const cdas = documents.map(({ path, content }) => [path, changed(content ?? new Uint8Array())]);
  const others = otherFiles.map(({ path, content }) => [path, content ?? new Uint8Array()]);
  return zipSync(Object.fromEntries([...cdas, ...others]) as Record<string, Uint8Array>);
}

/** The same document to whoever looks at its id, with other bytes. */
const changed = (cda: Uint8Array): Uint8Array => Buffer.concat([cda, Buffer.from("<!-- other -->")]);

const mailed = (zip: Uint8Array): string =>
  mailOf([TEXT, { type: "application/zip", name: "IHE_XDM.ZIP", content: zip }]);

/** @param broken UIDs of mails whose parts end their reader with an error that is none of ours */
async function box(hooks: IntegrationHooks = {}, broken: readonly number[] = []) {
  const mock = await startMockMedimail();
  const frame = frameOf(parseConfig(await configOf(mock, DOCTOR)), {});
  const core = await openCore(frame);
  const finished: string[] = [];
  const { imap } = core.operator;
  const operator = {
    ...core.operator,
    requireAuthorities: () => core.operator.requireAuthorities(),
    imap: {
      ...imap,
      part: (options: Parameters<typeof imap.part>[0]) => {
        it.beforePart(options.uid);
        if (broken.includes(options.uid)) throw new RangeError("Invalid array length");
        return imap.part(options);
      },
    },
  };
  const inbox = inboxOf(
    frame,
    async () => ({ ...core, operator }),
    () => ({
      sendReceipt: async ({ uid }, outcome) => void finished.push(`receipt ${uid} ${outcome}`),
      file: async ({ uid }) => void finished.push(`file ${uid}`),
      ...hooks,
    }),
  );
  const handed: string[] = [];
  const it = {
    beforePart: (_uid: number): void => {},
    /** What the server was asked. */
    asked: () => mock.observations.map((one) => JSON.stringify(one)).filter((line) => line.includes('"client"')),
    remove(uid: number): void {
      const folder = mock.mailbox(DOCTOR).folder("INBOX");
      folder?.remove(folder.messages.filter((message) => message.uid === uid));
    },
    inbox,
    finished,
    handed,
    opener: createMailboxOpener({
      imap: async () => core.operator.imap,
      inbox: async () => core.inbox,
      scope: { tenant: frame.tenant, mailbox: frame.mailbox },
      now: () => Date.now(),
    }),
    deliver: (raw: string) => mock.mailbox(DOCTOR).deliver(Buffer.from(raw, "latin1")),
    run: (handler: (incoming: IncomingDocument) => void = () => {}, maxAttempts = 8) =>
      inbox.integrate(
        (incoming) => {
          handed.push(incoming.document.uniqueId ?? "");
          handler(incoming);
        },
        { signal: new AbortController().signal, once: true, backoff: { minMs: 1, maxMs: 1 }, maxAttempts },
      ),
    async [Symbol.asyncDispose]() {
      await core.operator.close();
      await core.store.close();
      await mock.close();
    },
  };
  return it;
}

describe("a document that comes again", () => {
  it("is handed over once, and each mail that brings it is answered and filed", async () => {
    await using it = await box();
    const zip = await archive(cdaOf(1));
    it.deliver(mailed(zip));
    it.deliver(mailed(zip));
    await it.run();
    await it.run();
    it.deliver(mailed(zip));
    await it.run();
    await it.run();
    expect(it.handed).toEqual([D(1)]);
    expect(it.finished).toEqual([1, 2, 3].flatMap((uid) => [`receipt ${uid} integrated`, `file ${uid}`]));
  });

  it("keeps the second mail unanswered as long as the software has not taken the first one's", async () => {
    await using it = await box();
    it.deliver(mailed(await archive(cdaOf(1))));
    it.deliver(mailed(await archive(cdaOf(1), cdaOf(2))));
    const failing = ({ document }: IncomingDocument) => {
      if (document.uniqueId === D(1)) throw new Error("no");
    };
    await it.run(failing, 1);
    await it.run(failing, 1);
    expect(it.finished).toEqual([]);
    const [aside] = await it.inbox.list({ state: "aside" });
    await it.inbox.retry(aside?.id ?? 0);
    await it.run();
    await it.run();
    expect(it.finished.sort()).toEqual(["file 1", "file 2", "receipt 1 integrated", "receipt 2 integrated"]);
    expect(it.handed.filter((id) => id === D(2))).toHaveLength(1);
  });

  it("damaged twice and then whole answers for the whole one only", async () => {
    await using it = await box();
    const zip = await archive(cdaOf(1));
    it.deliver(mailed(await damaged(zip)));
    it.deliver(mailed(await damaged(zip)));
    it.deliver(mailed(zip));
    await it.run();
    await it.run();
    expect(it.handed).toEqual([D(1)]);
    expect(it.finished).toEqual(["receipt 3 integrated", "file 3"]);
  });

  it("after an archive that lacked its file is handed over", async () => {
    await using it = await box();
    const zip = await archive(cdaOf(1));
    const { otherFiles } = await openXdm(zip);
    const without = Object.fromEntries(otherFiles.map(({ path, content }) => [path, content ?? new Uint8Array()]));
    it.deliver(mailed(zipSync(without)));
    await it.run();
    it.deliver(mailed(zip));
    await it.run();
    expect(it.handed).toEqual([D(1)]);
    expect(it.finished).toEqual(["receipt 2 integrated", "file 2"]);
  });

  it("whole after a damaged copy is handed over, and the damaged one waits for nobody", async () => {
    await using it = await box();
    const zip = await archive(cdaOf(1));
    it.deliver(mailed(await damaged(zip)));
    await it.run();
    expect([it.handed, await it.inbox.list({ state: "aside" })]).toMatchObject([
      [],
      [{ error: "xdm_document_invalid" }],
    ]);
    it.deliver(mailed(zip));
    await it.run();
    expect(it.handed).toEqual([D(1)]);
    expect(it.finished).toEqual(["receipt 2 integrated", "file 2"]);
    expect(await it.inbox.list({ state: "aside" })).toEqual([]);
  });
});

describe("another document under the id of one that is known", () => {
  it("is set aside for a person, who can have it handed over", async () => {
    await using it = await box();
    it.deliver(mailed(await archive(cdaOf(1))));
    it.deliver(mailed(await archive(changed(cdaOf(1)))));
    await it.run();
    await it.run();
    expect(it.handed).toEqual([D(1)]);
    expect(it.finished).toEqual(["receipt 1 integrated", "file 1"]);
    const [aside] = await it.inbox.list({ state: "aside" });
    expect(aside).toMatchObject({ uniqueId: D(1), error: "idempotency_conflict" });
    await it.inbox.retry(aside?.id ?? 0);
    await it.run();
    expect(it.handed).toEqual([D(1), D(1)]);
  });

  it("is no duplicate when it is opened, but a problem; the same bytes are one", async () => {
    await using it = await box();
    const first = it.deliver(mailed(await archive(cdaOf(1))));
    const again = it.deliver(mailed(await archive(cdaOf(1))));
    const other = it.deliver(mailed(await archive(changed(cdaOf(1)))));
    await it.opener.open({ uid: first.uid }, { remember: true });
    const codes = (opened: { problems: { code: string }[] }) => opened.problems.map(({ code }) => code);
    const same = await it.opener.open({ uid: again.uid });
    expect(same.documents[0]?.seen).toBe("duplicate");
    expect(codes(same)).not.toContain("document_id_reused");
    const reused = await it.opener.open({ uid: other.uid });
    expect(reused.documents[0]?.seen).toBe("new");
    expect(codes(reused)).toContain("document_id_reused");
  });
});

describe("new mails", () => {
  it("are taken from the list, and looked at again only when they are filed", async () => {
    await using it = await box();
    for (const serial of [1, 2, 3]) it.deliver(mailed(await archive(cdaOf(serial))));
    await it.run();
    expect(it.handed).toEqual([D(1), D(2), D(3)]);
    const again = () => it.asked().filter((line) => /UID FETCH \d+ \(.*ENVELOPE/.test(line)).length;
    expect(it.finished).toHaveLength(6);
    expect(again()).toBeLessThanOrEqual(3);
  });

  it("that are gone when their turn comes are nobody's fault", async () => {
    const unreadable: number[] = [];
    await using it = await box({ unreadable: async ({ uid }) => void unreadable.push(uid) });
    it.deliver(mailed(await archive(cdaOf(1))));
    it.deliver(mailed(await archive(cdaOf(2))));
    it.beforePart = (uid) => {
      if (uid === 1) it.remove(2);
    };
    await it.run();
    expect(it.handed).toEqual([D(1)]);
    expect(unreadable).toEqual([]);
  });
});

describe("a mail that breaks its reader", () => {
  it("is told of, and holds up no other", async () => {
    const unreadable: string[] = [];
    const hook = async ({ uid }: { uid: number }, [problem]: readonly { code: string }[]) =>
      void unreadable.push(`${uid} ${problem?.code}`);
    await using it = await box({ unreadable: hook }, [1]);
    it.deliver(mailed(await archive(cdaOf(1))));
    it.deliver(mailed(await archive(cdaOf(2))));
    await it.run();
    await it.run();
    expect(it.handed).toEqual([D(2)]);
    expect(unreadable).toEqual(["1 mail_invalid"]);
  });
});
