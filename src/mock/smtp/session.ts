import type { MockContext } from "../context.js";
import { gone, pause, prepareTls, strike } from "../context.js";
import type { FaultName, SmtpFaultPoint } from "../faults.js";
import { certificateMailbox } from "../sasl.js";
import type { MockMailbox } from "../store/mailbox.js";
import { saslOf } from "../store/store.js";
import type { LineConnection } from "../wire/connection.js";
import { LineTooLong } from "../wire/connection.js";
import { SessionOver } from "../wire/session-over.js";
import { smtpAuth } from "./auth.js";
import { capabilities } from "./capabilities.js";
import type { Reply } from "./replies.js";
import { faultReply, reply } from "./replies.js";
import { Transaction } from "./transaction.js";

const BEFORE_TLS = new Set(["EHLO", "STARTTLS", "NOOP", "QUIT"]);
const SESSION_FAULTS: readonly FaultName[] = [
  "strip-starttls",
  "no-dsn",
  "no-pipelining",
  "no-size",
  "no-8bitmime",
  "no-smtputf8",
];

/** The dialogue with one SMTP client (RFC 5321, submission of RFC 6409). */
export class SmtpSession {
  readonly context: MockContext;
  readonly connection: LineConnection;
  /** The mailbox that may send: by SASL, or by its certificate alone. */
  user: MockMailbox | undefined;
  readonly transaction: Transaction;
  #greeted = false;
  /** Faults of the whole session, drawn once: EHLO is said twice. */
  #lasting: Set<FaultName> | undefined;
  #bad = 0;

  constructor(context: MockContext, connection: LineConnection) {
    this.context = context;
    this.connection = connection;
    this.transaction = new Transaction(this);
  }

  lasting(name: FaultName): boolean {
    if (!this.#lasting) {
      this.#lasting = new Set();
      for (const kind of SESSION_FAULTS)
        if (strike(this.context, this.connection, "ehlo", [], [kind])) this.#lasting.add(kind);
    }
    return this.#lasting.has(name);
  }

  async run(full: boolean): Promise<void> {
    try {
      if (full) this.last({ code: 421, text: `${this.context.hostname} too many sessions` });
      const refused = await this.fault("greeting");
      if (refused) this.last(refused);
      this.say({ code: 220, text: `${this.context.hostname} ESMTP mock Medimail` });
      await this.#loop();
    } catch (error) {
      if (error instanceof LineTooLong) {
        this.say(reply(500, "5.5.6", "Line too long"));
        this.connection.end();
      } else if (!(error instanceof SessionOver)) throw error;
    }
  }

  async #loop(): Promise<void> {
    const { limits } = this.context;
    for (let commands = 0; ; commands++) {
      const line = await this.connection.line(limits.smtpLine);
      if (line === undefined) return;
      if (commands >= limits.commands) this.last(reply(421, "4.7.0", "Too many commands"));
      const [, verb = "", rest = ""] = /^(\S*) ?(.*)$/s.exec(line) ?? [];
      const command = verb.toUpperCase();
      this.connection.said("client", command === "AUTH" ? maskAuth(line) : line);
      const answer = await this.#answer(command, rest);
      if (!answer) continue;
      this.say(answer);
      if (answer.code === 421) this.#end();
      this.#bad = answer.code >= 500 && answer.code < 504 ? this.#bad + 1 : 0;
      if (this.#bad >= limits.badCommands) this.last(reply(421, "4.7.0", "Too many errors"));
      await this.connection.drained();
    }
  }

  /** Undefined where the command has answered by itself. */
  async #answer(command: string, rest: string): Promise<Reply | undefined> {
    const { connection } = this;
    if (!connection.tls && !BEFORE_TLS.has(command) && !this.lasting("strip-starttls")) {
      return reply(530, "5.7.0", "Must issue a STARTTLS command first");
    }
    switch (command) {
      case "EHLO":
      case "HELO":
        return this.#ehlo(command, rest);
      case "STARTTLS":
        return this.#starttls(rest);
      case "AUTH":
        return this.#greeted ? smtpAuth(this, rest) : reply(503, "5.5.1", "EHLO first");
      case "MAIL":
        return this.#greeted ? this.transaction.mail(rest) : reply(503, "5.5.1", "EHLO first");
      case "RCPT":
        return this.transaction.rcpt(rest);
      case "DATA":
        return this.transaction.data(rest);
      case "RSET":
        this.transaction.reset();
        return reply(250, "2.0.0", "Reset");
      case "NOOP":
        return reply(250, "2.0.0", "OK");
      case "VRFY":
        return reply(252, "2.5.0", "Send a mail and see");
      case "QUIT":
        this.last(reply(221, "2.0.0", "Bye"));
        return undefined;
      default:
        return reply(502, "5.5.1", "Command not implemented");
    }
  }

  async #ehlo(command: string, rest: string): Promise<Reply | undefined> {
    if (!/^\S+$/.test(rest.trim())) return { code: 501, text: `${command} needs a name` };
    const fault = await this.fault("ehlo");
    if (fault) return fault;
    this.#greeted = true;
    this.transaction.reset();
    const name = `${this.context.hostname} greets you`;
    if (command === "HELO") return { code: 250, text: name };
    this.sayLines(250, [name, ...capabilities(this)]);
    return undefined;
  }

  async #starttls(rest: string): Promise<Reply | undefined> {
    const { connection } = this;
    if (connection.tls) return reply(503, "5.5.1", "TLS is active");
    if (rest !== "") return reply(501, "5.5.4", "STARTTLS takes no parameter");
    if (this.lasting("strip-starttls")) return reply(502, "5.5.1", "Command not implemented");
    const fault = await this.fault("starttls");
    if (fault) return fault;
    const begin = await prepareTls(this.context, connection, "starttls");
    if (connection.pending > 0) {
      // RFC 3207 §6: what came in clear after STARTTLS must not be taken for what comes under TLS.
      connection.said("client", `[${connection.pending} bytes in clear after STARTTLS]`);
      this.last(reply(421, "4.7.0", "Commands after STARTTLS in clear"));
    }
    const ready = reply(220, "2.0.0", "Ready to start TLS");
    if (strike(this.context, connection, "starttls", [], ["inject-after-starttls"])) {
      // One write, so that both lines come in one segment, as an attacker's would.
      connection.write(`${format(ready)}\r\n250-injected.example\r\n250 AUTH PLAIN\r\n`);
      connection.said("server", format(ready));
      connection.said("server", "[250-injected.example, 250 AUTH PLAIN in clear]");
    } else this.say(ready);
    if (!(await begin())) throw new SessionOver();
    this.#greeted = false;
    this.transaction.reset();
    const mailbox = certificateMailbox(this.context.store, connection.peer);
    if (mailbox?.auth?.method === "certificate" && saslOf(mailbox.auth, "smtp") === "none") this.user = mailbox;
    return undefined;
  }

  /** Lets the faults of a moment strike: waits, cuts, or gives the reply to send instead. */
  async fault(at: SmtpFaultPoint, addresses: readonly string[] = []): Promise<Reply | undefined> {
    const slow = strike(this.context, this.connection, at, addresses, ["slow"]);
    if (slow) await pause(slow.script.ms ?? 1000, this.connection.signal);
    const fault = strike(this.context, this.connection, at, addresses, [
      "refuse",
      "defer",
      "reply",
      "drop",
      "garbage",
      "silence",
      "token-refused",
      "full-mailbox",
      "unknown-recipient",
      "size-limit",
    ]);
    if (!fault) return undefined;
    if (fault.name === "drop") this.cut();
    if (fault.name === "silence") {
      await gone(this.connection.signal);
      throw new SessionOver();
    }
    if (fault.name === "garbage") {
      this.connection.write("** this is not SMTP **\r\n");
      this.connection.said("server", "** this is not SMTP **");
      this.#end();
    }
    return faultReply(fault, at);
  }

  say(answer: Reply): void {
    const line = format(answer);
    this.connection.said("server", line);
    this.connection.write(`${line}\r\n`);
    if (answer.code === 421) this.#end();
  }

  sayLines(code: number, lines: readonly string[]): void {
    const formatted = lines.map((line, i) => `${code}${i === lines.length - 1 ? " " : "-"}${line}`);
    for (const line of formatted) this.connection.said("server", line);
    this.connection.write(`${formatted.join("\r\n")}\r\n`);
  }

  /** Says a last line and ends the session. */
  last(answer: Reply): never {
    const line = format(answer);
    this.connection.said("server", line);
    this.connection.write(`${line}\r\n`);
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

function format({ code, status, text }: Reply): string {
  return status === undefined ? `${code} ${text}` : `${code} ${status} ${text}`;
}

function maskAuth(line: string): string {
  return line.replace(/^(\S+ +\S+) +\S.*$/s, "$1 [credential]");
}
