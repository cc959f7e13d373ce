import { bounded, DraftConnection, type DraftEvent } from "./draft.js";
import type { LogBudget } from "./limits.js";
import { SmtpDialogue } from "./smtp-dialogue.js";
import type { LogEntry } from "./stamp.js";

interface Connection {
  draft: DraftConnection;
  dialogue: SmtpDialogue;
  /** Logins whose TLS is not known yet. */
  logins: DraftEvent[];
  seenLogins: Set<string>;
}

interface Queued {
  event: DraftEvent;
  to: Set<string>;
}

const PEER = /\S{1,255}\[([0-9a-fA-F.:]{2,45})\](?::\d+)?/.source;
const CONNECT = new RegExp(`^connect from ${PEER}$`);
const DISCONNECT = new RegExp(`^disconnect from ${PEER}(.*)$`);
const SAID = new RegExp(`^([<>]) ${PEER}: (.*)$`, "s");
const TLS = new RegExp(
  `^(Trusted|Untrusted|Anonymous|Verified) TLS connection (?:established|reused) from ${PEER}: (\\S{1,20}) with cipher (\\S{1,80})`,
);
const CERTIFICATE = new RegExp(
  `^${PEER}: (?:(?:Trusted|Untrusted|Verified): )?subject_CN=(.{0,300}?), issuer(?:_CN)?=(.{0,300}?), fingerprint=([0-9A-F:]{2,200})`,
);
const TLS_FAILED = new RegExp(`^SSL_accept error from ${PEER}: (.{0,300})$`, "s");
const SASL_FAILED = new RegExp(
  `^warning: ${PEER}: SASL ([A-Za-z0-9_-]{1,20}) authentication failed.*?(?:, sasl_username=(\\S{1,320}))?$`,
  "s",
);
const CLIENT = new RegExp(`^([0-9A-Za-z]{5,20}): client=${PEER}(.*)$`);
const QUEUE = /^([0-9A-Za-z]{5,20}): (.*)$/s;
const MAX_QUEUED = 20_000;
const MAX_TO = 1_000;

/**
 * Reads what Postfix's smtpd says of the clients that submit (and cleanup, qmgr and delivery of their mails): connections, TLS
 * (`smtpd_tls_loglevel = 1`), logins, mails taken, how often each command was said, and for a peer of `debug_peer_list` the whole dialogue.
 */
export class PostfixReader {
  readonly #budget: LogBudget;
  readonly #open = new Map<string, Connection>();
  readonly #queued = new Map<string, Queued>();
  readonly connections: DraftConnection[] = [];

  constructor(budget: LogBudget) {
    this.#budget = budget;
  }

  /** False where the line says nothing of a client. */
  take({ at, program, pid, message }: LogEntry): boolean {
    const [, daemon] = /^postfix[\w.-]*\/(?:[\w.-]+\/)*([a-z]+)$/.exec(program) ?? [];
    if (daemon === undefined) return false;
    if (daemon !== "smtpd") return this.#mail(message);
    const port = /\/submission\//.test(program) ? 587 : 0;
    const key = `${program} ${pid}`;
    const connect = CONNECT.exec(message);
    if (connect) {
      this.#end(key, at);
      this.#begin(key, at, connect[1] ?? "", port);
      return true;
    }
    return this.#session(key, at, message, port);
  }

  /** The log has no more. */
  finish(): void {
    for (const connection of this.#open.values()) this.#settle(connection);
    this.#open.clear();
    for (const { event } of this.#queued.values()) dropUntaken(event);
    this.#queued.clear();
  }

  #begin(key: string, at: number, address: string, port: number): Connection {
    if (this.#open.size >= this.#budget.limits.maxOpen) this.#end(this.#open.keys().next().value ?? "", undefined);
    const draft = new DraftConnection(this.#budget, "smtp", at, address);
    draft.port = port;
    const connection = { draft, dialogue: new SmtpDialogue(draft), logins: [], seenLogins: new Set<string>() };
    this.#open.set(key, connection);
    this.connections.push(draft);
    return connection;
  }

  #end(key: string, at: number | undefined, summary?: string): void {
    const connection = this.#open.get(key);
    if (!connection) return;
    this.#open.delete(key);
    const { draft } = connection;
    this.#settle(connection, summary);
    if (at !== undefined) draft.closed = { at, ...(summary === undefined ? {} : { commands: countsOf(summary) }) };
  }

  /** What is known at the end alone: whether the dialogue is whole, and whether what was said was inside TLS. */
  #settle({ draft, dialogue, logins }: Connection, summary?: string): void {
    const whole = dialogue.begun && summary !== undefined && dialogue.whole(countsOf(summary));
    if (dialogue.begun) draft.dialogue = whole ? "whole" : "part";
    if (draft.tls) return;
    // The client said STARTTLS and went on: it was inside TLS, though nothing tells of the handshake, nor since when.
    const later = !whole && / starttls=[1-9]/.test(summary ?? "");
    // In clear for sure: the server offered TLS. One that does not may have it from the first byte.
    if (!later && summary !== undefined && dialogue.offered) return;
    if (draft.dropLines()) draft.dialogue = "none";
    if (later) draft.established(draft.openedAt, { partial: true }, true);
    for (const event of logins) {
      if (later && event.observation.kind === "auth") event.observation = { ...event.observation, tls: true };
      else {
        event.dropped = true;
        this.#budget.leftOut.undecided += 1;
      }
    }
  }

  #session(key: string, at: number, message: string, port: number): boolean {
    const open = (address = "") => this.#open.get(key) ?? this.#begin(key, at, address, port);
    const said = SAID.exec(message);
    if (said) {
      const { dialogue } = open(said[2]);
      if (said[1] === "<") dialogue.client(at, said[3] ?? "");
      else dialogue.server(at, said[3] ?? "");
      return true;
    }
    const tls = TLS.exec(message);
    if (tls) {
      const [, trust, address, version = "", cipher = ""] = tls;
      const { draft } = open(address);
      const certificate = trust === "Anonymous" ? undefined : { subject: "", issuer: "", fingerprint256: "" };
      draft.established(at, {
        version,
        cipher,
        ...(certificate
          ? { clientCertificate: { ...certificate, ...this.#shown(draft), authorized: trust !== "Untrusted" } }
          : {}),
      });
      return true;
    }
    const certificate = CERTIFICATE.exec(message);
    if (certificate) {
      const [, address, subject = "", issuer = "", print = ""] = certificate;
      this.#certificates.set(open(address).draft, {
        subject: `CN=${bounded(subject)}`,
        issuer: `CN=${bounded(issuer)}`,
        // A SHA-256 has 32 bytes; older defaults are shorter.
        fingerprint256: print.length === 95 ? print : "",
      });
      return true;
    }
    return this.#events(key, at, message, open);
  }

  readonly #certificates = new WeakMap<DraftConnection, { subject: string; issuer: string; fingerprint256: string }>();

  #shown(draft: DraftConnection) {
    return this.#certificates.get(draft);
  }

  #events(key: string, at: number, message: string, open: (address?: string) => Connection): boolean {
    const failed = TLS_FAILED.exec(message);
    if (failed) {
      open(failed[1]).draft.add(at, {
        kind: "tls",
        protocol: "smtp",
        what: "failed",
        profile: "unknown",
        error: bounded(failed[2] ?? "", 200),
        partial: true,
      });
      return true;
    }
    const refused = SASL_FAILED.exec(message);
    if (refused) {
      this.#login(open(refused[1]), at, refused[2] ?? "", refused[3] ?? "", false);
      return true;
    }
    const client = CLIENT.exec(message);
    if (client) {
      const [, id = "", address, more = ""] = client;
      const connection = open(address);
      const [, mechanism] = /, sasl_method=([A-Za-z0-9_-]{1,20})/.exec(more) ?? [];
      const [, user] = /, sasl_username=([^\s,]{1,320})/.exec(more) ?? [];
      if (mechanism !== undefined && user !== undefined && !connection.seenLogins.has(`${mechanism} ${user}`)) {
        if (connection.seenLogins.size < 100) connection.seenLogins.add(`${mechanism} ${user}`);
        this.#login(connection, at, mechanism, user, true);
      }
      this.#queue(id, connection, at);
      return true;
    }
    const gone = DISCONNECT.exec(message);
    if (!gone) return false;
    open(gone[1]);
    this.#end(key, at, gone[2] ?? "");
    return true;
  }

  #login({ draft, logins }: Connection, at: number, mechanism: string, user: string, ok: boolean): void {
    const observation = { kind: "auth", protocol: "smtp", mechanism, user: bounded(user, 320), ok } as const;
    const event = draft.add(at, { ...observation, tls: draft.tls ?? false });
    if (!draft.tls) logins.push(event);
  }

  #queue(id: string, { draft, dialogue }: Connection, at: number): void {
    if (this.#queued.size >= MAX_QUEUED) {
      const [oldest, { event }] = this.#queued.entries().next().value as [string, Queued];
      dropUntaken(event);
      this.#queued.delete(oldest);
    }
    const { parameters } = dialogue;
    const event = draft.add(at, { kind: "mail", from: "", to: [], size: 0, parameters, sha256: "" });
    this.#queued.set(id, { event, to: new Set() });
  }

  /** What becomes of a mail: its Message-ID, its sender and size, whom it goes to. A mail that nothing became of was not taken. */
  #mail(message: string): boolean {
    const [, id = "", rest = ""] = QUEUE.exec(message) ?? [];
    const queued = this.#queued.get(id);
    if (queued?.event.observation.kind !== "mail") return false;
    const mail = queued.event.observation;
    const messageId = /^message-id=<([^<>\s]{1,900})>/.exec(rest)?.[1];
    const sent = /^from=<([^<>]{0,320})>, size=(\d{1,15}),/.exec(rest);
    const to = /^to=<([^<>]{1,320})>, (?:orig_to=<([^<>]{1,320})>, )?relay=/.exec(rest);
    if (messageId !== undefined) queued.event.observation = { ...mail, messageId };
    else if (sent) queued.event.observation = { ...mail, from: bounded(sent[1] ?? ""), size: Number(sent[2]) };
    else if (to) {
      if (queued.to.size < MAX_TO) queued.to.add(bounded(to[2] ?? to[1] ?? ""));
      queued.event.observation = { ...mail, to: [...queued.to] };
    } else if (rest === "removed") {
      this.#queued.delete(id);
      dropUntaken(queued.event);
    } else return false;
    return true;
  }
}

/** A mail whose size the queue never told was refused, or given up, before it was whole. */
function dropUntaken(event: DraftEvent): void {
  if (event.observation.kind === "mail" && event.observation.size === 0) event.dropped = true;
}

/** ` ehlo=2 starttls=1 auth=0/1 mail=1 commands=5`: how often each was said, taken or not. */
function countsOf(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, name = "", , all] of text.slice(0, 1_000).matchAll(/ ([a-z]{1,20})=(?:(\d{1,6})\/)?(\d{1,6})\b/g))
    if (name !== "commands") counts[name.toUpperCase()] = Number(all);
  return counts;
}
