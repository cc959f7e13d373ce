import { isMedimailError, MedimailError } from "../../errors.js";
import type { CredentialSource } from "../../seams/credentials.js";
import type { Dialer } from "../../seams/dialer.js";
import type { EndpointSource } from "../../seams/endpoints.js";
import type { SmtpStage } from "../../seams/mail-transport.js";
import { transportFailure } from "../../seams/mail-transport.js";
import type { TlsVerifier } from "../../seams/tls.js";
import { type DialedSocket, dial } from "../dial.js";
import { openAuthenticated } from "../log-in.js";
import { authenticate } from "./auth.js";
import type { Capabilities } from "./capabilities.js";
import { parseCapabilities } from "./capabilities.js";
import { SmtpConnection } from "./connection.js";
import { detailsOf, refusal, smtpFailure } from "./failure.js";
import type { ReplyLimits } from "./reply.js";

/** Limits of each step, in ms. Passing one: `timeout`, or `delivery_unknown` for `finalDotMs`. */
export interface SmtpTimeouts {
  /** DNS, TCP and proxy. Default 30 000. */
  connectMs: number;
  /** From the connection to the 220. Default 60 000. */
  greetingMs: number;
  /** Each command. Default 60 000: operators are seen to answer in up to 58 s. */
  commandMs: number;
  /** The content, while the server takes nothing of it. Default 180 000. */
  contentMs: number;
  /** From the final dot to its answer. Default 120 000; RFC 5321 §4.5.3.2.6 grants a server 600 000. */
  finalDotMs: number;
}

export interface SessionOptions {
  endpoints: EndpointSource;
  dialer: Dialer;
  tls: TlsVerifier;
  credentials: CredentialSource;
  /** What EHLO says: a host name or an address literal. */
  clientName: string;
  timeouts: SmtpTimeouts;
  replyLimits: ReplyLimits;
  insecurePlaintext: boolean;
  signal: AbortSignal;
}

/** An authenticated dialogue, ready for MAIL. */
export interface SmtpSession {
  connection: SmtpConnection;
  capabilities: Capabilities;
  /** Mails handed over by it. */
  mails: number;
  /** It has waited for work at least once: the server may have closed it. */
  rested: boolean;
  /** A transaction was left open: RSET first. */
  needsReset: boolean;
  /** The envelope of its next mail went with the final dot before it: its answers come, or have come. */
  envelopeSent: boolean;
}

/**
 * Connection, greeting, EHLO, STARTTLS, EHLO again, AUTH (ECO.1.0.1, ECO.1.2.1). Where the server refuses the
 * credentials and their source has fresh ones, all is done once more, and only once.
 */
export async function openSession(options: SessionOptions): Promise<SmtpSession> {
  const open = (credentials: CredentialSource): Promise<SmtpSession> => openOnce({ ...options, credentials });
  const atAuth = (error: unknown): boolean => isMedimailError(error) && transportFailure(error)?.stage === "auth";
  return await openAuthenticated("smtp", options.credentials, open, atAuth);
}

async function openOnce(options: SessionOptions): Promise<SmtpSession> {
  const { dialer, endpoints, signal, timeouts } = options;
  let dialed: DialedSocket;
  try {
    // Nothing is opened without a right.
    if (options.credentials.ended?.aborted) throw options.credentials.ended.reason;
    dialed = await dial(dialer, endpoints, { signal, timeoutMs: timeouts.connectMs });
  } catch (error) {
    throw asFailure(error, "connect");
  }
  const { socket, host } = dialed;
  const connection = new SmtpConnection(socket, host, options.replyLimits);
  const onAbort = (): void => {
    connection.fail("aborted", "opening the SMTP session was aborted", signal.reason, false);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const session = await negotiate(connection, host, options);
    // The right has ended while the server was asked: nobody comes back to this session.
    if (options.credentials.ended?.aborted) {
      void connection.quit(timeouts.commandMs);
      throw options.credentials.ended.reason;
    }
    return session;
  } catch (error) {
    // Whoever answers there may not be the operator any more.
    if (connection.stage !== "auth" && !signal.aborted) endpoints.failed();
    const failure = asFailure(error, connection.stage);
    connection.fail(failure.code, failure.message, failure);
    throw failure;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function negotiate(connection: SmtpConnection, host: string, options: SessionOptions): Promise<SmtpSession> {
  const { timeouts, clientName } = options;
  const greeting = await connection.reply(timeouts.greetingMs);
  // A refusal here is of our connection, not of a mail: never final for one.
  if (greeting.code !== 220) throw temporary(refusal(greeting, "greeting", "the connection", { systemic: true }));
  let capabilities = await ehlo(connection, clientName, timeouts.commandMs);

  if (options.insecurePlaintext) {
    const step = await options.credentials.sasl("smtp", { signal: options.signal });
    if (step.mechanism !== "none") throw new MedimailError("not_supported", "no credential is sent without TLS");
    return { connection, capabilities, mails: 0, rested: false, needsReset: false, envelopeSent: false };
  }

  connection.stage = "starttls";
  if (!capabilities.starttls) {
    throw smtpFailure(
      "starttls_missing",
      `${host} does not offer STARTTLS, or someone on the line took it away: nothing was sent`,
      { stage: "starttls", verdict: "temporary", systemic: true },
    );
  }
  const certificate = await options.credentials.certificate();
  const answer = await connection.command("STARTTLS", timeouts.commandMs);
  if (answer.code !== 220) throw temporary(refusal(answer, "starttls", "STARTTLS", { systemic: true }));
  connection.stage = "tls";
  await connection.secure((socket) =>
    options.tls.upgrade(socket, { host, signal: options.signal, ...(certificate ? { certificate } : {}) }),
  );
  // What was announced before TLS may be anyone's words (RFC 3207 §4.2).
  capabilities = await ehlo(connection, clientName, timeouts.commandMs);

  connection.stage = "auth";
  const step = await options.credentials.sasl("smtp", { signal: options.signal });
  await authenticate(connection, capabilities, step, timeouts.commandMs);
  return { connection, capabilities, mails: 0, rested: false, needsReset: false, envelopeSent: false };
}

async function ehlo(connection: SmtpConnection, clientName: string, timeoutMs: number): Promise<Capabilities> {
  const reply = await connection.command(`EHLO ${clientName}`, timeoutMs);
  if (reply.code !== 250) throw temporary(refusal(reply, connection.stage, "EHLO", { systemic: true }));
  return parseCapabilities(reply);
}

/** No mail was named yet: whatever the code, the next try may succeed. */
function temporary(error: MedimailError): MedimailError {
  const failure = transportFailure(error);
  return smtpFailure(error.code === "auth_refused" ? "auth_refused" : "smtp_temporary", error.message, {
    stage: "greeting",
    systemic: true,
    ...failure,
    verdict: "temporary",
  });
}

function asFailure(error: unknown, stage: SmtpStage): MedimailError {
  if (isMedimailError(error) && transportFailure(error)) return error;
  const known = isMedimailError(error)
    ? error
    : new MedimailError("smtp_protocol", "the SMTP session could not be opened", { cause: error });
  return smtpFailure(
    known.code,
    known.message,
    { stage, verdict: "temporary", systemic: known.code !== "aborted" },
    detailsOf(known),
  );
}
