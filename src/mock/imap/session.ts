import type { MockContext } from "../context.js";
import { pause, prepareTls, strike } from "../context.js";
import type { ImapFaultPoint } from "../fault-kinds.js";
import { withoutFault } from "../fault-kinds.js";
import type { Fault, FaultName } from "../faults.js";
import type { MockFolder } from "../store/folder.js";
import type { MockMailbox } from "../store/mailbox.js";
import type { LineConnection } from "../wire/connection.js";
import { SessionOver } from "../wire/session-over.js";
import type { ImapExtension } from "./capabilities.js";
import { announce } from "./capabilities.js";
import { changedLine } from "./notify.js";
import type { Outcome } from "./outcome.js";
import { bad, ok } from "./outcome.js";
import { SessionFaults, tooMany } from "./session-faults.js";
import type { Segment } from "./syntax.js";
import type { Enabled, FolderView } from "./view.js";
import { ImapWriter } from "./writer.js";

const GOING_DOWN = "[UNAVAILABLE] Going down";
const ANSWERING: readonly FaultName[] = [
  "refuse",
  "defer",
  "reply",
  "drop",
  "garbage",
  "token-refused",
  "silence",
  "bye",
];

/** One IMAP client and what is known of it: what a command works with. */
export class ImapSession {
  readonly context: MockContext;
  readonly connection: LineConnection;
  user: MockMailbox | undefined;
  readonly enabled: Enabled = { condstore: false, qresync: false };
  readonly faults: SessionFaults;
  /** Of the command under way. */
  tag = "";
  readonly writer: ImapWriter;
  #view: FolderView | undefined;
  #idling = false;
  /** A command is under way. */
  busy = false;
  readonly #notified = new Map<MockFolder, () => void>();
  readonly #stale = new Set<MockFolder>();
  /** Commands until a fault cuts the session. */
  commandsLeft = Number.POSITIVE_INFINITY;
  #beginTls: (() => Promise<boolean>) | undefined;

  constructor(context: MockContext, connection: LineConnection) {
    this.context = context;
    this.connection = connection;
    this.faults = new SessionFaults(context, connection);
    this.writer = new ImapWriter(connection, this.faults);
  }

  get addresses(): readonly string[] {
    return this.user ? [this.user.address] : [];
  }

  get view(): FolderView | undefined {
    return this.#view;
  }

  set view(view: FolderView | undefined) {
    this.#view?.close();
    this.#view = view;
  }

  close(): void {
    this.view = undefined;
    this.notifying([]);
  }

  /** From now on changes of these folders are told, unless one is the open folder. */
  notifying(folders: readonly MockFolder[]): void {
    for (const release of this.#notified.values()) release();
    this.#notified.clear();
    this.#stale.clear();
    for (const folder of folders) {
      const release = folder.onChange(() => {
        if (this.#view?.folder === folder || folder.gone) return;
        this.#stale.add(folder);
        this.tell();
      });
      this.#notified.set(folder, release);
    }
  }

  /** Tells of the folders that have changed: at once, but never within the answer to a command. */
  tell(): void {
    if (this.busy && !this.#idling) return;
    for (const folder of this.#stale) this.untagged(changedLine(this, folder));
    this.#stale.clear();
  }

  /** Ended from outside, whatever it is doing. */
  disconnect(bye: string | undefined): void {
    if (bye === undefined) this.connection.cut();
    else this.#lastLine(bye);
  }

  #lastLine(bye: string): void {
    this.writer.release();
    this.untagged(`* BYE ${bye}`);
    this.connection.end();
  }

  offers(name: ImapExtension): boolean {
    return this.context.offer.has(name, (one) => this.faults.lasts(withoutFault(one), this.addresses));
  }

  capabilities(): string {
    return announce({
      state: this.user ? "authenticated" : this.connection.tls ? "tls" : "clear",
      startTls: !this.connection.tls && !this.#strip(),
      sizeLimit: this.context.sizeLimit,
      mechanisms: this.context.offer.mechanisms,
      offers: (name) => this.offers(name),
    });
  }

  /** Where a fault says so, BYE in place of what would follow. */
  byeMidway(): void {
    const fault = this.faults.struck("bye-midway");
    if (fault) this.bye(fault.script.text ?? GOING_DOWN);
  }

  /** The client is known from now on. */
  login(mailbox: MockMailbox): void {
    this.user = mailbox;
    const cut = strike(this.context, this.connection, "imap-auth", this.addresses, ["drop-after-commands"]);
    if (cut) this.commandsLeft = cut.script.count ?? 10;
  }

  /** Lets the faults of a moment strike: waits, cuts, or gives the one that answers. */
  async fault(at: ImapFaultPoint, addresses: readonly string[]): Promise<Fault | undefined> {
    const slow = strike(this.context, this.connection, at, addresses, ["slow"]);
    if (slow) await pause(slow.script.ms ?? 1000, this.connection.signal);
    const fault = strike(this.context, this.connection, at, addresses, ANSWERING);
    if (fault?.name === "drop") this.cut();
    if (fault?.name === "silence") await this.writer.fallSilent();
    if (fault?.name === "bye") this.bye(fault.script.text ?? GOING_DOWN);
    if (fault?.name === "garbage") {
      this.untagged("** this is not IMAP **");
      this.writer.end();
    }
    return fault;
  }

  #strip(): boolean {
    return this.faults.lasts("strip-starttls", []);
  }

  async starttls(): Promise<Outcome> {
    if (this.connection.tls) return bad("TLS is active");
    if (this.#strip()) return bad("Command not known");
    this.#beginTls = await prepareTls(this.context, this.connection, "imap-starttls");
    if (this.connection.pending > 0) {
      this.connection.said("client", `[${this.connection.pending} bytes in clear after STARTTLS]`);
      this.bye("Commands after STARTTLS in clear");
    }
    return ok("Begin TLS");
  }

  /** After the tagged OK: the plain text that an attacker would inject, then the handshake. */
  async secure(): Promise<void> {
    if (strike(this.context, this.connection, "imap-starttls", [], ["inject-after-starttls"])) {
      this.untagged("* CAPABILITY IMAP4rev1 AUTH=PLAIN");
    }
    if (!(await this.#beginTls?.())) throw new SessionOver();
  }

  /** Listens for the end of IDLE; changes are told as they come. */
  async idle(): Promise<Outcome> {
    const silent = this.faults.struck("silent-idle");
    this.untagged("+ idling");
    if (!silent) this.#beginIdle();
    try {
      const line = await this.connection.line(this.context.limits.imapLine);
      if (line === undefined) throw new SessionOver();
      this.connection.said("client", line.slice(0, 200));
      if (silent) await this.writer.fallSilent();
      return line.toUpperCase() === "DONE" ? ok("IDLE ended") : bad("DONE is expected");
    } finally {
      this.#idling = false;
    }
  }

  #beginIdle(): void {
    this.update(true);
    const wrong = this.#view && this.faults.struck("wrong-exists");
    if (wrong) this.untagged(`* ${(this.#view?.messages.length ?? 0) + tooMany(wrong)} EXISTS`);
    this.#idling = true;
    this.tell();
  }

  /** The folder has changed: an idling client hears of it at once, another at its next command. */
  readonly changed = (): void => {
    if (!this.#idling) return;
    this.update(true);
    if (this.#view?.folder.gone) this.#lastLine("The folder was deleted");
  };

  update(mayExpunge: boolean): void {
    for (const line of this.#view?.update(mayExpunge) ?? []) this.untagged(line);
    const safe = mayExpunge || !this.enabled.qresync ? undefined : this.#view?.safeModseq;
    if (safe !== undefined) this.untagged(`* OK [HIGHESTMODSEQ ${safe}] Removals are told later`);
  }

  untagged(line: string): void {
    this.writer.line(line);
  }

  /** A response with literals. */
  async respond(segments: readonly Segment[]): Promise<void> {
    await this.writer.respond(segments);
    this.byeMidway();
  }

  bye(text: string): never {
    return this.writer.bye(text);
  }

  cut(): never {
    return this.writer.cut();
  }
}
