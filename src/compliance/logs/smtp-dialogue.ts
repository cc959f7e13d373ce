import { pathOf } from "../judge/session.js";
import type { DraftConnection } from "./draft.js";
import { bounded } from "./draft.js";

/** What Postfix knows, and a client may say. Anything else may be a credential whose AUTH the log has lost. */
const VERBS = new Set(
  "EHLO HELO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY EXPN HELP ETRN XCLIENT XFORWARD LHLO".split(" "),
);

/**
 * The dialogue of one connection as Postfix writes it down for a peer of `debug_peer_list`: every line of both sides, but for the content of
 * mails. Credentials are taken out here; nothing behind this knows them.
 */
export class SmtpDialogue {
  readonly #connection: DraftConnection;
  #authenticating = false;
  #tlsNext = false;
  #begun = false;
  #fromGreeting = false;
  /** A command without an answer before the next. */
  #holes = false;
  #answered = true;
  readonly #counts: Record<string, number> = {};
  /** What each EHLO was answered. */
  readonly #announced: string[] = [];
  #greeting = false;
  /** The server has offered STARTTLS. */
  offered = false;
  /** Parameters of MAIL and RCPT of the mail under way. */
  parameters: Record<string, string> = {};

  constructor(connection: DraftConnection) {
    this.#connection = connection;
  }

  client(at: number, text: string): void {
    const connection = this.#connection;
    this.#begun = true;
    // The server said 220 to STARTTLS and hears the client again: the handshake was made, though the log may not tell how.
    if (this.#tlsNext && !connection.tls) connection.established(at, { partial: true });
    this.#tlsNext = false;
    connection.tls ??= false;
    connection.line(at, "client", bounded(this.#masked(text)));
    const verb = verbOf(text);
    if (!this.#answered) this.#holes = true;
    this.#answered = false;
    this.#greeting = verb === "EHLO";
    if (this.#greeting) this.#announced.push("");
    if (this.#authenticating) return;
    this.#counts[verb] = (this.#counts[verb] ?? 0) + 1;
    if (verb === "AUTH") this.#authenticating = true;
    else if (verb === "STARTTLS") this.#tlsNext = true;
    else if (verb === "MAIL") this.parameters = {};
    if (verb === "MAIL" || verb === "RCPT")
      for (const [name, value] of pathOf(text.slice(0, 2_000)).parameters) this.parameters[name] = value;
  }

  server(at: number, text: string): void {
    if (!this.#begun) this.#fromGreeting = /^220[ -]/.test(text);
    this.#begun = true;
    const code = text.slice(0, 3);
    if (/^\d{3} /.test(text)) this.#answered = true;
    if (/^250[ -]STARTTLS\b/i.test(text)) this.offered = true;
    // STARTTLS and AUTH come and go with TLS; the rest a server announces each time.
    if (this.#greeting && code === "250" && !/^250[ -](?:STARTTLS|AUTH)\b/i.test(text)) this.#announce(text);
    // What follows 334, or a refusal, may be what the token's server answered.
    const said = this.#authenticating ? text.replace(/^(\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3})?).*$/s, "$1") : bounded(text);
    this.#connection.line(at, "server", code === "334" ? "334" : said.slice(0, 1_000));
    if (this.#authenticating && code !== "334") this.#authenticating = false;
    if (this.#tlsNext && code !== "220") this.#tlsNext = false;
  }

  /**
   * Whether every line is there, by what Postfix has counted at the end: of a debug log, lines are lost where syslog limits their rate, and what
   * is lost must not be taken for what was not said.
   */
  whole(counted: Readonly<Record<string, number>>): boolean {
    const names = new Set([...Object.keys(counted), ...Object.keys(this.#counts)]);
    return (
      this.#fromGreeting &&
      !this.#holes &&
      this.#announced.every((list) => list === this.#announced[0]) &&
      [...names].every((name) => counted[name] === this.#counts[name])
    );
  }

  #announce(text: string): void {
    const last = this.#announced.length - 1;
    const list = `${this.#announced[last] ?? ""}\n${text.slice(4)}`;
    if (last < 10 && list.length < 5_000) this.#announced[last] = list;
  }

  get begun(): boolean {
    return this.#begun;
  }

  #masked(text: string): string {
    if (this.#authenticating) return text === "*" || text === "" ? text : "[credential]";
    if (verbOf(text) === "UNKNOWN") return "[unknown command]";
    return text.replace(/^(AUTH\s+\S+)\s.*$/is, "$1 [credential]");
  }
}

/** As Postfix counts them. */
function verbOf(text: string): string {
  const word = /^[A-Za-z]{1,12}(?=[\s:]|$)/.exec(text)?.[0].toUpperCase() ?? "";
  return VERBS.has(word) ? word : "UNKNOWN";
}
