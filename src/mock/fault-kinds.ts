import type { ImapExtension } from "./imap/capabilities.js";
import { IMAP_EXTENSIONS } from "./imap/capabilities.js";

/** Moments of an SMTP session where a fault can strike. `final-dot`: instead of the answer to the dot; `after-dot`: once the mail was taken. */
export const SMTP_FAULT_POINTS = [
  "greeting",
  "ehlo",
  "starttls",
  "auth",
  "mail",
  "rcpt",
  "data",
  "content",
  "final-dot",
  "after-dot",
] as const;
export type SmtpFaultPoint = (typeof SMTP_FAULT_POINTS)[number];
/** Moments of an IMAP session: its greeting, or a command by its name (`imap-select`, `imap-fetch`, `imap-auth` for AUTHENTICATE…). */
export type ImapFaultPoint = `imap-${string}`;
export type FaultPoint = SmtpFaultPoint | ImapFaultPoint;

export interface FaultKind {
  /** Where it strikes when the script does not say. */
  at: SmtpFaultPoint | undefined;
  /** Its moments in an IMAP session, where it has any; the first is the usual one where it has none in SMTP. */
  imap?: ImapFaultPoint | readonly ImapFaultPoint[];
  what: string;
}

/** Every command of the IMAP server, as a moment. */
export const IMAP_COMMAND_POINTS: readonly ImapFaultPoint[] = (
  "capability noop logout starttls auth id enable namespace idle list lsub status select examine create delete rename subscribe " +
  "unsubscribe append check close unselect expunge fetch search store copy move getquota getquotaroot setquota"
)
  .split(" ")
  .map((name): ImapFaultPoint => `imap-${name}`);

/** Commands of a client that is known, the usual moment first. IDLE is not among them: it has no answer but its end. */
function commands(first: ImapFaultPoint): readonly ImapFaultPoint[] {
  const others = new Set(["imap-capability", "imap-logout", "imap-starttls", "imap-auth", "imap-idle", first]);
  return [first, ...IMAP_COMMAND_POINTS.filter((point) => !others.has(point))];
}

const OPENING = ["imap-select", "imap-examine", "imap-status"] as const;

/** Every fault by name. Those without a moment of their own need `at`. */
const NAMED = {
  refuse: { at: undefined, what: "a permanent refusal of the command (5xx, NO)" },
  defer: { at: undefined, what: "a temporary refusal of the command (4xx, NO [UNAVAILABLE])" },
  reply: { at: undefined, what: "the reply given by `reply`, `status` and `text`" },
  garbage: { at: undefined, what: "a line that is not of the protocol" },
  drop: { at: undefined, what: "the connection is cut instead of an answer" },
  slow: { at: undefined, what: "the command is carried out, and answered, after `ms`" },
  silence: { at: undefined, what: "nothing is done, and no answer comes; the connection stays" },
  "drop-before-dot": {
    at: "content",
    what: "the connection is cut while the content comes, after `bytes`; nothing is stored",
  },
  "drop-after-data": {
    at: "final-dot",
    what: "the mail is accepted, stored and delivered, then the connection is cut without an answer",
  },
  "drop-after-dot-lost": {
    at: "final-dot",
    what: "the connection is cut without an answer after the final dot; nothing is stored",
  },
  "strip-starttls": { at: "ehlo", imap: "imap-capability", what: "STARTTLS is not offered, and refused" },
  "inject-after-starttls": { at: "starttls", imap: "imap-starttls", what: "plain text follows the answer to STARTTLS" },
  "expired-certificate": { at: "starttls", imap: "imap-starttls", what: "the server's certificate is expired" },
  "wrong-name-certificate": {
    at: "starttls",
    imap: "imap-starttls",
    what: "the server's certificate is of another host",
  },
  "untrusted-certificate": {
    at: "starttls",
    imap: "imap-starttls",
    what: "the server's certificate is of another authority",
  },
  "revoked-certificate": {
    at: "starttls",
    imap: "imap-starttls",
    what: "the server's certificate is revoked, as its authority's list and responder say",
  },
  "wrong-usage-certificate": { at: "starttls", imap: "imap-starttls", what: "the server's certificate is a client's" },
  "wrong-range-certificate": {
    at: "starttls",
    imap: "imap-starttls",
    what: "the server's certificate is of another range than Élémentaire Organisations",
  },
  "tls-1.1": { at: "starttls", imap: "imap-starttls", what: "TLS 1.1 at most" },
  "weak-ciphers": { at: "starttls", imap: "imap-starttls", what: "only suites outside ECO.1.1.3" },
  "token-refused": { at: "auth", imap: "imap-auth", what: "535 5.7.8, or NO [AUTHENTICATIONFAILED]" },
  "token-refused-challenge": {
    at: "auth",
    what: "334 and the error JSON, and 535 5.7.8 once the client has answered it (over IMAP `token-refused` does so)",
  },
  "token-refused-drop": {
    at: "auth",
    imap: "imap-auth",
    what: "334 and the error JSON, then the connection is cut, as seen at one operator",
  },
  "full-mailbox": { at: "rcpt", what: "452 4.2.2, or 552 5.2.2 with `reply: 552`" },
  "unknown-recipient": { at: "rcpt", what: "550 5.1.1" },
  "size-limit": { at: "final-dot", what: "552 5.3.4" },
  bounce: { at: "after-dot", what: "accepted, then not delivered: a DSN of failure comes back, `status` says why" },
  delay: {
    at: "after-dot",
    what: "accepted, delivery is late: a DSN of delay where NOTIFY asks it, delivered by `mock.release()`, or after `ms` where it is given",
  },
  "no-dsn": { at: "ehlo", what: "DSN is not offered" },
  "no-pipelining": { at: "ehlo", what: "PIPELINING is not offered" },
  "no-size": { at: "ehlo", what: "SIZE is not offered" },
  "no-8bitmime": { at: "ehlo", what: "8BITMIME is not offered" },
  "no-smtputf8": { at: "ehlo", what: "SMTPUTF8 is not offered" },
  bye: {
    at: undefined,
    imap: [...commands("imap-noop"), "imap-idle"],
    what: "BYE instead of an answer, and the end; nothing is done",
  },
  "bye-midway": {
    at: undefined,
    imap: commands("imap-fetch"),
    what: "BYE after the first message of a FETCH; of another command, in place of its last line",
  },
  "drop-in-literal": {
    at: undefined,
    imap: "imap-fetch",
    what: "the connection is cut once `bytes` of a literal are sent",
  },
  "slow-literal": {
    at: undefined,
    imap: "imap-fetch",
    what: "literals of the command come in pieces of `bytes` (1024), one every `ms` (100)",
  },
  "drop-after-done": {
    at: undefined,
    imap: commands("imap-append"),
    what: "the command is done, then the connection is cut before anything of its answer is sent",
  },
  "no-after-done": {
    at: undefined,
    imap: commands("imap-move"),
    what: "the command is done, then answered NO and nothing else",
  },
  "slow-after-done": {
    at: undefined,
    imap: commands("imap-append"),
    what: "the command is done, its answer comes after `ms` (8000)",
  },
  "silence-after-done": {
    at: undefined,
    imap: commands("imap-move"),
    what: "the command is done, and no answer comes; the connection stays",
  },
  "drop-after-commands": {
    at: undefined,
    imap: "imap-auth",
    what: "the session is cut at the command that follows the first `count` (10) after its login",
  },
  "silent-idle": {
    at: undefined,
    imap: "imap-idle",
    what: "from `+ idling` on nothing is told, and DONE is not answered: a network that forgot the connection",
  },
  "wrong-exists": {
    at: undefined,
    imap: [...OPENING, "imap-idle"],
    what: "EXISTS, or MESSAGES of STATUS, is `count` (3) too high",
  },
  "wrong-uidvalidity": {
    at: undefined,
    imap: OPENING,
    what: "the answer has a UIDVALIDITY that is not the folder's",
  },
  "new-uidvalidity": {
    at: undefined,
    imap: OPENING,
    what: "the folder has been built anew: same mails, other UIDVALIDITY and UIDs, for good",
  },
} as const satisfies Record<string, FaultKind>;

type WithoutName = `no-${Lowercase<ImapExtension>}`;

const WITHOUT = Object.fromEntries(
  IMAP_EXTENSIONS.map((name) => [
    withoutFault(name),
    { at: undefined, imap: "imap-capability", what: `${name} is not offered, and refused, in one IMAP session` },
  ]),
) as unknown as Record<WithoutName, FaultKind>;

/** The fault that takes an extension away from one session. */
export function withoutFault(name: ImapExtension): WithoutName {
  return `no-${name.toLowerCase()}` as WithoutName;
}

export type FaultName = keyof typeof NAMED | WithoutName;
export const FAULT_KINDS: Readonly<Record<FaultName, FaultKind>> = { ...NAMED, ...WITHOUT };
export const FAULT_NAMES = Object.keys(FAULT_KINDS) as FaultName[];

/** What each fault does, for the documentation and the command. */
export function describeFault(name: FaultName): string {
  return FAULT_KINDS[name].what;
}

const ANSWERS: ReadonlySet<string> = new Set(["token-refused", "full-mailbox", "unknown-recipient", "size-limit"]);
const IMAP_POINTS: ReadonlySet<string> = new Set(["imap-greeting", ...IMAP_COMMAND_POINTS]);

/** Every moment where a fault can strike; those at `content` and `after-dot` are only for the faults that are made for them. */
export const FAULT_POINTS: readonly FaultPoint[] = [...SMTP_FAULT_POINTS, ...(IMAP_POINTS as Set<ImapFaultPoint>)];

/** The moments of a fault, its usual one first. */
export function momentsOfFault(name: FaultName): readonly FaultPoint[] {
  const kind = FAULT_KINDS[name];
  if (kind.at === undefined && kind.imap === undefined) return FAULT_POINTS.filter(answering);
  const smtp = kind.at !== undefined && ANSWERS.has(name) ? SMTP_FAULT_POINTS.filter(answering) : [];
  return [...new Set([...(kind.at === undefined ? [] : [kind.at]), ...[kind.imap ?? []].flat(), ...smtp])];
}

function answering(point: FaultPoint): boolean {
  return point !== "content" && point !== "after-dot";
}

/** Where a fault strikes that is not told where; undefined where it must be. */
export function usualMoment(name: FaultName): FaultPoint | undefined {
  const kind = FAULT_KINDS[name];
  return kind.at ?? (kind.imap === undefined ? undefined : momentsOfFault(name)[0]);
}
