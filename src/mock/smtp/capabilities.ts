import { MECHANISMS } from "../sasl.js";
import type { SmtpSession } from "./session.js";

/** What EHLO offers: before TLS nothing but STARTTLS (ECO.1.0.1), after it the rest. */
export function capabilities(session: SmtpSession): string[] {
  const { context, connection } = session;
  if (!connection.tls)
    return session.lasting("strip-starttls")
      ? ["8BITMIME", "ENHANCEDSTATUSCODES"]
      : ["STARTTLS", "ENHANCEDSTATUSCODES"];
  const list: string[] = [];
  if (!session.lasting("no-pipelining")) list.push("PIPELINING");
  if (!session.lasting("no-size")) list.push(`SIZE ${context.sizeLimit}`);
  if (!session.lasting("no-8bitmime")) list.push("8BITMIME");
  if (!session.lasting("no-smtputf8")) list.push("SMTPUTF8");
  if (!session.lasting("no-dsn")) list.push("DSN");
  list.push("ENHANCEDSTATUSCODES", `AUTH ${MECHANISMS.join(" ")}`);
  return list;
}
