import { MedimailError } from "../errors.js";

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

interface FaultKind {
  /** Where it strikes when the script does not say. */
  at: SmtpFaultPoint | undefined;
  /** Its moment in an IMAP session, where it has one. */
  imap?: ImapFaultPoint;
  what: string;
}

/** Every fault by name. Those without a moment of their own need `at`. */
const KINDS = {
  refuse: { at: undefined, what: "a permanent refusal of the command (5xx, NO)" },
  defer: { at: undefined, what: "a temporary refusal of the command (4xx, NO [UNAVAILABLE])" },
  reply: { at: undefined, what: "the reply given by `reply`, `status` and `text`" },
  garbage: { at: undefined, what: "a line that is not of the protocol" },
  drop: { at: undefined, what: "the connection is cut instead of an answer" },
  slow: { at: undefined, what: "the answer comes after `ms`" },
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
  "tls-1.1": { at: "starttls", imap: "imap-starttls", what: "TLS 1.1 at most" },
  "weak-ciphers": { at: "starttls", imap: "imap-starttls", what: "only suites outside ECO.1.1.3" },
  "token-refused": { at: "auth", imap: "imap-auth", what: "535 5.7.8, or NO [AUTHENTICATIONFAILED]" },
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
    what: "accepted, delivery is late: a DSN of delay where NOTIFY asks it, delivered by `mock.release()`",
  },
  "no-dsn": { at: "ehlo", what: "DSN is not offered" },
  "no-pipelining": { at: "ehlo", what: "PIPELINING is not offered" },
  "no-size": { at: "ehlo", what: "SIZE is not offered" },
  "no-8bitmime": { at: "ehlo", what: "8BITMIME is not offered" },
  "no-smtputf8": { at: "ehlo", what: "SMTPUTF8 is not offered" },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof KINDS;
export const FAULT_NAMES = Object.keys(KINDS) as FaultName[];

/** What each fault does, for the documentation and the command. */
export function describeFault(name: FaultName): string {
  return KINDS[name].what;
}

export interface FaultScript {
  name: FaultName;
  /** Needed by `refuse`, `defer`, `reply`, `garbage`, `drop` and `slow`; the others have a moment of their own, which `imap-…` may replace. */
  at?: FaultPoint;
  /** How often it strikes. Default 1; `Number.POSITIVE_INFINITY` for always. */
  times?: number;
  /** Lets this many pass first. Default 0. */
  skip?: number;
  /** Only for this address: the recipient at `rcpt` and `after-dot`; the sender or a recipient from `data` on; the user or the sender before. */
  for?: string;
  /** SMTP reply code, with `reply`, `refuse`, `defer` or `full-mailbox`. */
  reply?: number;
  /** Enhanced status code, e.g. `4.3.0`. */
  status?: string;
  text?: string;
  /** With `slow`. */
  ms?: number;
  /** With `drop-before-dot`: cut once this much of the content has come. Default 1. */
  bytes?: number;
}

/** A fault in place. */
export class Fault {
  readonly script: FaultScript;
  readonly at: FaultPoint;
  #struck = 0;
  #skipped = 0;

  constructor(script: FaultScript, at: FaultPoint) {
    this.script = script;
    this.at = at;
  }

  get name(): FaultName {
    return this.script.name;
  }

  /** How often it has struck. */
  get struck(): number {
    return this.#struck;
  }

  get spent(): boolean {
    return this.#struck >= (this.script.times ?? 1);
  }

  /** True when it strikes now; counts. */
  strikes(at: FaultPoint, addresses: readonly string[]): boolean {
    if (this.spent || at !== this.at) return false;
    const wanted = this.script.for?.toLowerCase();
    if (wanted !== undefined && !addresses.some((address) => address.toLowerCase() === wanted)) return false;
    if (this.#skipped < (this.script.skip ?? 0)) {
      this.#skipped += 1;
      return false;
    }
    this.#struck += 1;
    return true;
  }
}

const IMAP_POINTS: ReadonlySet<string> = new Set(
  (
    "greeting capability noop logout starttls auth id enable namespace idle list lsub status select examine create delete rename " +
    "subscribe unsubscribe append check close unselect expunge fetch search store copy move"
  )
    .split(" ")
    .map((name) => `imap-${name}`),
);
const ANSWERS: ReadonlySet<string> = new Set(["token-refused", "full-mailbox", "unknown-recipient", "size-limit"]);

/** A fault where it could never strike would make a test that proves nothing. */
function assertMoment(name: string, kind: FaultKind, at: FaultPoint): void {
  const smtp = (SMTP_FAULT_POINTS as readonly string[]).includes(at);
  if (!smtp && !IMAP_POINTS.has(at)) {
    const hint = `Known: ${[...SMTP_FAULT_POINTS, ...IMAP_POINTS].join(", ")}.`;
    throw new MedimailError("invalid_argument", "No moment of a session has this name", { path: "at", hint });
  }
  const answering = at !== "content" && at !== "after-dot";
  const anywhere = kind.at === undefined || (smtp && ANSWERS.has(name));
  if (at === kind.at || at === kind.imap || (anywhere && answering)) return;
  throw new MedimailError("invalid_argument", "This fault cannot strike at this moment", {
    path: "at",
    hint:
      kind.at === undefined
        ? "Not at content nor after-dot."
        : `It strikes at ${[kind.at, kind.imap].filter(Boolean).join(" or ")}.`,
  });
}

/** The faults that a test has asked for: scripted, counted, never by chance. */
export class Faults {
  readonly #faults: Fault[] = [];

  add(script: FaultScript): Fault {
    const kind: FaultKind | undefined = Object.hasOwn(KINDS, script.name) ? KINDS[script.name] : undefined;
    if (!kind)
      throw new MedimailError("invalid_argument", "No fault of the mock has this name", {
        path: "name",
        hint: `Known: ${FAULT_NAMES.join(", ")}.`,
      });
    const at = script.at ?? kind.at;
    if (at === undefined)
      throw new MedimailError("invalid_argument", "This fault needs to be told where it strikes", { path: "at" });
    assertMoment(script.name, kind, at);
    const fault = new Fault(script, at);
    this.#faults.push(fault);
    return fault;
  }

  /** The fault that strikes here, if one does. `names`: only of these kinds. */
  take(at: FaultPoint, addresses: readonly string[] = [], names?: readonly FaultName[]): Fault | undefined {
    return this.#faults.find((fault) => (!names || names.includes(fault.name)) && fault.strikes(at, addresses));
  }

  /** Faults that have not struck as often as asked: a test may check that none is left. */
  pending(): Fault[] {
    return this.#faults.filter((fault) => !fault.spent && fault.script.times !== Number.POSITIVE_INFINITY);
  }

  clear(): void {
    this.#faults.length = 0;
  }
}
