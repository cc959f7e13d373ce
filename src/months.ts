/** As mails, IMAP and syslog write them (RFC 5322 §3.3, RFC 9051 §9, RFC 3164 §4.1.2). */
export const MONTHS: readonly string[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
