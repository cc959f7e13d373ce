import { BAD_TLS_PROFILES, type Observation } from "../../seams/observations.js";
import { mailboxes } from "../mail/fields.js";
import { reportOf } from "../mail/report.js";
import type { SentMail } from "../mail/sent-mail.js";
import { field } from "../mail/sent-mail.js";
import type { Scenario } from "../types.js";
import { idsOf, originalIdOf, readDelivered } from "./incoming.js";
import type { Masking } from "./mask.js";
import type { DeliveredMail, PastSession, Retry, RunRecord, SentSummary, TraceLine } from "./run.js";
import type { Of, SmtpTransaction, WatchedSession } from "./session.js";
import { newSession, watchLine } from "./session.js";

/** What is kept of a run at most; what comes beyond is counted, and judged one by one all the same. */
const MAX_SENT = 100_000;
const MAX_LIST = 20_000;
const MAX_OPEN = 5_000;

export interface Taken {
  session?: WatchedSession;
  transaction?: SmtpTransaction;
  ended?: WatchedSession;
}

/** Puts observations together: lines into sessions and transactions, the rest into the record of the run. */
export class Recorder {
  readonly #sessions = new Map<string, WatchedSession>();
  /** Sessions that were let go while they were open: what comes of them later is a part. */
  readonly #letGo = new Set<string>();
  readonly #refused = new Map<string, { code: string; at: string }>();
  readonly record: RunRecord & {
    sent: SentSummary[];
    sentById: Map<string, SentSummary[]>;
    delivered: DeliveredMail[];
    sessions: PastSession[];
    retries: Retry[];
    logins: { auth: Of<"auth">; at: string; connection: string }[];
    http: Of<"http">[];
    dns: Of<"dns">[];
    appended: Of<"appended">[];
    timeline: (Of<"scenario"> | Of<"client">)[];
    mailboxes: Map<string, string>;
  };

  constructor(options: {
    scenarios?: readonly Scenario[];
    traces?: readonly TraceLine[];
    nil?: string;
    now?: Date;
    mask: Masking;
  }) {
    this.record = {
      startedAt: undefined,
      endedAt: undefined,
      observations: 0,
      mailboxes: new Map(),
      scenarios: new Map((options.scenarios ?? []).map((scenario) => [scenario.id, scenario])),
      current: undefined,
      timeline: [],
      sent: [],
      sentById: new Map(),
      delivered: [],
      sessions: [],
      retries: [],
      logins: [],
      http: [],
      dns: [],
      appended: [],
      traces: options.traces,
      nil: options.nil,
      now: options.now ?? new Date(0),
      mask: options.mask,
    };
  }

  /** Connections that have not ended. */
  get open(): readonly WatchedSession[] {
    return [...this.#sessions.values()];
  }

  take(observation: Observation): Taken {
    const { record } = this;
    record.observations += 1;
    record.startedAt ??= observation.at;
    record.endedAt = observation.at;
    switch (observation.kind) {
      case "scenario":
        record.current = observation.what === "end" ? undefined : observation.id;
        add(record.timeline, observation);
        return {};
      case "client":
        add(record.timeline, observation);
        return {};
      case "mailbox":
        record.mailboxes.set(observation.address.toLowerCase(), observation.type);
        return {};
      case "http":
        add(record.http, observation);
        return {};
      case "dns":
        add(record.dns, observation);
        return {};
      case "appended":
        add(record.appended, observation);
        return {};
      case "delivered":
        return {};
      case "fault": {
        const session = this.#sessions.get(observation.connection);
        if (!session) return {};
        if (session.faults.length < 100) session.faults.push(observation.name);
        if (TLS_PROFILES.has(observation.name)) session.profile = observation.name;
        return { session };
      }
      default:
        return this.#wire(observation);
    }
  }

  #wire(observation: Of<"tcp"> | Of<"tls"> | Of<"line"> | Of<"auth"> | Of<"mail">): Taken {
    const session = this.#sessionOf(observation);
    switch (observation.kind) {
      case "tcp":
        if (observation.what === "close") return this.#close(session, observation);
        if (observation.dialogue !== undefined) session.dialogue = observation.dialogue;
        return { session };
      case "tls":
        session.tls = observation;
        if (observation.profile !== undefined) session.profile = observation.profile;
        return { session };
      case "line": {
        const transaction = watchLine(session, observation);
        if (transaction) this.#attempt(transaction, session);
        return transaction ? { session, transaction } : { session };
      }
      case "auth":
        if (session.auths.length < 100) session.auths.push(observation);
        add(this.record.logins, { auth: observation, at: observation.at, connection: observation.connection });
        if (observation.ok) session.authenticated = observation.user;
        return { session };
      case "mail":
        session.mails += 1;
        if (observation.from !== "") session.lastFrom = observation.from;
        if (session.current) session.current.observation = observation;
        return { session };
    }
  }

  #sessionOf(observation: Of<"tcp"> | Of<"tls"> | Of<"line"> | Of<"auth"> | Of<"mail">): WatchedSession {
    const known = this.#sessions.get(observation.connection);
    if (known) return known;
    const protocol = observation.kind === "mail" ? "smtp" : observation.protocol;
    const session = newSession(observation.connection, protocol, observation.at, this.record.current);
    // Ones that never close (a cut recording) must not pile up.
    if (this.#sessions.size >= MAX_OPEN) {
      const [oldest = ""] = this.#sessions.keys();
      this.#sessions.delete(oldest);
      if (this.#letGo.size < MAX_LIST) this.#letGo.add(oldest);
    }
    if (this.#letGo.has(session.id)) session.dialogue = "part";
    this.#sessions.set(session.id, session);
    return session;
  }

  #close(session: WatchedSession, { at, commands }: Of<"tcp">): Taken {
    session.closedAt = at;
    if (session.dialogue !== "whole" && commands) takeCounts(session, commands);
    this.#sessions.delete(session.id);
    const transaction = session.current;
    delete session.current;
    if (this.record.sessions.length < MAX_LIST) this.record.sessions.push(past(session));
    return { session, ended: session, ...(transaction ? { transaction } : {}) };
  }

  /** Refusals, by sender and recipient: what comes after one for the same is a new try of the same mail, or so it looks. */
  #attempt(transaction: SmtpTransaction, session: WatchedSession): void {
    const { mail, final } = transaction;
    const size = transaction.parameters.get("SIZE") ?? "";
    const key = `${transaction.from} ${transaction.recipients.map(({ address }) => address).join(",")} ${size} ${session.scenario ?? ""}`;
    const { [0]: refusal } = [
      mail.reply,
      ...transaction.recipients.map(({ reply }) => reply),
      transaction.data?.reply,
      final?.slice(0, 3),
    ].filter((code) => code !== undefined && /^[45]/.test(code));
    const before = this.#refused.get(key);
    if (before && size !== "" && this.record.retries.length < MAX_LIST)
      this.record.retries.push({ first: before, again: { session: session.id, n: mail.n, at: mail.at } });
    this.#refused.delete(key);
    if (refusal !== undefined && this.#refused.size < MAX_LIST) this.#refused.set(key, { code: refusal, at: mail.at });
  }

  /** Which mail this one takes the documents of back to their sender: the very archive, to nobody else, from the box that got it. */
  returnedBy({ kind, archive, observation }: SentMail): string | undefined {
    if (kind !== "message" || !archive || archive.sha256 === "" || observation.to.length === 0) return undefined;
    const box = observation.from.toLowerCase();
    const original = this.record.delivered.find(({ mailbox, archiveSha256, from, replyTo, returnPath }) => {
      if (archiveSha256 !== archive.sha256 || mailbox !== box) return false;
      const senders = [from, replyTo, returnPath].map((address) => address?.toLowerCase());
      return observation.to.every((to) => senders.includes(to.toLowerCase()));
    });
    return original?.messageId;
  }

  sent(mail: SentMail): void {
    if (this.record.sent.length >= MAX_SENT) return;
    const { observation } = mail;
    const summary: SentSummary = {
      messageId: mail.messageId,
      sha256: observation.sha256,
      name: mail.name,
      kind: mail.kind,
      from: observation.from,
      headerFrom: mailboxes(field(mail, "from")?.flat ?? "")[0]?.address,
      to: observation.to,
      subject: (mail.subject ?? "").slice(0, 500),
      inReplyTo: idsOf(field(mail, "in-reply-to")?.flat)[0],
      references: idsOf(field(mail, "references")?.flat),
      originalMessageId: originalIdOf(mail),
      hasArchive: mail.archive !== undefined,
      deletes: mail.archive?.opened?.documents.some(({ action }) => action === "delete") ?? false,
      receiptTo: mailboxes(field(mail, "disposition-notification-to")?.flat ?? "")[0]?.address,
      disposition: reportOf(mail)?.get("disposition"),
      connection: observation.connection,
      at: observation.at,
      scenario: this.record.current,
      nil: field(mail, "x-mss-nil")?.flat,
    };
    this.record.sent.push(summary);
    if (summary.messageId === undefined) return;
    const same = this.record.sentById.get(summary.messageId) ?? [];
    if (same.length < 5) same.push(summary);
    this.record.sentById.set(summary.messageId, same);
  }

  delivered(observation: Of<"delivered">, raw: Uint8Array | undefined): void {
    if (this.record.delivered.length >= MAX_LIST) return;
    const read = raw ? readDelivered(raw) : undefined;
    const messageId = observation.messageId ?? read?.messageId;
    if (messageId === undefined) return;
    this.record.delivered.push({
      mailbox: observation.mailbox.toLowerCase(),
      what: observation.what,
      from: observation.from,
      sha256: observation.sha256,
      at: observation.at,
      scenario: this.record.current,
      subject: "",
      replyTo: undefined,
      references: [],
      receiptTo: undefined,
      returnPath: undefined,
      kind: "message",
      hasArchive: false,
      archiveSha256: undefined,
      files: [],
      ...read,
      messageId: messageId.replace(/^<|>$/g, ""),
    });
  }
}

const TLS_PROFILES: ReadonlySet<string> = new Set(BAD_TLS_PROFILES);

function add<T>(list: T[], item: T): void {
  if (list.length < MAX_LIST) list.push(item);
}

/** Commands that a server has counted and not written down. */
function takeCounts(session: WatchedSession, commands: Readonly<Record<string, number>>): void {
  session.counted = true;
  for (const [verb, count] of Object.entries(commands).slice(0, 100))
    if (count > 0) session.counts.set(verb.toUpperCase(), count);
  session.saidGoodbye ||= session.counts.has("QUIT") || session.counts.has("LOGOUT");
}

function past(session: WatchedSession): PastSession {
  return {
    id: session.id,
    protocol: session.protocol,
    openedAt: session.openedAt,
    closedAt: session.closedAt ?? session.openedAt,
    scenario: session.scenario,
    profile: session.profile,
    faults: session.faults,
    tls: session.tls !== undefined,
    established: session.tls?.what === "established",
    tlsVersion: session.tls?.version,
    authenticated: session.authenticated,
    spoke: session.auths.length > 0 || session.counts.has("MAIL"),
    mails: session.mails,
    saidGoodbye: session.saidGoodbye,
    lastCommands: session.commands.slice(-100).map(({ at, verb }) => ({ at, verb })),
    mechanism: session.auths.at(-1)?.mechanism,
    ended: session.ended,
  };
}
