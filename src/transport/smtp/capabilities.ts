import type { SmtpReply } from "./reply.js";

/** What an EHLO answer announces, as far as we use it. */
export interface Capabilities {
  starttls: boolean;
  pipelining: boolean;
  dsn: boolean;
  eightBitMime: boolean;
  smtpUtf8: boolean;
  /** SIZE announced at all: SIZE= may be given (RFC 1870). */
  size: boolean;
  /** Largest mail, in bytes; 0 where there is no fixed limit. */
  maxSize: number;
  /** SASL mechanisms, upper case. */
  auth: ReadonlySet<string>;
}

export function parseCapabilities(reply: SmtpReply): Capabilities {
  const announced = new Map<string, string[]>();
  // The first line is the server's name.
  for (const line of reply.lines.slice(1)) {
    // `AUTH=LOGIN PLAIN` is an old form of the same.
    const [keyword = "", ...parameters] = line
      .trim()
      .toUpperCase()
      .replace(/^AUTH=/, "AUTH ")
      .split(/\s+/);
    announced.set(keyword, [...(announced.get(keyword) ?? []), ...parameters]);
  }
  const limit = Number(announced.get("SIZE")?.[0] ?? 0);
  return {
    starttls: announced.has("STARTTLS"),
    pipelining: announced.has("PIPELINING"),
    dsn: announced.has("DSN"),
    eightBitMime: announced.has("8BITMIME"),
    smtpUtf8: announced.has("SMTPUTF8"),
    size: announced.has("SIZE"),
    maxSize: Number.isSafeInteger(limit) && limit > 0 ? limit : 0,
    auth: new Set(announced.get("AUTH") ?? []),
  };
}
