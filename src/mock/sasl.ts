import { createHash, timingSafeEqual } from "node:crypto";
import type { MockMailbox } from "./store/mailbox.js";
import type { MockStore } from "./store/store.js";
import { saslOf } from "./store/store.js";
import type { PeerCertificate } from "./wire/connection.js";

export const MECHANISMS = ["XOAUTH2", "EXTERNAL", "PLAIN"] as const;
export type Mechanism = (typeof MECHANISMS)[number];

/** `user` is what the client said it is, for the transcript; never a secret. */
export type SaslOutcome =
  | { ok: true; mailbox: MockMailbox; user: string }
  | { ok: false; user: string; malformed?: boolean };

/** The JSON that a refused XOAUTH2 client is shown before the failure. */
export const XOAUTH2_ERROR = Buffer.from('{"status":"401","schemes":"bearer","scope":"mail"}').toString("base64");

/** What the transcript shows of a client's answer to that JSON: what it may say as it is, of a command its name, of the rest nothing. */
export function shownAnswer(line: string): string {
  const command =
    /^(?:\S{1,20} )?(NOOP|QUIT|RSET|AUTH|AUTHENTICATE|EHLO|HELO|MAIL|CAPABILITY|LOGOUT|LOGIN)(?: |$)/i.exec(line);
  return /^(?:\*|AQ==)?$/.test(line) ? line : (command?.[1]?.toUpperCase() ?? "[credential]");
}

export function isMechanism(name: string): name is Mechanism {
  return (MECHANISMS as readonly string[]).includes(name);
}

/** Judges a client's SASL response (base64; `=` is an empty one). */
export function authenticate(
  mechanism: Mechanism,
  response: string,
  context: { store: MockStore; protocol: "smtp" | "imap"; peer: PeerCertificate | undefined },
): SaslOutcome {
  const encoded = response === "=" ? "" : response;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return { ok: false, user: "", malformed: true };
  const text = Buffer.from(encoded, "base64").toString("utf8");
  if (mechanism === "XOAUTH2") return xoauth2(text, context.store);
  if (mechanism === "EXTERNAL") return external(text, context);
  return plain(text, context);
}

/** The mailbox that a client certificate opens by itself: of type APP, named by the CN, signed by our authority. */
export function certificateMailbox(store: MockStore, peer: PeerCertificate | undefined): MockMailbox | undefined {
  if (!peer?.authorized) return undefined;
  const mailbox = store.find(peer.commonName);
  return mailbox?.auth?.method === "certificate" ? mailbox : undefined;
}

function xoauth2(text: string, store: MockStore): SaslOutcome {
  const match = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/i.exec(text);
  if (!match?.[1] || !match[2]) return { ok: false, user: "", malformed: true };
  const [, user, token] = match;
  const mailbox = store.find(user);
  return mailbox && store.accepts(user, token) ? { ok: true, mailbox, user } : { ok: false, user };
}

function external(
  text: string,
  { store, protocol, peer }: { store: MockStore; protocol: "smtp" | "imap"; peer: PeerCertificate | undefined },
): SaslOutcome {
  const mailbox = certificateMailbox(store, peer);
  const user = text === "" ? (mailbox?.address ?? "") : text;
  if (!mailbox || user.toLowerCase() !== mailbox.address) return { ok: false, user };
  if (mailbox.auth?.method !== "certificate" || saslOf(mailbox.auth, protocol) === "plain") return { ok: false, user };
  return { ok: true, mailbox, user };
}

function plain(
  text: string,
  { store, protocol, peer }: { store: MockStore; protocol: "smtp" | "imap"; peer: PeerCertificate | undefined },
): SaslOutcome {
  const [authorization, user, password, ...rest] = text.split("\0");
  if (user === undefined || password === undefined || rest.length > 0) return { ok: false, user: "", malformed: true };
  const mailbox = store.find(user);
  const auth = mailbox?.auth;
  if (!mailbox || !auth || (authorization && authorization.toLowerCase() !== mailbox.address))
    return { ok: false, user };
  if (auth.method === "password")
    return same(auth.password, password) ? { ok: true, mailbox, user } : { ok: false, user };
  if (auth.method !== "certificate" || saslOf(auth, protocol) !== "plain") return { ok: false, user };
  const ok = certificateMailbox(store, peer) === mailbox && same(auth.password ?? "", password);
  return ok ? { ok: true, mailbox, user } : { ok: false, user };
}

function same(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Tells one credential from another in the observations, and tells nothing of it. */
export function fingerprintOf(response: string): string {
  return createHash("sha256").update(response).digest("hex").slice(0, 16);
}
