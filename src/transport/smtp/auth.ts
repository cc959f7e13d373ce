import { isMedimailError } from "../../errors.js";
import type { SaslStep } from "../../seams/credentials.js";
import type { TransportFailure } from "../../seams/mail-transport.js";
import { external, isTokenError, plain, xoauth2 } from "../sasl.js";
import type { Capabilities } from "./capabilities.js";
import type { SmtpConnection } from "./connection.js";
import { classify, refusal, smtpFailure } from "./failure.js";
import type { SmtpReply } from "./reply.js";
import { enhancedStatus, maskAnswer } from "./reply.js";

/** RFC 4954 §4: the longest AUTH command line that a server must accept, CRLF included. */
const MAX_AUTH_LINE = 12_288;

/**
 * The SASL step after STARTTLS (ECO.1.2.1, APP-AUTH).
 *
 * @throws token_refused or auth_refused where the server refuses what was given, in any of its shapes (interfaces.md
 * §2.2): a 5xx code; a 334 with a JSON error, answered by an empty line (as RFC 7628 wants of OAUTHBEARER), then a code; the
 * same, then a dropped connection.
 */
export async function authenticate(
  connection: SmtpConnection,
  capabilities: Capabilities,
  step: SaslStep,
  timeoutMs: number,
): Promise<void> {
  if (step.mechanism === "none") return;
  const mechanism = step.mechanism.toUpperCase();
  if (!capabilities.auth.has(mechanism)) {
    throw smtpFailure(
      "auth_refused",
      `the server does not offer AUTH ${mechanism}`,
      { stage: "auth", verdict: "temporary", systemic: true },
      { retryable: false },
    );
  }
  const response =
    step.mechanism === "xoauth2" ? xoauth2(step) : step.mechanism === "plain" ? plain(step) : external(step);
  const line = `AUTH ${mechanism} ${response}`;
  const inline = (step.mechanism !== "xoauth2" || step.initialResponse) && line.length + 2 <= MAX_AUTH_LINE;
  let reply = await connection.command(inline ? line : `AUTH ${mechanism}`, timeoutMs);
  if (!inline && reply.code === 334) reply = await connection.command(response, timeoutMs);
  if (reply.code === 334) reply = await afterChallenge(connection, reply, step, timeoutMs);
  if (reply.code === 235) return;
  throw refused(withoutSecrets(reply, step, response), step);
}

/** Our answer is given: a challenge now is a refusal that waits for an empty line. */
async function afterChallenge(
  connection: SmtpConnection,
  challenge: SmtpReply,
  step: SaslStep,
  timeoutMs: number,
): Promise<SmtpReply> {
  const tokenError = step.mechanism === "xoauth2" && isTokenError(challenge.lines.join(""));
  try {
    return await connection.command("", timeoutMs);
  } catch (error) {
    if (tokenError && isMedimailError(error) && error.code === "connection_lost") {
      throw smtpFailure(
        "token_refused",
        "the server refused the access token, then dropped the connection",
        failureOf({ reply: challenge.code }),
        { cause: error },
      );
    }
    throw error;
  }
}

function refused(reply: SmtpReply, step: SaslStep): Error {
  const status = enhancedStatus(reply);
  // One challenge after another leads nowhere: our answer was given, and refused.
  if (classify(reply.code, status).temporary && reply.code < 500 && reply.code !== 334)
    return refusal(reply, "auth", "the authentication", { systemic: true });
  const answer = maskAnswer(reply);
  const failure = failureOf({ reply: reply.code, answer, ...(status === undefined ? {} : { status }) });
  return step.mechanism === "xoauth2"
    ? smtpFailure("token_refused", `the server refused the access token: ${answer}`, failure)
    : smtpFailure("auth_refused", `the server refused the authentication: ${answer}`, failure, { retryable: false });
}

function failureOf(known: Pick<TransportFailure, "reply" | "answer" | "status">): TransportFailure {
  return { stage: "auth", verdict: "temporary", systemic: true, ...known };
}

/** A word so long is a token, or what was sent in base64. */
const LONG_WORD = /[\w+/=.~-]{24,}/g;

/** A server that does not know a command may say it again, with what it was given. */
function withoutSecrets({ code, lines }: SmtpReply, step: SaslStep, response: string): SmtpReply {
  const secret = step.mechanism === "xoauth2" ? step.token : step.mechanism === "plain" ? step.password : "";
  const secrets = [response, secret].filter((text) => text.length > 1);
  const masked = (line: string): string =>
    secrets.reduce((text, shown) => text.replaceAll(shown, "<…>"), line).replace(LONG_WORD, "<…>");
  return { code, lines: lines.map(masked) };
}
