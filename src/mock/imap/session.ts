import type { MockContext } from "../context.js";
import { pause, prepareTls, strike } from "../context.js";
import type { Fault, FaultName } from "../faults.js";
import type { MockMailbox } from "../store/mailbox.js";
import type { LineConnection } from "../wire/connection.js";
import { LineTooLong } from "../wire/connection.js";
import { SessionOver } from "../wire/session-over.js";
import { imapAuthenticate } from "./authenticate.js";
import type { ImapExtension } from "./capabilities.js";
import { announce, isOffered } from "./capabilities.js";
import type { Command } from "./commands.js";
import { COMMANDS } from "./commands.js";
import type { Outcome } from "./outcome.js";
import { bad, no, ok } from "./outcome.js";
import type { ReadCommand } from "./reader.js";
import { readCommand } from "./reader.js";
import { BadCharset } from "./search.js";
import type { Segment } from "./syntax.js";
import { parseArguments, SyntaxProblem } from "./syntax.js";
import type { Enabled, FolderView } from "./view.js";

/** Numbers must not move under these (RFC 9051 §7.5.1). */
const NO_EXPUNGE = new Set(["FETCH", "STORE", "SEARCH"]);
const ANSWERING: readonly FaultName[] = ["refuse", "defer", "reply", "drop", "garbage", "token-refused"];

/** The dialogue with one IMAP client (RFC 9051 and 3501, as far as docs/mock.md says). */
export class ImapSession {
  readonly context: MockContext;
  readonly connection: LineConnection;
  user: MockMailbox | undefined;
  readonly enabled: Enabled = { condstore: false, qresync: false };
  #view: FolderView | undefined;
  #idling = false;
  #stripped: boolean | undefined;
  #begin: (() => Promise<boolean>) | undefined;
  #bad = 0;

  constructor(context: MockContext, connection: LineConnection) {
    this.context = context;
    this.connection = connection;
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

  offers(name: ImapExtension): boolean {
    return isOffered(name, () => false);
  }

  capabilities(): string {
    return announce({
      state: this.user ? "authenticated" : this.connection.tls ? "tls" : "clear",
      startTls: !this.connection.tls && !this.#strip(),
      sizeLimit: this.context.sizeLimit,
      offers: (name) => this.offers(name),
    });
  }

  async run(full: boolean): Promise<void> {
    try {
      const fault = full ? undefined : await this.#faultAt("imap-greeting");
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
      const command = await readCommand(this.connection, { line: limits.imapLine, literal });
      if (command === undefined) return;
      if (commands >= limits.commands) this.bye("Too many commands");
      if (command === null) this.untagged("* BAD Not a command");
      else await this.#execute(command);
      if (command !== null && this.#bad === 0) continue;
      if (command === null) this.#bad += 1;
      if (this.#bad >= limits.badCommands) this.bye("Too many errors");
    }
  }

  async #execute(command: ReadCommand): Promise<void> {
    if (this.#view?.folder.gone) this.bye("The folder was deleted");
    const outcome = command.tooBig ? no("[TOOBIG] Literal too long") : await this.#outcome(command);
    this.update(!NO_EXPUNGE.has(command.name));
    this.#bad = outcome.kind === "BAD" ? this.#bad + 1 : 0;
    this.untagged(`${command.tag} ${outcome.kind} ${outcome.text}`);
    if (command.name === "LOGOUT" && outcome.kind === "OK") this.#end();
    if (command.name === "STARTTLS" && outcome.kind === "OK") await this.#secure();
    await this.connection.drained();
  }

  async #outcome({ name, segments }: ReadCommand): Promise<Outcome> {
    const command: Command | undefined = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command || (command.needs && !this.offers(command.needs))) return bad("Command not known");
    if (command.state === "authenticated" && !this.user) return bad("Not authenticated");
    if (command.state === "selected" && !this.view) return bad("No folder is selected");
    try {
      const values = parseArguments(segments);
      // AUTHENTICATE lets its fault strike once the user is known.
      if (name !== "AUTHENTICATE") {
        const fault = await this.#faultAt(`imap-${name.replace("UID ", "").toLowerCase()}`);
        if (fault) return faultOutcome(fault);
      }
      return name === "AUTHENTICATE" ? await imapAuthenticate(this, values) : await command.run(this, values);
    } catch (error) {
      if (error instanceof SyntaxProblem) return bad(error.message);
      if (error instanceof BadCharset) return no("[BADCHARSET (US-ASCII UTF-8)] Charset not known");
      throw error;
    }
  }

  /** Lets the faults of a moment strike: waits, cuts, or gives the one that answers. */
  async #faultAt(at: `imap-${string}`): Promise<Fault | undefined> {
    return this.fault(at, this.user ? [this.user.address] : []);
  }

  async fault(at: `imap-${string}`, addresses: readonly string[]): Promise<Fault | undefined> {
    const slow = strike(this.context, this.connection, at, addresses, ["slow"]);
    if (slow) await pause(slow.script.ms ?? 1000, this.connection.signal);
    const fault = strike(this.context, this.connection, at, addresses, ANSWERING);
    if (fault?.name === "drop") this.cut();
    if (fault?.name === "garbage") {
      this.untagged("** this is not IMAP **");
      this.#end();
    }
    return fault;
  }

  #strip(): boolean {
    this.#stripped ??= strike(this.context, this.connection, "imap-capability", [], ["strip-starttls"]) !== undefined;
    return this.#stripped;
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
    this.untagged("+ idling");
    this.update(true);
    this.#idling = true;
    try {
      const line = await this.connection.line(this.context.limits.imapLine);
      if (line === undefined) throw new SessionOver();
      this.connection.said("client", line.slice(0, 200));
      return line.toUpperCase() === "DONE" ? ok("IDLE ended") : bad("DONE is expected");
    } finally {
      this.#idling = false;
    }
  }

  /** The folder has changed: an idling client hears of it at once, another at its next command. */
  readonly changed = (): void => {
    if (!this.#idling) return;
    this.update(true);
    if (!this.#view?.folder.gone) return;
    this.untagged("* BYE The folder was deleted");
    this.connection.end();
  };

  update(mayExpunge: boolean): void {
    for (const line of this.#view?.update(mayExpunge) ?? []) this.untagged(line);
    const safe = mayExpunge || !this.enabled.qresync ? undefined : this.#view?.safeModseq;
    if (safe !== undefined) this.untagged(`* OK [HIGHESTMODSEQ ${safe}] Removals are told later`);
  }

  untagged(line: string): void {
    this.connection.said("server", line);
    this.connection.write(`${line}\r\n`);
  }

  /** A response with literals: the transcript has their sizes. */
  async respond(segments: readonly Segment[]): Promise<void> {
    const said: string[] = [];
    const out: Buffer[] = [];
    for (const segment of segments) {
      said.push(typeof segment === "string" ? segment : `[${segment.length} bytes]`);
      if (typeof segment === "string") out.push(Buffer.from(segment, "latin1"));
      else out.push(Buffer.from(`{${segment.length}}\r\n`), segment);
    }
    this.connection.said("server", said.join(""));
    this.connection.write(Buffer.concat([...out, Buffer.from("\r\n")]));
    await this.connection.drained();
    if (this.connection.closed) throw new SessionOver();
  }

  bye(text: string): never {
    this.untagged(`* BYE ${text}`);
    this.#end();
  }

  cut(): never {
    this.connection.cut();
    throw new SessionOver();
  }

  #end(): never {
    this.connection.end();
    throw new SessionOver();
  }
}

function faultOutcome({ name, script }: Fault): Outcome {
  if (name === "token-refused") return no("[AUTHENTICATIONFAILED] Authentication failed");
  if (name === "reply") return no(script.text ?? "Not done");
  return no(name === "defer" ? "[UNAVAILABLE] Try again later" : (script.text ?? "[NOPERM] Refused"));
}
