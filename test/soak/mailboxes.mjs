// Mode 2 of the soak: a mailbox that is watched, and used as a person uses it; and one whose documents are taken in unattended.
import { createConnector } from "medimail-connector";
import { act, calm, chance, failed, life, logger, pick, sleep, tell } from "./kit.mjs";

const WATCHED = ["inbox", "Sent", "Trash", "Dossiers"];

/** A mailbox as its watch tells it: which mails are there. Each thing that cannot be is told. */
class Mirror {
  folders = new Map();
  #box;
  constructor(box) {
    this.#box = box;
  }

  of(folder, uidValidity) {
    const known = this.folders.get(folder) ?? { uidValidity, mails: new Map() };
    this.folders.set(folder, known);
    if (known.uidValidity !== uidValidity) this.wrong(`${folder}: UIDVALIDITY without reset`);
    return known.mails;
  }

  wrong(what) {
    tell({ note: "mirror", box: this.#box, what });
  }

  take(event) {
    const { type, folder, uidValidity, uid } = event;
    if (type === "reset") {
      this.folders.set(folder, { uidValidity, mails: new Map() });
      return;
    }
    const mails = this.of(folder, uidValidity);
    if (type === "new") {
      if (mails.has(uid)) this.wrong(`${folder}: ${uid} told twice as new`);
      mails.set(uid, flagsOf(event.mail.flags));
    } else if (!mails.has(uid)) this.wrong(`${folder}: ${type} of ${uid}, which was never told`);
    else if (type === "gone") mails.delete(uid);
    else mails.set(uid, flagsOf(event.flags));
  }
}
const flagsOf = (flags) =>
  [...flags]
    .filter((flag) => flag !== "\\Recent")
    .map((flag) => flag.toLowerCase())
    .sort()
    .join(" ");

export function watchedBox({ name, config, options, answerTo, world }) {
  const connector = createConnector(config, {
    logger,
    delivery: "auto",
    receiptPollMs: 30_000,
    contentRetentionMs: 60_000,
    ...options,
  });
  const { mailbox } = connector;
  const mirror = new Mirror(name);
  let cursor;
  let watching = false;
  /** When it last said that it watches, or told something. */
  let heard = Date.now();
  const state = { name, connector, quietFor: () => (watching ? 0 : Date.now() - heard), ended: 0 };
  let told = 0;
  // What is there before is never told: no mail is sent until all watch.
  let begun = () => {};
  state.begun = new Promise((resolve) => {
    begun = resolve;
  });

  async function watch() {
    await mailbox.createFolder("Dossiers", { signal: life.signal }).catch(() => {});
    while (!life.signal.aborted) {
      try {
        const events = mailbox.watch(WATCHED, {
          signal: life.signal,
          ...(cursor ? { cursor } : {}),
          probeMs: 15_000,
          pollMs: 10_000,
          onStatus(status) {
            if (watching || status.state === "watching") heard = Date.now();
            watching = status.state === "watching";
            if (watching && !cursor) cursor = status.cursor;
            if (watching) begun();
            if (status.error) failed(`watch interrupted ${world}`, status.error);
          },
        });
        for await (const event of events) {
          mirror.take(event);
          if (event.type === "new") {
            tell({
              note: "new",
              box: name,
              folder: event.folder,
              messageId: event.mail.messageId,
              rebuilt: event.rebuilt,
            });
            told += 1;
          }
          cursor = event.cursor;
          // The software restarts now and then, and goes on from the cursor that it kept.
          if (chance(0.001)) break;
        }
      } catch (error) {
        failed(`watch ended ${world}`, error);
      }
      watching = false;
      state.ended += 1;
      await sleep(1_000);
    }
  }

  const acts = {
    folders: (signal) => mailbox.folders({ signal }),
    list: (signal) => mailbox.list({ signal }).toArray({ limit: 60 }),
    search: (signal) =>
      mailbox
        .search(pick([{ text: "liaison" }, { seen: false }, { from: "lab" }]), { signal, allFolders: chance(0.3) })
        .toArray({ limit: 20 }),
    async read(signal, mail) {
      const { attachments } = await mailbox.get(mail, { signal });
      await mailbox.body(mail, { signal });
      for (const { part } of attachments) {
        const { content } = await mailbox.attachment(mail, part, { signal });
        for await (const piece of content) if (chance(0.2) || piece.length === 0) break;
      }
    },
    open: async (signal, mail) => {
      const { documents } = await mailbox.open(mail, { remember: chance(0.5), signal });
      for (const document of documents) await document.html?.();
    },
    thread: (signal, mail) => mailbox.thread(mail, { signal }),
    flag: (signal, mail) => mailbox.flag(mail, { seen: chance(0.5), flagged: chance(0.5), signal }),
    async move(signal, mail) {
      tell({ note: "acted", box: name, messageId: mail.messageId });
      const moved = await mailbox.move(mail, pick(["Dossiers", "trash"]), { signal });
      if (chance(0.3)) await mailbox.undo(moved, { signal });
    },
    async copy(signal, mail) {
      tell({ note: "acted", box: name, messageId: mail.messageId });
      await mailbox.copy(mail, "Dossiers", { signal });
    },
    async delete(signal, mail) {
      tell({ note: "acted", box: name, messageId: mail.messageId });
      await mailbox.delete(mail, { permanently: chance(0.3), signal });
    },
    async reply(signal, mail) {
      const answer = await mailbox.reply(mail, {
        text: "Bien reçu.",
        idempotencyKey: `${name} ${mail.messageId}`,
        signal,
      });
      tell({ note: "submitted", tenant: name, id: answer.id, mails: answer.messageIds });
    },
    async forward(signal, mail) {
      const sent = await mailbox.forward(mail, {
        to: [answerTo],
        idempotencyKey: `${name} f ${mail.messageId}`,
        signal,
      });
      tell({ note: "submitted", tenant: name, id: sent.id, mails: sent.messageIds });
    },
    async receipt(signal, mail) {
      const sent = await mailbox.receipt(mail, { disposition: "displayed", confirmed: true, signal });
      tell({ note: "submitted", tenant: name, id: sent.id, mails: sent.messageIds });
    },
    async draft(signal) {
      const saved = await mailbox.drafts.save({ subject: "Brouillon", text: "…", to: [answerTo] }, { signal });
      await mailbox.drafts.open(saved, { signal });
      if (chance(0.3)) {
        const sent = await mailbox.drafts.send(saved, { signal });
        tell({ note: "submitted", tenant: name, id: sent.id, mails: sent.messageIds });
      } else await mailbox.delete(saved, { permanently: true, signal });
    },
    async folder(signal) {
      const path = await mailbox.createFolder(`Essai ${Math.floor(Math.random() * 1e9)}`, { signal });
      await mailbox.deleteFolder(await mailbox.renameFolder(path, `${path} bis`, { signal }), {
        signal,
        withMails: true,
      });
    },
    quota: (signal) => mailbox.quota({ signal }),
  };

  async function use(everyMs) {
    while (!calm.now) {
      const what = pick(Object.keys(acts));
      const [mail] =
        acts[what].length > 1
          ? ((await act(`list ${world}`, (signal) => mailbox.list({ signal }).toArray({ limit: 20 }))) ?? []).sort(
              () => Math.random() - 0.5,
            )
          : [];
      if (acts[what].length < 2 || mail) await act(`${what} ${world}`, (signal) => acts[what](signal, mail));
      await sleep(everyMs * (0.5 + Math.random()));
    }
  }

  return Object.assign(state, {
    watch,
    use,
    told: () => told,
    /** What the server has, beside what the watch said. */
    async report() {
      for (const folder of WATCHED) {
        const mails = await mailbox.list({ folder }).toArray({ limit: 100_000 });
        const there = new Map(mails.map(({ uid, flags }) => [uid, flagsOf(flags)]));
        const path = folder === "inbox" ? "INBOX" : folder;
        const known = mirror.folders.get(path)?.mails ?? new Map();
        for (const [uid, flags] of there)
          if (!known.has(uid)) mirror.wrong(`${path}: ${uid} was never told`);
          else if (known.get(uid) !== flags) mirror.wrong(`${path}: ${uid} has ${flags}, told ${known.get(uid)}`);
        for (const uid of known.keys()) if (!there.has(uid)) mirror.wrong(`${path}: the end of ${uid} was never told`);
      }
    },
  });
}

/** A mailbox whose documents the software takes in by itself; its handler fails at times. */
export function unattendedBox({ name, config, options }) {
  const connector = createConnector(config, { logger, receiptPollMs: 30_000, contentRetentionMs: 60_000, ...options });
  return {
    name,
    connector,
    async run() {
      const handler = async ({ document, mail }) => {
        if (chance(0.05)) throw new Error("the software's base is locked");
        await sleep(10);
        tell({ note: "integrated", box: name, uniqueId: document.uniqueId, messageId: mail.messageId });
      };
      while (!life.signal.aborted) {
        try {
          await connector.mailbox.createFolder("Dossiers", { signal: life.signal }).catch(() => {});
          await connector.inbox.integrate(handler, {
            signal: life.signal,
            pollMs: 5_000,
            receipts: true,
            fileTo: "Dossiers",
            backoff: { minMs: 1_000, maxMs: 10_000 },
          });
        } catch (error) {
          failed("integrate ended", error);
        }
        await sleep(1_000);
      }
    },
    async report() {
      const entries = await connector.inbox.list({ limit: 100_000 });
      for (const { uniqueId, state, error } of entries) tell({ note: "entry", box: name, uniqueId, state, error });
    },
  };
}
