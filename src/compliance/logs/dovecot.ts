import type { Observation } from "../../seams/observations.js";
import { bounded, DraftConnection, type DraftEvent } from "./draft.js";
import type { LogBudget } from "./limits.js";
import type { LogEntry } from "./stamp.js";

const LOGIN = /^(?:Login|Logged in): (.*)$/s;
/** Said at once, where `auth_verbose` is set; how the connection ended comes on a line of its own. */
const DISALLOWED = /^Login failed: Plaintext authentication (?:disabled|disallowed)\b(.*)$/s;
const LEFT = /^(?:Disconnected|Aborted login|Login aborted)\b(.*)$/s;
/** Attempts of one connection that are told one by one. */
const MAX_ATTEMPTS = 20;

/**
 * Reads what Dovecot's imap-login and imap say: logins that were taken and refused, with the mechanism and whether they were inside TLS (its
 * version where `login_log_format_elements` has `%k`), and the end of sessions. Commands are in rawlogs alone.
 */
export class DovecotReader {
  readonly #budget: LogBudget;
  /** Logged in, by session; a session that ends is taken out. */
  readonly #open = new Map<string, DraftConnection>();
  readonly connections: DraftConnection[] = [];
  /** A line of this log has said that a connection was inside TLS, or secured otherwise: its format tells. */
  #tellsTls = false;
  /** Sessions in which a password came in clear and was refused for that. */
  readonly #inClear = new Set<string>();
  /** Logins that would be in clear if it does. */
  readonly #bare: DraftEvent[] = [];

  constructor(budget: LogBudget) {
    this.#budget = budget;
  }

  take({ at, program, message }: LogEntry): boolean {
    if (program === "imap-login") {
      const login = LOGIN.exec(message);
      if (login) return this.#login(at, fieldsOf(login[1] ?? ""));
      const disallowed = DISALLOWED.exec(message);
      if (disallowed) return this.#disallowed(fieldsOf(disallowed[1] ?? ""));
      const left = LEFT.exec(message);
      return left !== null && this.#refused(at, left[1] ?? "");
    }
    if (!/^imap\(/.test(program) || !/^(?:Disconnected|Connection closed|Logged out)\b/.test(message)) return false;
    return this.#ended(at, program, message);
  }

  /** The log has no more. Of a format without `%c` and `%k` nobody knows what was inside TLS. */
  finish(): void {
    if (!this.#tellsTls) for (const event of this.#bare) this.#undecided(event);
    this.#bare.length = 0;
  }

  #undecided(event: DraftEvent): void {
    event.dropped = true;
    this.#budget.leftOut.undecided += 1;
  }

  #authentication(
    draft: DraftConnection,
    at: number,
    auth: Pick<Auth, "mechanism" | "user" | "ok">,
    fields: Fields,
  ): void {
    const event = draft.add(at, { kind: "auth", protocol: "imap", ...auth, tls: draft.tls === true });
    // "secured": it came from the machine itself, or through a proxy that may have ended TLS.
    if (fields.secured) this.#undecided(event);
    else if (!draft.tls) this.#bare.push(event);
  }

  #login(at: number, fields: Fields): boolean {
    const user = fields.named.get("user");
    const mechanism = fields.named.get("method");
    if (user === undefined || mechanism === undefined) return false;
    const draft = this.#connection(at, fields);
    this.#authentication(draft, at, { mechanism, user, ok: true }, fields);
    draft.pid = fields.named.get("mpid");
    const session = fields.named.get("session");
    if (session === undefined) return true;
    if (this.#open.size >= this.#budget.limits.maxOpen) this.#open.delete(this.#open.keys().next().value ?? "");
    this.#open.set(session, draft);
    return true;
  }

  #disallowed({ named }: Fields): boolean {
    const session = named.get("session");
    if (session === undefined) return false;
    if (this.#inClear.size >= this.#budget.limits.maxOpen)
      this.#inClear.delete(this.#inClear.keys().next().value ?? "");
    this.#inClear.add(session);
    return true;
  }

  /** Ended before a login: what was refused, or a handshake that failed. */
  #refused(at: number, text: string): boolean {
    const fields = fieldsOf(text);
    const attempts = Number(/\(auth failed, (\d{1,6}) attempts?/.exec(text)?.[1] ?? 0);
    const refusedInClear = this.#inClear.delete(fields.named.get("session") ?? "");
    const inClear = refusedInClear || /tried to use disallowed plaintext auth/.test(text);
    const handshake = /TLS handshaking(?:: (.{0,300}?))?(?:, session=|$)/s.exec(text);
    if (!fields.named.has("rip") || !(attempts > 0 || inClear || handshake)) return false;
    const draft = this.#connection(at, fields);
    draft.closed = { at };
    if (handshake && !draft.tls) {
      const error = bounded(handshake[1] ?? "", 200);
      draft.add(at, { kind: "tls", protocol: "imap", what: "failed", profile: "unknown", error, partial: true });
    }
    const mechanism = fields.named.get("method") ?? "";
    const user = fields.named.get("user") ?? "";
    if (inClear) {
      const clear = { mechanism: mechanism || "PLAIN", user, ok: false, tls: false };
      draft.add(at, { kind: "auth", protocol: "imap", ...clear });
      return true;
    }
    for (let count = 0; count < Math.min(attempts, MAX_ATTEMPTS); count += 1)
      this.#authentication(draft, at, { mechanism, user, ok: false }, fields);
    return true;
  }

  #connection(at: number, { named, tls, secured, version, cipher }: Fields): DraftConnection {
    this.#tellsTls ||= tls || secured;
    const draft = new DraftConnection(this.#budget, "imap", at, named.get("rip") ?? "");
    this.connections.push(draft);
    draft.port = Number(/^\d{1,5}$/.exec(named.get("lport") ?? "")?.[0] ?? 0);
    draft.tls = false;
    if (tls)
      draft.established(at, {
        ...(version === undefined ? {} : { version, ...(cipher ? { cipher } : {}) }),
        partial: true,
      });
    return draft;
  }

  #ended(at: number, program: string, message: string): boolean {
    const session = /<([^<>\s]{1,60})>$/.exec(program)?.[1];
    const draft = this.#open.get(session ?? "");
    if (!draft || session === undefined) return false;
    this.#open.delete(session);
    // `Logged out` is what Dovecot says of a LOGOUT, and of nothing else.
    draft.closed = { at, ...(/\bLogged out\b/.test(message) ? { commands: { LOGOUT: 1 } } : {}) };
    return true;
  }
}

type Auth = Extract<Observation, { kind: "auth" }>;

interface Fields {
  named: ReadonlyMap<string, string>;
  tls: boolean;
  secured: boolean;
  version?: string;
  cipher?: string;
}

/** `user=<a@b>, method=PLAIN, rip=…, lip=…, mpid=1, TLS, session=<…>`. */
function fieldsOf(text: string): Fields {
  const named = new Map<string, string>();
  const tail = text.slice(0, 4_000);
  for (const [, name = "", quoted, plain] of tail.matchAll(
    /\b(user|method|rip|lip|lport|mpid|session)=(?:<([^<>]{0,320})>|([^\s,<>]{1,320}))/g,
  ))
    if (!named.has(name)) named.set(name, bounded(quoted ?? plain ?? "", 320));
  const [, version, cipher] = /, (TLSv?[\d.]{1,5}|SSLv3) with cipher (\S{1,80})/.exec(tail) ?? [];
  const tls = version !== undefined || /, TLS(?=[,:]|$)/.test(tail.replace(/, TLS handshaking.*$/s, ""));
  const secured = !tls && /, secured(?=,|$)/.test(tail);
  return {
    named,
    tls,
    secured,
    ...(version === undefined ? {} : { version }),
    ...(cipher === undefined ? {} : { cipher }),
  };
}
