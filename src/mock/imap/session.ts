import type { MockContext } from "../context.js";
import { pause, prepareTls, strike } from "../context.js";
import type { ImapFaultPoint } from "../fault-kinds.js";
import { withoutFault } from "../fault-kinds.js";
import type { Fault, FaultName } from "../faults.js";
import type { MockMailbox } from "../store/mailbox.js";
import type { LineConnection } from "../wire/connection.js";
import { LineTooLong } from "../wire/connection.js";
import { SessionOver } from "../wire/session-over.js";
import { imapAuthenticate } from "./authenticate.js";
import type { ImapExtension } from "./capabilities.js";
import { announce } from "./capabilities.js";
import type { Command } from "./commands.js";
import { COMMANDS } from "./commands.js";
import type { Outcome } from "./outcome.js";
import { bad, no, ok, Refusal } from "./outcome.js";
import type { ReadCommand } from "./reader.js";
import { readCommand } from "./reader.js";
import { BadCharset } from "./search.js";
import { AFTER_DONE, faultOutcome, momentOf, SessionFaults, tooMany } from "./session-faults.js";
import type { Segment } from "./syntax.js";
import { parseArguments, SyntaxProblem } from "./syntax.js";
import type { Enabled, FolderView } from "./view.js";
import { afterDone, ImapWriter } from "./writer.js";

/** Numbers must not move under these (RFC 9051 §7.5.1). */
const NO_EXPUNGE = new Set(["FETCH", "STORE", "SEARCH"]);
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

/** The dialogue with one IMAP client (RFC 9051 and 3501, as far as docs/mock.md says). */
export class ImapSession {
  readonly context: MockContext;
  readonly connection: LineConnection;
  user: MockMailbox | undefined;
  readonly enabled: Enabled = { condstore: false, qresync: false };
  readonly faults: SessionFaults;
  /** Of the command under way. */
  tag = "";
  readonly #writer: ImapWriter;
  #view: FolderView | undefined;
  #idling = false;
  /** Commands until a fault cuts the session. */
  #left = Number.POSITIVE_INFINITY;
  #begin: (() => Promise<boolean>) | undefined;
  #bad = 0;

  constructor(context: MockContext, connection: LineConnection) {
    this.context = context;
    this.connection = connection;
    this.faults = new SessionFaults(context, connection);
    this.#writer = new ImapWriter(connection, this.faults);
  }

  get #addresses(): readonly string[] {
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
  }

  /** Ended from outside, whatever it is doing. */
  disconnect(bye: string | undefined): void {
    if (bye === undefined) this.connection.cut();
    else this.#lastLine(bye);
  }

  #lastLine(bye: string): void {
    this.#writer.release();
    this.untagged(`* BYE ${bye}`);
    this.connection.end();
  }

  offers(name: ImapExtension): boolean {
    return this.context.offer.has(name, (one) => this.faults.lasts(withoutFault(one), this.#addresses));
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

  async run(full: boolean): Promise<void> {
    try {
      const fault = full ? undefined : await this.fault("imap-greeting", []);
      if (full || fault) this.bye(full ? "Too many sessions" : "No service for the moment");
      this.untagged(`* OK [CAPABILITY ${this.capabilities()}] mock Medimail ready`);
      await this.#loop();
    } catch (error) {
      if (error instanceof LineTooLong) {
        this.untagged("* BYE Line or literal too long");
        this.connection.end();
      } else if (!(error instanceof SessionOver)) throw error;
    }
  }

  async #loop(): Promise<void> {
    const { limits, sizeLimit } = this.context;
    for (let commands = 0; ; commands++) {
      const literal = this.user ? sizeLimit + limits.imapLine : limits.imapLiteralBeforeLogin;
      const command = await readCommand(this.connection, {
        line: limits.imapLine,
        literal,
        unasked: this.offers("LITERAL+"),
      });
      if (command === undefined) return;
      if (commands >= limits.commands) this.bye("Too many commands");
      if (this.#left-- <= 0) this.cut();
      if (command === null) this.untagged("* BAD Not a command");
      else await this.#execute(command);
      if (command !== null && this.#bad === 0) continue;
      if (command === null) this.#bad += 1;
      if (this.#bad >= limits.badCommands) this.bye("Too many errors");
    }
  }

  async #execute(command: ReadCommand): Promise<void> {
    if (this.#view?.folder.gone) this.bye("The folder was deleted");
    this.tag = command.tag;
    this.faults.begin(momentOf(command.name), this.#addresses);
    // Nothing of an answer is sent while a fault may still take it away.
    if (this.faults.mayStrike(AFTER_DONE)) this.#writer.hold();
    let outcome = command.tooBig ? no("[TOOBIG] Literal too long") : await this.#outcome(command);
    const fault = outcome.kind === "OK" ? this.faults.first(AFTER_DONE) : undefined;
    if (fault) outcome = (await afterDone(this.#writer, fault)) ?? outcome;
    this.#writer.release();
    // After NO in place of OK, the changes are told with the next command only.
    if (fault?.name !== "no-after-done") this.update(!NO_EXPUNGE.has(command.name));
    if (outcome.kind === "OK" && this.faults.mayStrike(["bye-midway"])) this.#byeMidway();
    this.#bad = outcome.kind === "BAD" ? this.#bad + 1 : 0;
    this.untagged(`${command.tag} ${outcome.kind} ${this.#textOf(outcome)}`);
    if (command.name === "LOGOUT" && outcome.kind === "OK") this.#writer.end();
    if (command.name === "STARTTLS" && outcome.kind === "OK") await this.#secure();
    await this.connection.drained();
  }

  #byeMidway(): void {
    const fault = this.faults.struck("bye-midway");
    if (fault) this.bye(fault.script.text ?? "[UNAVAILABLE] Going down");
  }

  /** The tagged line of what has removed messages says up to where a client with QRESYNC now knows everything (RFC 7162 §3.2.7). */
  #textOf({ text, removed }: Outcome): string {
    return removed && this.enabled.qresync && this.#view
      ? `[HIGHESTMODSEQ ${this.#view.folder.highestModseq}] ${text}`
      : text;
  }

  async #outcome({ name, segments }: ReadCommand): Promise<Outcome> {
    const command: Command | undefined = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) return bad("Command not known");
    if (command.state !== "any" && !this.user) return bad("Not authenticated");
    if (command.needs && !this.offers(command.needs)) return bad("Command not known");
    if (command.state === "selected" && !this.view) return bad("No folder is selected");
    try {
      const values = parseArguments(segments);
      // AUTHENTICATE lets its fault strike once the user is known.
      if (name === "AUTHENTICATE") return await imapAuthenticate(this, values);
      const fault = await this.fault(momentOf(name), this.#addresses);
      return fault ? faultOutcome(fault) : await command.run(this, values);
    } catch (error) {
      if (error instanceof SyntaxProblem) return bad(error.message);
      if (error instanceof Refusal) return no(error.message);
      if (error instanceof BadCharset) return no("[BADCHARSET (US-ASCII UTF-8)] Charset not known");
      throw error;
    }
  }

  /** The client is known from now on. */
  login(mailbox: MockMailbox): void {
    this.user = mailbox;
    const cut = strike(this.context, this.connection, "imap-auth", this.#addresses, ["drop-after-commands"]);
    if (cut) this.#left = cut.script.count ?? 10;
  }

  /** Lets the faults of a moment strike: waits, cuts, or gives the one that answers. */
  async fault(at: ImapFaultPoint, addresses: readonly string[]): Promise<Fault | undefined> {
    const slow = strike(this.context, this.connection, at, addresses, ["slow"]);
    if (slow) await pause(slow.script.ms ?? 1000, this.connection.signal);
    const fault = strike(this.context, this.connection, at, addresses, ANSWERING);
    if (fault?.name === "drop") this.cut();
    if (fault?.name === "silence") await this.#writer.fallSilent();
    if (fault?.name === "bye") this.bye(fault.script.text ?? "[UNAVAILABLE] Going down");
    if (fault?.name === "garbage") {
      this.untagged("** this is not IMAP **");
      this.#writer.end();
    }
    return fault;
  }

  #strip(): boolean {
    return this.faults.lasts("strip-starttls", []);
  }

  async starttls(): Promise<Outcome> {
    if (this.connection.tls) return bad("TLS is active");
    if (this.#strip()) return bad("Command not known");
    this.#begin = await prepareTls(this.context, this.connection, "imap-starttls");
    if (this.connection.pending > 0) {
      this.connection.said("client", `[${this.connection.pending} bytes in clear after STARTTLS]`);
      this.bye("Commands after STARTTLS in clear");
    }
    return ok("Begin TLS");
  }

  /** After the tagged OK: the plain text that an attacker would inject, then the handshake. */
  async #secure(): Promise<void> {
    if (strike(this.context, this.connection, "imap-starttls", [], ["inject-after-starttls"])) {
      this.untagged("* CAPABILITY IMAP4rev1 AUTH=PLAIN");
    }
    if (!(await this.#begin?.())) throw new SessionOver();
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
      if (silent) await this.#writer.fallSilent();
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
    this.#writer.line(line);
  }

  /** A response with literals. */
  async respond(segments: readonly Segment[]): Promise<void> {
    await this.#writer.respond(segments);
    if (this.faults.mayStrike(["bye-midway"])) this.#byeMidway();
  }

  bye(text: string): never {
    return this.#writer.bye(text);
  }

  cut(): never {
    return this.#writer.cut();
  }
}
