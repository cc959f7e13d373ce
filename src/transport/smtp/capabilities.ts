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
  const announced = new Set<string>();
  const auth = new Set<string>();
  let size = "";
  // The first line is the server's name.
  for (const line of reply.lines.slice(1)) {
    // `AUTH=LOGIN PLAIN` is an old form of the same.
    const text = line
      .trim()
      .toUpperCase()
      .replace(/^AUTH=/, "AUTH ");
    const [keyword = ""] = text.split(/\s/, 1);
    const parameters = text.slice(keyword.length).trim();
    if (keyword === "SIZE" && !announced.has("SIZE")) size = parameters;
    if (keyword === "AUTH") for (const mechanism of parameters.split(/\s+/)) auth.add(mechanism);
    announced.add(keyword);
  }
  const [limit = ""] = size.split(/\s/, 1);
  return {
    starttls: announced.has("STARTTLS"),
    pipelining: announced.has("PIPELINING"),
    dsn: announced.has("DSN"),
    eightBitMime: announced.has("8BITMIME"),
    smtpUtf8: announced.has("SMTPUTF8"),
    size: announced.has("SIZE"),
    maxSize: /^\d{1,15}$/.test(limit) ? Number(limit) : 0,
    auth,
  };
}
