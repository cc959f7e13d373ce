import { isMechanism, type Mechanism, shownAnswer, XOAUTH2_ERROR } from "../sasl.js";
import { attempt } from "../sasl-attempt.js";
import { SessionOver } from "../wire/session-over.js";
import type { Reply } from "./replies.js";
import { reply } from "./replies.js";
import type { SmtpSession } from "./session.js";

const MAX_RESPONSE = 12_288;

/** AUTH of RFC 4954, with and without initial response. */
export async function smtpAuth(session: SmtpSession, rest: string): Promise<Reply | undefined> {
  const { connection } = session;
  const [name = "", initial, ...more] = rest.split(" ");
  const mechanism = name.toUpperCase();
  if (!connection.tls) return reply(538, "5.7.11", "Encryption required");
  if (connection.tls && session.transaction.open) return reply(503, "5.5.1", "Not in a transaction");
  if (more.length > 0) return reply(501, "5.5.4", "Syntax of AUTH");
  if (!isMechanism(mechanism)) return reply(504, "5.5.4", "Mechanism not supported");
  let response = initial;
  if (response === undefined || response === "") {
    session.say({ code: 334, text: "" });
    const line = await connection.line(MAX_RESPONSE);
    if (line === undefined) throw new SessionOver();
    connection.said("client", line === "*" ? line : "[credential]");
    if (line === "*") return reply(501, "5.7.0", "Cancelled");
    response = line;
  }
  return conclude(session, mechanism, response, initial !== undefined);
}

async function conclude(
  session: SmtpSession,
  mechanism: Mechanism,
  response: string,
  initialResponse: boolean,
): Promise<Reply> {
  const { outcome, fault, shape } = await attempt(session, {
    at: "auth",
    mechanism,
    response,
    initialResponse,
    fault: (user) => session.fault("auth", [user]),
  });
  if (shape === "challenge" && mechanism === "XOAUTH2") {
    session.say({ code: 334, text: XOAUTH2_ERROR });
    const answer = await session.connection.line(MAX_RESPONSE);
    if (answer === undefined) throw new SessionOver();
    session.connection.said("client", shownAnswer(answer));
  } else if (shape === "dropped") {
    // The shape seen at one operator: the error is shown as a challenge, and nobody waits for the answer (interfaces.md §2.2).
    session.say({ code: 334, text: XOAUTH2_ERROR });
    session.connection.end();
    throw new SessionOver();
  }
  if (fault) return fault;
  if (!outcome.ok || shape)
    return !outcome.ok && outcome.malformed
      ? reply(501, "5.5.2", "Response not understood")
      : reply(535, "5.7.8", "Authentication credentials invalid");
  session.user = outcome.mailbox;
  return reply(235, "2.7.0", "Authenticated");
}
