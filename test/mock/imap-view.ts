import { factsOf } from "./imap-servers.js";
import type { RawClient } from "./kit.js";
import { mail } from "./kit.js";

interface Known {
  uid: number;
  flags: Set<string>;
}

/**
 * A client that believes only what it is told: numbers by EXISTS, EXPUNGE and VANISHED, flags by FETCH, and its own
 * HIGHESTMODSEQ by the rule of RFC 7162 §6. If a server tells it wrong, its picture is wrong.
 */
export class BelievingClient {
  readonly #client: RawClient;
  readonly #qresync: boolean;
  messages: (Known | undefined)[] = [];
  modseq = 0;
  validity = "";

  constructor(client: RawClient, qresync: boolean) {
    this.#client = client;
    this.#qresync = qresync;
  }

  get count(): number {
    return this.messages.length;
  }

  /** UID and flags of each message, as it believes. */
  get picture(): string[] {
    return this.messages.map((known) => (known ? `${known.uid} ${[...known.flags].sort().join(" ")}` : "?"));
  }

  async open(): Promise<void> {
    if (this.#qresync) await this.#command("ENABLE QRESYNC");
    this.messages = [];
    await this.#select("SELECT INBOX");
  }

  /** Opened anew from what it remembers: it must end with the true picture. */
  async reopen(): Promise<void> {
    const remembered = new Map(this.messages.flatMap((known) => (known ? [[known.uid, known.flags] as const] : [])));
    const validity = this.validity;
    const modseq = this.modseq;
    await this.#command("UNSELECT");
    const answer = await this.#client.imap(`SELECT INBOX (QRESYNC (${validity} ${modseq}))`);
    const { exists = 0, vanished, vanishedEarlier, fetched, codes } = factsOf(answer);
    for (const uid of expand(vanishedEarlier)) remembered.delete(uid);
    for (const { uid = 0, flags = [] } of fetched) remembered.set(uid, new Set(flags));
    this.messages = [...remembered].sort(([a], [b]) => a - b).map(([uid, flags]) => ({ uid, flags }));
    const opened = Number(/^\* (\d+) EXISTS$/m.exec(answer)?.[1]);
    if (this.count !== opened)
      throw new Error(`after QRESYNC ${this.count} messages, the server has ${opened}: ${answer}`);
    // What has happened while the folder was being opened.
    this.#vanish(new Set(expand(vanished)));
    while (this.count < exists) this.messages.push(undefined);
    this.modseq = Number(codes["HIGHESTMODSEQ"]);
    await this.#learn();
  }

  async append(id: string): Promise<void> {
    const raw = mail(id);
    await this.act(`APPEND INBOX {${raw.length}+}\r\n${raw}`);
  }

  /** Says a command and believes its answer. True where it is OK. */
  async act(command: string): Promise<boolean> {
    const ok = (await this.#command(command)) === "OK";
    await this.#learn();
    return ok;
  }

  /** STORE without an answer: the flags are its own, unless the server says more. */
  async storeSilently(number: number, change: "+" | "-", flag: string): Promise<void> {
    const known = this.messages[number - 1];
    if (change === "+") known?.flags.add(flag);
    else known?.flags.delete(flag);
    if ((await this.#command(`STORE ${number} ${change}FLAGS.SILENT (${flag})`)) !== "OK")
      await this.#command("UID FETCH 1:* (FLAGS)");
    await this.#learn();
  }

  /** Listens for a while. */
  async idle(ms: number): Promise<void> {
    this.#client.send("A1 IDLE\r\n");
    await this.#client.imapAnswer();
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#client.send("DONE\r\n");
    this.#believe(await this.#client.imapAnswer());
    await this.#learn();
  }

  /** What the server says when asked for all. */
  async truth(): Promise<string[]> {
    const { fetched } = factsOf(await this.#client.imap("UID FETCH 1:* (FLAGS)"));
    return fetched.filter(({ uid }) => uid !== undefined).map(({ uid, flags }) => `${uid} ${flags?.sort().join(" ")}`);
  }

  async #select(command: string): Promise<void> {
    const answer = await this.#client.imap(command);
    const { exists = 0, codes } = factsOf(answer);
    this.messages = new Array(exists).fill(undefined);
    this.modseq = Number(codes["HIGHESTMODSEQ"] ?? 0);
    this.validity = codes["UIDVALIDITY"] ?? "";
    await this.#learn();
  }

  async #command(command: string): Promise<string> {
    const answer = await this.#client.imap(command);
    this.#believe(answer);
    return factsOf(answer).result;
  }

  /** Asks for what it knows nothing of. By number: the server may not move them meanwhile. */
  async #learn(): Promise<void> {
    for (;;) {
      const first = this.messages.indexOf(undefined);
      if (first < 0) return;
      const command = `FETCH ${first + 1}:${this.count} (UID FLAGS${this.#qresync ? " MODSEQ" : ""})`;
      if ((await this.#command(command)) !== "OK") throw new Error(`it believes in ${this.count} messages, wrongly`);
    }
  }

  #believe(answer: string): void {
    for (const line of answer.split("\n")) this.#hear(line);
    const { codes, fetched } = factsOf(answer);
    if (codes["HIGHESTMODSEQ"] !== undefined) this.modseq = Number(codes["HIGHESTMODSEQ"]);
    else this.modseq = Math.max(this.modseq, ...fetched.map(({ modseq = 0 }) => modseq));
  }

  /** Each UID is one message less, also where the client has not learnt yet which (RFC 7162 §3.2.10.2). */
  #vanish(gone: ReadonlySet<number>): void {
    for (const uid of gone) {
      const own = this.messages.findIndex((known) => known?.uid === uid);
      // UIDs rise: it is one of the unknown before the first that is known to be higher.
      const higher = this.messages.findIndex((known) => known !== undefined && known.uid > uid);
      const unknown = this.messages.lastIndexOf(undefined, higher < 0 ? this.count - 1 : higher);
      const at = own < 0 ? unknown : own;
      if (at < 0) throw new Error(`it is told that ${uid} is gone, of which it has not heard`);
      this.messages.splice(at, 1);
    }
  }

  #hear(line: string): void {
    const { exists, expunged, vanished, fetched } = factsOf(line);
    if (exists !== undefined) while (this.count < exists) this.messages.push(undefined);
    for (const number of expunged) this.messages.splice(number - 1, 1);
    this.#vanish(new Set(expand(vanished)));
    for (const { sequence, uid, flags } of fetched) {
      const known = this.messages[sequence - 1];
      if (known && flags) known.flags = new Set(flags);
      else if (uid !== undefined && flags) this.messages[sequence - 1] = { uid, flags: new Set(flags) };
    }
  }
}

function expand(set: string | undefined): number[] {
  if (!set) return [];
  return set.split(",").flatMap((range) => {
    const [a = 0, b = a] = range.split(":").map(Number);
    return Array.from({ length: b - a + 1 }, (_, i) => a + i);
  });
}
