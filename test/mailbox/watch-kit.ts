import { expect, vi } from "vitest";
import {
  type Connector,
  createConnector,
  type MailEvent,
  type WatchOptions,
  type WatchStatus,
} from "../../src/index.js";
import { ImapSession } from "../../src/mock/imap/session.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, QUICK } from "../sending/kit.js";
import { CutProxy } from "../tools/cut-proxy.js";

/** What a server offers to who wants to know what changed. */
export const SERVERS = ["QRESYNC", "CONDSTORE", "neither"] as const;
export type ServerKind = (typeof SERVERS)[number] | "no IDLE" | "no NOTIFY";

/** From now on the mock is such a server. */
export function serverIs(kind: ServerKind): void {
  const off: Record<ServerKind, string[]> = {
    QRESYNC: [],
    CONDSTORE: ["QRESYNC"],
    neither: ["QRESYNC", "CONDSTORE"],
    "no IDLE": ["IDLE"],
    "no NOTIFY": ["NOTIFY"],
  };
  const offers = ImapSession.prototype.offers;
  vi.spyOn(ImapSession.prototype, "offers").mockImplementation(function (this: ImapSession, name) {
    return (
      !off[kind].includes(name) &&
      (name !== "QRESYNC" || kind === "QRESYNC" || kind.startsWith("no ")) &&
      offers.call(this, name)
    );
  });
}

export interface Watched extends AsyncDisposable {
  mock: MockMedimail;
  line: CutProxy;
  connector: Connector;
  deliver(subject?: string, folder?: string): number;
  remove(uids: number[], folder?: string): void;
  flag(uid: number, flags: string[], folder?: string): void;
}

/** A doctor's mailbox over a line that can be cut. */
export async function watched(count = 0): Promise<Watched> {
  const mock = await startMockMedimail();
  const line = await new CutProxy(mock.imap.port).start();
  const config = await configOf(mock, DOCTOR);
  const operator = config["operator"] as { imap: { host: string; port: number } };
  const connector = createConnector(
    { ...config, operator: { ...operator, imap: { ...operator.imap, port: line.port } } },
    { ...QUICK, delivery: "manual" },
  );
  const folderOf = (name = "INBOX") => {
    const found = mock.mailbox(DOCTOR).folder(name);
    if (!found) throw new Error("no such folder");
    return found;
  };
  const box: Watched = {
    mock,
    line,
    connector,
    deliver(subject = "Essai", folder = "INBOX") {
      const raw = `From: Labo <labo@ch-exemple.mssante.fr>\r\nTo: ${DOCTOR}\r\nSubject: ${subject}\r\nMessage-ID: <${Math.random()}@test>\r\n\r\nBonjour\r\n`;
      return mock.mailbox(DOCTOR).deliver(raw, { folder }).uid;
    },
    remove(uids, folder) {
      const from = folderOf(folder);
      from.remove(from.messages.filter(({ uid }) => uids.includes(uid)));
    },
    flag(uid, flags, folder) {
      folderOf(folder)
        .messages.find((message) => message.uid === uid)
        ?.setFlags("set", flags);
    },
    async [Symbol.asyncDispose]() {
      await connector.close();
      await line[Symbol.asyncDispose]();
      await mock.close();
      vi.restoreAllMocks();
    },
  };
  for (let made = 0; made < count; made += 1) box.deliver();
  return box;
}

/** Reads a watch in the background, and keeps what its events add up to; an event that contradicts them is an error. */
export class Follower {
  readonly events: MailEvent[] = [];
  readonly mails = new Map<string, string[]>();
  readonly statuses: WatchStatus["state"][] = [];
  cursor: string | undefined;
  readonly ended: Promise<unknown>;
  #stop = new AbortController();
  #changed: (() => void)[] = [];

  constructor(
    connector: Connector,
    folders: string | string[] = "inbox",
    options: WatchOptions & { known?: Iterable<[string, string[]]>; each?: (event: MailEvent) => Promise<void> } = {},
  ) {
    const { known = [], each, ...watch } = options;
    for (const [key, flags] of known) this.mails.set(key, flags);
    this.cursor = options.cursor;
    this.ended = this.#read(connector, folders, watch, each).then(
      () => undefined,
      (error: unknown) => error,
    );
    void this.ended.then(() => this.#wake());
  }

  async #read(
    connector: Connector,
    folders: string | string[],
    options: WatchOptions,
    each?: (event: MailEvent) => Promise<void>,
  ) {
    const events = connector.mailbox.watch(folders, {
      ...options,
      signal: this.#stop.signal,
      onStatus: (status) => {
        this.statuses.push(status.state);
        if (status.state === "watching") this.cursor = status.cursor;
        options.onStatus?.(status);
        this.#wake();
      },
    });
    for await (const event of events) {
      await each?.(event);
      this.apply(event);
      this.cursor = event.cursor;
      this.#wake();
    }
  }

  apply(event: MailEvent): void {
    this.events.push(event);
    if (event.type === "reset") {
      for (const key of [...this.mails.keys()]) if (key.startsWith(`${event.folder}/`)) this.mails.delete(key);
      return;
    }
    const key = `${event.folder}/${event.uid}`;
    const known = this.mails.has(key);
    if (event.type === "new" ? known : !known)
      throw new Error(`${event.type} of ${key}, which is ${known ? "" : "un"}known`);
    if (event.type === "gone") this.mails.delete(key);
    else this.mails.set(key, [...(event.type === "new" ? event.mail.flags : event.flags)].sort());
  }

  #wake(): void {
    for (const wake of this.#changed.splice(0)) wake();
  }

  /** Resolves once it holds; throws after `ms`, or with the watch's own error. */
  async until(holds: () => boolean, ms = 8_000): Promise<void> {
    const end = Date.now() + ms;
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    while (!holds()) {
      if (over) throw ((await this.ended) as Error | undefined) ?? new Error("the watch has ended");
      if (Date.now() > end)
        throw new Error(`not within ${ms} ms: ${JSON.stringify(this.events.map(({ type }) => type))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#changed.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  watching(times = 1): Promise<void> {
    return this.until(() => this.statuses.filter((state) => state === "watching").length >= times);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    expect(await this.ended).toBeUndefined();
  }

  get told(): string[] {
    return this.events.map((event) => (event.type === "reset" ? "reset" : `${event.type} ${event.uid}`));
  }
}

/** What the mock's folder is now, as a follower should know it. */
export function truth(mock: MockMedimail, folders: readonly string[] = ["INBOX"]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of folders)
    for (const { uid, flags } of mock.mailbox(DOCTOR).messages(name)) found.set(`${name}/${uid}`, [...flags].sort());
  return found;
}
