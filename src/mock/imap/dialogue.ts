import { LineTooLong } from "../wire/connection.js";
import { SessionOver } from "../wire/session-over.js";
import { imapAuthenticate } from "./authenticate.js";
import type { Command } from "./commands.js";
import { COMMANDS } from "./commands.js";
import type { Outcome } from "./outcome.js";
import { bad, no, Refusal } from "./outcome.js";
import type { ReadCommand } from "./reader.js";
import { readCommand } from "./reader.js";
import { BadCharset } from "./search.js";
import type { ImapSession } from "./session.js";
import { AFTER_DONE, faultOutcome, momentOf } from "./session-faults.js";
import { parseArguments, SyntaxProblem } from "./syntax.js";
import { afterDone } from "./writer.js";

/** Numbers must not move under these (RFC 9051 §7.5.1). */
const NO_EXPUNGE = new Set(["FETCH", "STORE", "SEARCH"]);

/** The dialogue with one client, command by command (RFC 9051 and 3501, as far as docs/mock.md says). */
export class ImapDialogue {
  readonly #session: ImapSession;
  #bad = 0;

  constructor(session: ImapSession) {
    this.#session = session;
  }

  async run(full: boolean): Promise<void> {
    const session = this.#session;
    try {
      const fault = full ? undefined : await session.fault("imap-greeting", []);
      if (full || fault) session.bye(full ? "Too many sessions" : "No service for the moment");
      session.untagged(`* OK [CAPABILITY ${session.capabilities()}] mock Medimail ready`);
      await this.#loop();
    } catch (error) {
      if (error instanceof LineTooLong) {
        session.untagged("* BYE Line or literal too long");
        session.connection.end();
      } else if (!(error instanceof SessionOver)) throw error;
    }
  }

  async #loop(): Promise<void> {
    const session = this.#session;
    const { limits, sizeLimit } = session.context;
    for (let commands = 0; ; commands++) {
      const literal = session.user ? sizeLimit + limits.imapLine : limits.imapLiteralBeforeLogin;
      const command = await readCommand(session.connection, {
        line: limits.imapLine,
        literal,
        unasked: session.offers("LITERAL+"),
      });
      if (command === undefined) return;
      if (commands >= limits.commands) session.bye("Too many commands");
      if (session.commandsLeft-- <= 0) session.cut();
      if (command === null) session.untagged("* BAD Not a command");
      else await this.#execute(command);
      session.busy = false;
      session.tell();
      if (command !== null && this.#bad === 0) continue;
      if (command === null) this.#bad += 1;
      if (this.#bad >= limits.badCommands) session.bye("Too many errors");
    }
  }

  async #execute(command: ReadCommand): Promise<void> {
    const session = this.#session;
    if (session.view?.folder.gone) session.bye("The folder was deleted");
    session.tag = command.tag;
    session.busy = true;
    session.faults.begin(momentOf(command.name), session.addresses);
    // Nothing of an answer is sent while a fault may still take it away.
    if (session.faults.mayStrike(AFTER_DONE)) session.writer.hold();
    let outcome = command.tooBig ? no("[TOOBIG] Literal too long") : await this.#outcome(command);
    const fault = outcome.kind === "OK" ? session.faults.first(AFTER_DONE) : undefined;
    if (fault) outcome = (await afterDone(session.writer, fault)) ?? outcome;
    session.writer.release();
    // After NO in place of OK, the changes are told with the next command only.
    if (fault?.name !== "no-after-done") session.update(!NO_EXPUNGE.has(command.name));
    if (outcome.kind === "OK") session.byeMidway();
    this.#bad = outcome.kind === "BAD" ? this.#bad + 1 : 0;
    session.untagged(`${command.tag} ${outcome.kind} ${this.#textOf(outcome)}`);
    if (command.name === "LOGOUT" && outcome.kind === "OK") session.writer.end();
    if (command.name === "STARTTLS" && outcome.kind === "OK") await session.secure();
    await session.connection.drained();
  }

  /** The tagged line of what has removed messages says up to where a client with QRESYNC now knows everything (RFC 7162 §3.2.7). */
  #textOf({ text, removed }: Outcome): string {
    const session = this.#session;
    return removed && session.enabled.qresync && session.view
      ? `[HIGHESTMODSEQ ${session.view.folder.highestModseq}] ${text}`
      : text;
  }

  async #outcome({ name, segments }: ReadCommand): Promise<Outcome> {
    const session = this.#session;
    const command: Command | undefined = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) return bad("Command not known");
    if (command.state !== "any" && !session.user) return bad("Not authenticated");
    if (command.needs && !session.offers(command.needs)) return bad("Command not known");
    if (command.state === "selected" && !session.view) return bad("No folder is selected");
    try {
      const values = parseArguments(segments);
      // AUTHENTICATE lets its fault strike once the user is known.
      if (name === "AUTHENTICATE") return await imapAuthenticate(session, values);
      const fault = await session.fault(momentOf(name), session.addresses);
      return fault ? faultOutcome(fault) : await command.run(session, values);
    } catch (error) {
      if (error instanceof SyntaxProblem) return bad(error.message);
      if (error instanceof Refusal) return no(error.message);
      if (error instanceof BadCharset) return no("[BADCHARSET (US-ASCII UTF-8)] Charset not known");
      throw error;
    }
  }
}
