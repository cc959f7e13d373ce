/**
 * The logging seam. The log has ids (submission, message, host, code), never health data and never a secret: what is
 * logged is a fixed event name and fields from a closed list, so a caller's text cannot slip in.
 */

/** The only fields that a log line may have. Each is an id, a count, a code or a host: nothing that a patient could be read from. */
export interface LogFields {
  submission?: string;
  /** The recipient's row in the outbox, never the address: a patient's address is his INS. */
  recipientId?: string;
  messageId?: string;
  mailbox?: string;
  tenant?: string;
  host?: string;
  port?: number;
  code?: string;
  /** SMTP reply code. */
  reply?: number;
  /** Enhanced status code of RFC 3463. */
  status?: string;
  stage?: string;
  state?: string;
  attempt?: number;
  count?: number;
  bytes?: number;
  ms?: number;
  path?: string;
  worker?: string;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Give your own to {@link createConnector}; the default writes nothing. A logger that throws is ignored, not obeyed. */
export interface Logger {
  log(level: LogLevel, event: string, fields: LogFields): void;
}

export const silentLogger: Logger = { log: () => {} };

const ORDER: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };
const FIELDS: ReadonlySet<string> = new Set<keyof LogFields>([
  "submission",
  "recipientId",
  "messageId",
  "mailbox",
  "tenant",
  "host",
  "port",
  "code",
  "reply",
  "status",
  "stage",
  "state",
  "attempt",
  "count",
  "bytes",
  "ms",
  "path",
  "worker",
]);

// An INS is 15 characters (13 and a key, A or B in Corsica), a token is long: neither may pass, whatever field it came in by.
const LOOKS_PERSONAL = /(?<!\d)[1-478]\d{5}[\dAB]\d{6}(?:\d\d)?(?!\d)|@patient\.|Bearer\s|eyJ[\w-]{8,}/i;

/**
 * The one redaction: keeps the fields of the closed list, and drops the value of any that still looks like an INS, a
 * patient's address or a token. Rooms log through a logger wrapped by {@link safeLogger}, never directly.
 */
export function redactFields(fields: LogFields): LogFields {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!FIELDS.has(name) || value === undefined) continue;
    kept[name] = typeof value === "string" && LOOKS_PERSONAL.test(value) ? "[redacted]" : (value as string | number);
  }
  return kept as LogFields;
}

/** Wraps a caller's logger: closed list of fields, redaction, level, and no exception of the logger reaches the work. */
export function safeLogger(logger: Logger | undefined, level: LogLevel = "info"): Logger {
  if (!logger) return silentLogger;
  return {
    log(at, event, fields) {
      if (ORDER[at] < ORDER[level]) return;
      try {
        const written: unknown = logger.log(at, event, redactFields(fields));
        // One that is async fails later: a rejection that nobody handles would end the process.
        if (written instanceof Promise) written.catch(() => {});
      } catch {
        // The software's logger failed; sending goes on.
      }
    },
  };
}

/** One JSON object a line, for the command and for containers. */
export function jsonLogger(write: (line: string) => void, now: () => Date = () => new Date()): Logger {
  return {
    log(level, event, fields) {
      write(`${JSON.stringify({ at: now().toISOString(), level, event, ...fields })}\n`);
    },
  };
}
