import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import type { IncomingDocument, IntegrateOptions, IntegrationHooks } from "../../src/mailbox/index.js";
import { composeDsn, composeKo, composeMdn } from "../../src/message/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { frameOf, inboxOf, openCore } from "../../src/wiring/index.js";
import { packXdm } from "../../src/xdm/index.js";
import { configOf, DOCTOR } from "../sending/kit.js";
import { bundle } from "../tools/bundle.js";
import { cdaOf } from "../tools/documents.js";
import { mailOf, TEXT } from "./open-kit.js";

const SOFTWARE = { name: "Essai", version: "1" };

async function mailWith(
  serials: readonly number[],
  action: "create" | "replace" | "delete" = "create",
): Promise<string> {
  const documents = serials.map((serial) => ({
    content: cdaOf(serial, undefined, { setId: `1.2.250.1.999.1.1.7^S${serial}` }),
  }));
  const { zip } = await packXdm({ documents, action, software: SOFTWARE });
  return mailOf([TEXT, { type: "application/zip", name: "IHE_XDM.ZIP", content: zip }]);
}

const D = (serial: number) => `1.2.250.1.999.1.1.7^D${serial}`;

async function doctorsInbox(hooks: IntegrationHooks = {}) {
  const mock = await startMockMedimail();
  const frame = frameOf(parseConfig(await configOf(mock, DOCTOR)), {});
  const core = await openCore(frame);
  const inbox = inboxOf(
    frame,
    async () => core,
    () => hooks,
  );
  const handed: string[] = [];
  return {
    mock,
    inbox,
    handed,
    deliver: (raw: string) => mock.mailbox(DOCTOR).deliver(Buffer.from(raw, "latin1")),
    /** One look, until nothing is due. */
    run: (
      handler: (incoming: IncomingDocument) => void | Promise<void> = () => {},
      options: Partial<IntegrateOptions> = {},
    ) =>
      inbox.integrate(
        (incoming) => {
          handed.push(`${incoming.document.uniqueId} ${incoming.document.action}`);
          return handler(incoming);
        },
        { signal: new AbortController().signal, once: true, backoff: { minMs: 1, maxMs: 1 }, ...options },
      ),
    async [Symbol.asyncDispose]() {
      await core.operator.close();
      await core.store.close();
      await mock.close();
    },
  };
}

describe("documents taken in unattended", () => {
  it("hands each document once, in the order of arrival, then answers and files its mail once", async () => {
    const finished: string[] = [];
    await using box = await doctorsInbox({
      sendReceipt: async ({ uid }, outcome) => void finished.push(`receipt ${uid} ${outcome}`),
      file: async ({ uid }) => void finished.push(`file ${uid}`),
    });
    box.deliver(await mailWith([1, 2]));
    box.deliver(mailOf([TEXT]));
    box.deliver(await mailWith([3]));
    await box.run();
    await box.run();
    expect(box.handed).toEqual([`${D(1)} create`, `${D(2)} create`, `${D(3)} create`]);
    expect(finished).toEqual(["receipt 1 integrated", "file 1", "receipt 3 integrated", "file 3"]);
    box.deliver(await mailWith([4]));
    await box.run();
    expect(box.handed.at(-1)).toBe(`${D(4)} create`);
    expect((await box.inbox.list({ state: "integrated" })).map(({ uniqueId }) => uniqueId)).toEqual(
      [4, 3, 2, 1].map(D),
    );
  });

  it("hands a document that comes in a second mail no second time, but its deletion", async () => {
    await using box = await doctorsInbox();
    box.deliver(await mailWith([1]));
    box.deliver(await mailWith([1]));
    box.deliver(await mailWith([1], "delete"));
    await box.run();
    expect(box.handed).toEqual([`${D(1)} create`, `${D(1)} delete`]);
  });

  it("tries a document again that the software refuses, sets it aside, and hands it over when a person asks", async () => {
    const finished: string[] = [];
    await using box = await doctorsInbox({ file: async ({ uid }) => void finished.push(`file ${uid}`) });
    box.deliver(await mailWith([1, 2]));
    const failing = ({ document }: IncomingDocument) => {
      if (document.uniqueId === D(1)) throw new Error("MOREL Élodie is not in the record");
    };
    for (let look = 0; look < 5; look += 1) {
      await box.run(failing, { maxAttempts: 3 });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(box.handed.filter((one) => one.startsWith(`${D(1)} `))).toHaveLength(3);
    expect(box.handed.filter((one) => one.startsWith(`${D(2)} `))).toHaveLength(1);
    const [aside] = await box.inbox.list({ state: "aside" });
    expect(aside).toMatchObject({ uniqueId: D(1), attempts: 3, error: "handler_failed" });
    expect(JSON.stringify(aside)).not.toContain("MOREL");
    expect(finished).toEqual([]);
    expect(await box.inbox.retry(aside?.id ?? 0)).toBe(true);
    expect(await box.inbox.retry(999)).toBe(false);
    await box.run();
    expect(finished).toEqual(["file 1"]);
    expect(await box.inbox.list({ state: "aside" })).toEqual([]);
  });

  it("takes in none of the documents that a report gives back: they are those that the box sent itself", async () => {
    const finished: string[] = [];
    await using box = await doctorsInbox({ file: async ({ uid }) => void finished.push(`file ${uid}`) });
    const own = Buffer.from(await mailWith([1]), "latin1");
    const report = { from: { address: "labo@ch-exemple.mssante.fr" }, to: DOCTOR, date: new Date(), original: own };
    const error = { code: "902" };
    const mdn = { ...report, finalRecipient: report.from.address, disposition: "processed" as const, automatic: true };
    const content = zipSync({ "IHE_XDM/A": Buffer.from("x") });
    const recipients = [{ address: report.from.address, action: "failed" as const, status: "5.1.1" }];
    for (const raw of [
      composeMdn({ ...mdn, messageId: "r1@x.fr", error }),
      composeMdn({ ...mdn, messageId: "r2@x.fr" }),
      composeKo({
        ...report,
        messageId: "r3@x.fr",
        error,
        attachments: [{ name: "IHE_XDM.ZIP", mimeType: "application/zip", content }],
      }),
      composeDsn({ ...report, messageId: "r4@x.fr", reportingMta: "mx.x.fr", ret: "FULL", recipients }),
    ])
      box.deliver(Buffer.from(raw).toString("latin1"));
    box.deliver(await mailWith([2]));
    await box.run();
    expect(box.handed).toEqual([`${D(2)} create`]);
    expect(finished).toEqual(["file 5"]);
  });

  it("tries a receipt again that could not be sent, without handing the document over again", async () => {
    let tries = 0;
    await using box = await doctorsInbox({
      sendReceipt: async () => {
        tries += 1;
        if (tries < 3) throw new Error("no");
      },
    });
    box.deliver(await mailWith([1]));
    for (let look = 0; look < 4; look += 1) {
      await box.run();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect([box.handed.length, tries]).toEqual([1, 3]);
  });

  it("hands over what comes in while many others, which cannot be answered, are tried again and again", async () => {
    await using box = await doctorsInbox({
      sendReceipt: async () => {
        throw new Error("no");
      },
    });
    for (let serial = 1; serial <= 21; serial += 1) box.deliver(await mailWith([serial]));
    const late = await mailWith([22]);
    const stop = new AbortController();
    await box.run(
      ({ document }) => {
        if (document.uniqueId === D(22)) stop.abort();
        if (document.uniqueId === D(21)) box.deliver(late);
      },
      { once: false, pollMs: 20, signal: stop.signal },
    );
    expect(box.handed).toContain(`${D(22)} create`);
  });

  it("sets aside what is damaged without handing it over, and tells of a mail of which nothing can be read", async () => {
    const unreadable: string[] = [];
    await using box = await doctorsInbox({
      unreadable: async ({ uid }, problems) => void unreadable.push(`${uid} ${problems[0]?.code}`),
    });
    const { zip } = await packXdm({ documents: [{ content: cdaOf(1) }], software: SOFTWARE });
    const { openXdm } = await import("../../src/xdm/index.js");
    const opened = await openXdm(zip);
    const files = [...opened.documents, ...opened.otherFiles].map(({ path, content }) => [path, content] as const);
    const damaged = Object.fromEntries(
      files.map(([path, content]) => [
        path,
        /DOC/.test(path)
          ? Buffer.from(String(Buffer.from(content ?? [])).replace("Compte", "Comp te"))
          : (content ?? new Uint8Array()),
      ]),
    );
    box.deliver(mailOf([{ type: "application/zip", name: "IHE_XDM.ZIP", content: zipSync(damaged) }]));
    box.deliver(mailOf([{ type: "application/zip", name: "IHE_XDM.ZIP", content: Buffer.from("PK broken") }]));
    await box.run();
    expect(box.handed).toEqual([]);
    expect(await box.inbox.list({ state: "aside" })).toMatchObject([{ uniqueId: D(1), error: "xdm_document_invalid" }]);
    expect(unreadable).toEqual(["2 archive_invalid"]);
  });

  it("stops after the document in hand, and gives the others back untried", async () => {
    await using box = await doctorsInbox();
    box.deliver(await mailWith([1, 2, 3]));
    const stop = new AbortController();
    await box.run(() => stop.abort(), { signal: stop.signal });
    expect(box.handed).toEqual([`${D(1)} create`]);
    expect(await box.inbox.list({ state: "waiting" })).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
    await box.run();
    expect(box.handed).toHaveLength(3);
  });

  it("begins at the day that it is told to, the first time", async () => {
    await using box = await doctorsInbox();
    box.mock
      .mailbox(DOCTOR)
      .deliver(Buffer.from(await mailWith([1]), "latin1"), { date: new Date("2020-01-01T12:00:00Z") });
    box.deliver(await mailWith([2]));
    await box.run(undefined, { since: new Date(Date.now() - 2 * 86_400_000) });
    expect(box.handed).toEqual([`${D(2)} create`]);
  });
});

describe("a process that is killed (SIGKILL) while it takes documents in", () => {
  const folder = mkdtempSync(join(tmpdir(), "medimail-inbox-"));
  let worker: string;
  beforeAll(async () => {
    worker = await bundle(join(import.meta.dirname, "integrate-worker.ts"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(worker, { force: true });
  });

  it("loses no document: what it held is handed over again, and what it had answered never", {
    timeout: 120_000,
  }, async () => {
    await using mock = await startMockMedimail();
    const config = await configOf(mock, DOCTOR, { outbox: { store: "sqlite", path: join(folder, "inbox.db") } });
    for (let serial = 1; serial <= 12; serial += 1)
      mock.mailbox(DOCTOR).deliver(Buffer.from(await mailWith([serial]), "latin1"));
    const journal = join(folder, "journal.txt");
    const run = (dieAt: number): Promise<NodeJS.Signals | null> => {
      const child = spawn(process.execPath, [worker, JSON.stringify({ config, journal, dieAt })], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      return new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
    };
    for (const dieAt of [1, 3, 2]) expect(await run(dieAt)).toBe("SIGKILL");
    expect(await run(0)).toBeNull();
    expect(await run(0)).toBeNull();
    const lines = readFileSync(journal, "utf8").trim().split("\n");
    const ids = lines.map((line) => line.split(" ")[0]);
    expect(new Set(ids)).toEqual(new Set(Array.from({ length: 12 }, (_, index) => D(index + 1))));
    // Each death leaves one document that was handed over and not answered.
    expect(lines).toHaveLength(12 + 3);
    expect(lines.filter((line) => line.endsWith(" 2"))).toHaveLength(3);
  });
});
