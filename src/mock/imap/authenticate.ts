import { isMechanism, shownAnswer, XOAUTH2_ERROR } from "../sasl.js";
import { attempt } from "../sasl-attempt.js";
import { SessionOver } from "../wire/session-over.js";
import type { Outcome } from "./outcome.js";
import { bad, no, ok } from "./outcome.js";
import type { ImapSession } from "./session.js";
import type { Value } from "./syntax.js";
import { textOf } from "./syntax.js";

/** AUTHENTICATE, with and without initial response (SASL-IR). */
export async function imapAuthenticate(session: ImapSession, values: readonly Value[]): Promise<Outcome> {
  const { connection, context } = session;
  const mechanism = textOf(values[0]).toUpperCase();
  if (session.user) return bad("Already authenticated");
  if (values.length > 2) return bad("Syntax of AUTHENTICATE");
  if (!connection.tls) return no("[PRIVACYREQUIRED] STARTTLS first");
  if (values.length === 2 && !session.offers("SASL-IR")) return bad("SASL-IR is not offered");
  if (!isMechanism(mechanism) || !context.offer.mechanisms.includes(mechanism))
    return no("[CANNOT] Mechanism not supported");
  let response = values[1] === undefined ? undefined : textOf(values[1]);
  const initialResponse = response !== undefined;
  if (response === undefined) {
    session.untagged("+ ");
    response = await connection.line(context.limits.imapLiteralBeforeLogin);
    if (response === undefined) throw new SessionOver();
    connection.said("client", response === "*" ? response : "[credential]");
    if (response === "*") return bad("Cancelled");
  }
  const { outcome, fault, shape } = await attempt(session, {
    at: "imap-auth",
    mechanism,
    response,
    initialResponse,
    fault: (user) => session.fault("imap-auth", [user]),
  });
  if (shape === "dropped") {
    // What was said still arrives.
    session.writer.release();
    session.untagged(`+ ${XOAUTH2_ERROR}`);
    session.writer.end();
  }
  if (fault?.name === "defer") return no("[UNAVAILABLE] Try again later");
  if (!outcome.ok || fault) return refuse(session, mechanism, outcome.ok ? false : (outcome.malformed ?? false));
  session.login(outcome.mailbox);
  return ok(`[CAPABILITY ${session.capabilities()}] Authenticated`);
}

/** XOAUTH2 shows its error as a challenge, and the client answers it with an empty line. */
async function refuse(session: ImapSession, mechanism: string, malformed: boolean): Promise<Outcome> {
  if (malformed) return bad("Response not understood");
  if (mechanism === "XOAUTH2") {
    session.untagged(`+ ${XOAUTH2_ERROR}`);
    const line = await session.connection.line(session.context.limits.imapLiteralBeforeLogin);
    if (line === undefined) throw new SessionOver();
    session.connection.said("client", shownAnswer(line));
  }
  return no("[AUTHENTICATIONFAILED] Authentication failed");
}
