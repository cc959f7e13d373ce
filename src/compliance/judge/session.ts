import type { Observation } from "../../seams/observations.js";
import type { MailObservation } from "../mail/sent-mail.js";

export type Of<K extends Observation["kind"]> = Extract<Observation, { kind: K }>;

/** One command of the client, with the first word of its answer once it came. */
export interface Command {
  /** Number of the line in its connection, from 1: evidence names it. */
  n: number;
  at: string;
  /** Upper case: `MAIL`, `UID FETCH`. */
  verb: string;
  line: string;
  tls: boolean;
  /** SMTP: the code. IMAP: `OK`, `NO`, `BAD`. */
  reply?: string;
  replyLine?: string;
}

export interface Recipient extends Command {
  address: string;
  /** `NOTIFY`, `ORCPT`, names in upper case. */
  parameters: ReadonlyMap<string, string>;
}

/** One MAIL of a client, until it is accepted, refused or given up. */
export interface SmtpTransaction {
  mail: Command;
  from: string;
  parameters: ReadonlyMap<string, string>;
  recipients: Recipient[];
  data?: Command;
  /** Bytes that the server says it got. */
  bytes?: number;
  /** The answer to the final dot. */
  final?: string;
  observation?: MailObservation;
  /** What the server had announced: `SIZE` and its number, `DSN`, `8BITMIME`. */
  announced: ReadonlyMap<string, string>;
  scenario?: string;
}

/** What is kept of one connection: enough for its checks, and no more however long it lasts. */
export interface WatchedSession {
  id: string;
  protocol: "smtp" | "imap";
  openedAt: string;
  closedAt?: string;
  scenario?: string;
  /** How much of the dialogue was recorded: where it is not the whole of it, nothing is said of what is absent. */
  dialogue: "whole" | "part" | "none";
  /** Lines seen so far, of both sides. */
  lines: number;
  /** Commands before TLS, the first 50. */
  clear: Command[];
  /** STARTTLS was offered: in the answer to EHLO, or among IMAP's capabilities. Undefined where nothing was announced. */
  offersTls?: boolean;
  starttls?: Command;
  /** Bytes that the client sent in clear after STARTTLS, before the handshake. */
  pipelinedClear?: number;
  tls?: Of<"tls">;
  /** Profile of the certificate shown: of the observation, else of the fault. */
  profile: string;
  faults: string[];
  /** Commands after TLS, the first 2,000 and the last. */
  commands: Command[];
  dropped: number;
  counts: Map<string, number>;
  /** `counts` are the server's own, of every command. */
  counted?: true;
  auths: Of<"auth">[];
  /** What the client answered to the error of a refused token, where the server showed one (RFC 7628 §3.2.3); the first 100. */
  errorAnswers: Command[];
  /** The server has just shown such an error. */
  errorShown?: boolean;
  authenticated?: string;
  announced: Map<string, string>;
  /** The server has told its capabilities since TLS was set up, asked or not. */
  capabilitiesAfterTls?: number;
  current?: SmtpTransaction;
  /** Of the last MAIL. */
  lastFrom?: string;
  mails: number;
  /** QUIT or LOGOUT was said. */
  saidGoodbye: boolean;
  /** The command whose answer is awaited. */
  pending?: Command;
  lastReply?: string;
  /** Server lines of note: BYE, 421. */
  ended?: { at: string; line: string };
}

const MAX_COMMANDS = 2000;
const MAX_CLEAR = 50;

export function newSession(
  id: string,
  protocol: "smtp" | "imap",
  at: string,
  scenario: string | undefined,
): WatchedSession {
  return {
    id,
    protocol,
    openedAt: at,
    ...(scenario === undefined ? {} : { scenario }),
    dialogue: "whole",
    lines: 0,
    clear: [],
    profile: "good",
    faults: [],
    commands: [],
    dropped: 0,
    counts: new Map(),
    auths: [],
    errorAnswers: [],
    announced: new Map(),
    mails: 0,
    saidGoodbye: false,
  };
}

/** `smtp-3, ligne 12`; the word is that of the language of the report. */
export const lineOf = (session: WatchedSession, command?: { n: number }): string =>
  command === undefined ? session.id : `${session.id}, ${command.n}`;

/** Takes a line into the record; a transaction that ended with it is given back. */
export function watchLine(session: WatchedSession, line: Of<"line">): SmtpTransaction | undefined {
  session.lines += 1;
  return line.from === "client" ? fromClient(session, line) : fromServer(session, line);
}

function fromClient(session: WatchedSession, { line, at, tls }: Of<"line">): SmtpTransaction | undefined {
  const pipelined = /^\[(\d+) bytes in clear after STARTTLS\]$/.exec(line);
  if (pipelined) {
    session.pipelinedClear = Number(pipelined[1]);
    return undefined;
  }
  const content = /^\[(\d+) bytes\]$/.exec(line);
  if (content && session.protocol === "smtp") {
    if (session.current) session.current.bytes = Number(content[1]);
    return undefined;
  }
  const command: Command = { n: session.lines, at, verb: verbOf(session.protocol, line), line, tls };
  session.counts.set(command.verb, (session.counts.get(command.verb) ?? 0) + 1);
  if (!tls) {
    if (session.clear.length < MAX_CLEAR) session.clear.push(command);
    if (command.verb === "STARTTLS") session.starttls = command;
  } else if (session.commands.length < MAX_COMMANDS) session.commands.push(command);
  else {
    session.dropped += 1;
    session.commands[MAX_COMMANDS - 1] = command;
  }
  if (command.verb === "QUIT" || command.verb === "LOGOUT") session.saidGoodbye = true;
  if (session.errorShown && session.errorAnswers.length < 100) session.errorAnswers.push(command);
  session.errorShown = false;
  session.pending = command;
  return session.protocol === "smtp" ? transactionOf(session, command) : undefined;
}

function transactionOf(session: WatchedSession, command: Command): SmtpTransaction | undefined {
  const { current } = session;
  if (command.verb === "MAIL") {
    const { address, parameters } = pathOf(command.line);
    if (address !== "") session.lastFrom = address;
    session.current = {
      mail: command,
      from: address,
      parameters,
      recipients: [],
      announced: new Map(session.announced),
      ...(session.scenario === undefined ? {} : { scenario: session.scenario }),
    };
    return current;
  }
  if (command.verb === "RCPT" && current) current.recipients.push({ ...command, ...pathOf(command.line) });
  if ((command.verb === "DATA" || command.verb === "BDAT") && current) current.data = command;
  if (command.verb === "RSET" || command.verb === "QUIT" || command.verb === "EHLO") {
    delete session.current;
    return current;
  }
  return undefined;
}

function fromServer(session: WatchedSession, { line, at, tls }: Of<"line">): SmtpTransaction | undefined {
  session.lastReply = line;
  session.errorShown = isTokenError(line);
  if (/^(421|\* BYE)/i.test(line) && !session.ended && !session.saidGoodbye) session.ended = { at, line };
  return session.protocol === "smtp" ? smtpReply(session, line, tls) : imapReply(session, line, tls);
}

function smtpReply(session: WatchedSession, line: string, tls: boolean): SmtpTransaction | undefined {
  const [, code, more, text = ""] = /^(\d{3})([ -])(.*)$/.exec(line) ?? [];
  if (code === undefined) return undefined;
  const { pending, current } = session;
  if (pending?.verb === "EHLO" && code === "250") {
    const [word = "", ...rest] = text.split(" ");
    const key = word.toUpperCase();
    if (!tls && key === "STARTTLS") session.offersTls = true;
    if (tls) {
      if (session.capabilitiesAfterTls === undefined) session.capabilitiesAfterTls = session.lines;
      session.announced.set(key, rest.join(" "));
    }
  }
  if (more === "-") return undefined;
  if (pending?.verb === "EHLO" && !tls) session.offersTls ??= false;
  if (pending && pending.reply === undefined) {
    pending.reply = code;
    pending.replyLine = line;
    const recipient = current?.recipients.at(-1);
    if (recipient && recipient.n === pending.n) Object.assign(recipient, { reply: code, replyLine: line });
  }
  if (!current) return undefined;
  if (current.bytes !== undefined && pending?.verb === "DATA" && code !== "354") {
    current.final = line;
    delete session.current;
    return current;
  }
  if (pending?.verb === "MAIL" && code !== "250") {
    delete session.current;
    return current;
  }
  return undefined;
}

function imapReply(session: WatchedSession, line: string, tls: boolean): undefined {
  const told = /^(?:\*|\S+ OK) (?:OK )?\[?CAPABILITY ([^\]]*)/i.exec(line);
  if (told?.[1] !== undefined) {
    if (!tls) session.offersTls = /\bSTARTTLS\b/i.test(told[1]);
    else {
      session.capabilitiesAfterTls ??= session.lines;
      for (const word of told[1].toUpperCase().split(" ")) session.announced.set(word, "");
    }
  }
  const { pending } = session;
  const tagged = /^(\S+) (OK|NO|BAD)\b/i.exec(line);
  if (pending && tagged && tagged[1] === pending.line.split(" ", 1)[0] && pending.reply === undefined) {
    pending.reply = tagged[2]?.toUpperCase() ?? "";
    pending.replyLine = line;
  }
  return undefined;
}

/** `334 ` or `+ ` with the JSON by which XOAUTH2 and OAUTHBEARER say that a token will not do. */
function isTokenError(line: string): boolean {
  const encoded = /^(?:334|\+) ([A-Za-z0-9+/]{4,2000}={0,2})$/.exec(line)?.[1];
  return encoded !== undefined && /^\{.*"status"\s*:/s.test(Buffer.from(encoded, "base64").toString("utf8"));
}

function verbOf(protocol: "smtp" | "imap", line: string): string {
  if (protocol === "smtp") return /^([A-Za-z]{1,12})(?=[ :]|$)/.exec(line)?.[1]?.toUpperCase() ?? "?";
  if (/^DONE$/i.test(line)) return "DONE";
  return /^\S+ ((?:UID )?[A-Za-z]{1,30})(?= |$)/.exec(line)?.[1]?.toUpperCase() ?? "?";
}

/** `MAIL FROM:<a@b> SIZE=1` as address and parameters. */
export function pathOf(line: string): { address: string; parameters: ReadonlyMap<string, string> } {
  const [, address = "", rest = ""] = /:\s*<([^<>]*)>(.*)$/.exec(line) ?? [];
  const parameters = new Map<string, string>();
  for (const word of rest.trim().split(/\s+/).slice(0, 50)) {
    const [name = "", ...value] = word.split("=");
    if (name !== "") parameters.set(name.toUpperCase(), value.join("="));
  }
  return { address, parameters };
}
