import { isMedimailError, MedimailError } from "../../errors.js";
import { contentPieces, isStream, type MailContent } from "../../seams/mail-content.js";
import {
  type OutgoingMail,
  type RecipientReply,
  type SmtpStage,
  type TransportResult,
  withTransportFailure,
} from "../../seams/mail-transport.js";
import type { SmtpConnection } from "./connection.js";
import { DotStuffing } from "./dot-stuffing.js";
import type { Envelope } from "./envelope.js";
import { envelopeLines, envelopeOf } from "./envelope.js";
import { classify, refusal } from "./failure.js";
import type { SmtpReply } from "./reply.js";
import { enhancedStatus, maskAnswer } from "./reply.js";
import type { SmtpSession, SmtpTimeouts } from "./session.js";

/** What is asked or told on the way. */
export interface HandOverSteps {
  beforeFinalDot: (() => Promise<void>) | undefined;
  /** The server has answered MAIL, not with 421: until then a dead connection has cost nothing. */
  mailAnswered(code: number): void;
  /** Called as the final dot is written: what goes with it, in the same write (the next mail's envelope), or nothing. */
  following(): string;
}

/**
 * One mail over an open session. Throws with a `TransportFailure`; the connection is ended where the dialogue is out of
 * step.
 */
export async function handOver(
  session: SmtpSession,
  mail: OutgoingMail,
  timeouts: SmtpTimeouts,
  steps: HandOverSteps,
): Promise<TransportResult> {
  const { connection } = session;
  connection.stage = "mail";
  const accepted = session.capabilities.pipelining
    ? await pipelined(session, mail, timeouts.commandMs, steps)
    : await oneByOne(session, envelopeOf(mail, session.capabilities), mail, timeouts.commandMs, steps);
  if (!accepted.data) {
    session.needsReset = accepted.open;
    connection.stage = "done";
    return resultOf(accepted.recipients, accepted.last);
  }
  session.needsReset = false;
  const reply = await content(connection, mail, timeouts, steps, accepted.recipients);
  // Neither a yes nor a no: what became of the mail cannot be said.
  if (reply.code >= 300 && reply.code < 400)
    throw connection.fail("smtp_protocol", "the server answered the mail with a question");
  connection.stage = "done";
  session.mails++;
  if (reply.code < 300) return resultOf(accepted.recipients, reply);
  throw refuse(connection, reply, "final-dot", "the mail", accepted.recipients);
}

interface Accepted {
  recipients: RecipientReply[];
  last: SmtpReply;
  /** The server waits for the content, for one recipient at least. */
  data: boolean;
  /** A transaction is open that nothing has closed. */
  open: boolean;
}

/** RFC 2920: the whole envelope and DATA in one write, if they did not go with the final dot before; then the answers in order. */
async function pipelined(
  session: SmtpSession,
  mail: OutgoingMail,
  timeoutMs: number,
  steps: HandOverSteps,
): Promise<Accepted> {
  const { connection } = session;
  if (session.envelopeSent) session.envelopeSent = false;
  else {
    const lines = envelopeLines(envelopeOf(mail, session.capabilities));
    const reset = session.needsReset;
    connection.write(reset ? `RSET\r\n${lines}` : lines);
    if (reset) wasReset(await connection.reply(timeoutMs), connection);
  }
  const mailReply = connection.received() ?? (await connection.reply(timeoutMs));
  if (mailReply.code !== 421) steps.mailAnswered(mailReply.code);
  ensure(mailReply, connection);
  connection.stage = "rcpt";
  const recipients: RecipientReply[] = [];
  let last = mailReply;
  for (const address of mail.to) {
    last = connection.received() ?? (await connection.reply(timeoutMs));
    recipients.push(recipientOf(address, ensure(last, connection, recipients)));
  }
  connection.stage = "data";
  const data = connection.received() ?? (await connection.reply(timeoutMs));
  const none = mailReply.code >= 300 || recipients.every(({ accepted }) => !accepted);
  if (none && data.code === 354) {
    // RFC 2920 §3.1: DATA was taken all the same, and must be ended; the empty mail has no recipient.
    await connection.command(".", timeoutMs);
  }
  session.needsReset = data.code !== 354;
  if (mailReply.code >= 300) throw refuse(connection, mailReply, "mail", "the sender");
  if (none) return { recipients, last, data: false, open: data.code !== 354 };
  if (data.code !== 354) throw refuse(connection, data, "data", "the content", recipients);
  return { recipients, last, data: true, open: true };
}

async function oneByOne(
  session: SmtpSession,
  envelope: Envelope,
  mail: OutgoingMail,
  timeoutMs: number,
  steps: HandOverSteps,
): Promise<Accepted> {
  const { connection } = session;
  if (session.needsReset) wasReset(await connection.command("RSET", timeoutMs), connection);
  const mailReply = await connection.command(envelope.mail, timeoutMs);
  if (mailReply.code !== 421) steps.mailAnswered(mailReply.code);
  ensure(mailReply, connection);
  session.needsReset = true;
  if (mailReply.code >= 300) throw refuse(connection, mailReply, "mail", "the sender");
  connection.stage = "rcpt";
  const recipients: RecipientReply[] = [];
  let last = mailReply;
  for (const [index, address] of mail.to.entries()) {
    last = await connection.command(envelope.rcpt[index] as string, timeoutMs);
    recipients.push(recipientOf(address, ensure(last, connection, recipients)));
  }
  if (recipients.every(({ accepted }) => !accepted)) return { recipients, last, data: false, open: true };
  connection.stage = "data";
  const data = await connection.command("DATA", timeoutMs);
  if (data.code !== 354) throw refuse(connection, data, "data", "the content", recipients);
  return { recipients, last, data: true, open: true };
}

/** The content, the hook, the final dot, the answer. `final-dot` is set just before the dot is written, never later. */
async function content(
  connection: SmtpConnection,
  mail: OutgoingMail,
  timeouts: SmtpTimeouts,
  { beforeFinalDot, following }: HandOverSteps,
  recipients: RecipientReply[],
): Promise<SmtpReply> {
  connection.stage = "content";
  const stuffing = new DotStuffing();
  try {
    await connection.writePieces(stuffed(mail.content, stuffing), timeouts.contentMs);
  } catch (error) {
    throw connection.ended ?? unreadable(connection, error, recipients);
  }
  if (beforeFinalDot) {
    // A hook that is done without waiting for anything lets the dot leave with the content, in one write. No reply can come in between.
    process.nextTick(connection.flush);
    try {
      await beforeFinalDot();
    } catch (error) {
      connection.flush();
      connection.fail("aborted", "the mail was given up before its final dot", error, false);
      throw error;
    }
  }
  if (connection.ended) throw connection.ended;
  if (connection.unsolicited) throw await early(connection, timeouts, recipients);
  connection.stage = "final-dot";
  // The stage stays this mail's until its answer: of what goes with the dot nothing can be taken before.
  connection.write(`${stuffing.atLineStart ? "" : "\r\n"}.\r\n${following()}`);
  connection.flush();
  return await connection.reply(timeouts.finalDotMs);
}

function stuffed(content: MailContent, stuffing: DotStuffing): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return content.some(isStream) ? stuffing.stream(contentPieces(content)) : stuffing.all(content as Uint8Array[]);
}

/** Its own content could not be read to the end. Without the dot the server has taken nothing; what is damaged will not mend. */
function unreadable(connection: SmtpConnection, cause: unknown, recipients: RecipientReply[]): MedimailError {
  connection.fail("aborted", "the mail was given up within its content", cause, false);
  const error = isMedimailError(cause)
    ? cause
    : new MedimailError("internal", "the mail's content could not be read", { cause });
  const verdict = error.code === "storage_corrupt" ? "permanent" : "temporary";
  return withTransportFailure(error, { stage: "content", verdict, systemic: false, recipients });
}

/** An answer before the final dot: the server gave up within the content. Without the dot it has taken nothing. */
async function early(
  connection: SmtpConnection,
  timeouts: SmtpTimeouts,
  recipients: RecipientReply[],
): Promise<MedimailError> {
  const reply = await connection.reply(timeouts.commandMs);
  const said = refusal(
    { ...reply, code: reply.code < 400 ? 451 : reply.code },
    "content",
    "the content before its end",
    { recipients },
  );
  connection.fail(said.code, said.message, said);
  return said;
}

/**
 * The error for a refusal. 421 and 503 end the dialogue: the server is about to close it, or it is out of step. So does a reply that refuses
 * nothing, where it is not the one that was asked for: what answers the next mail would be the answer to this one.
 */
function refuse(
  connection: SmtpConnection,
  reply: SmtpReply,
  stage: SmtpStage,
  what: string,
  recipients?: RecipientReply[],
): MedimailError {
  const error = refusal(reply, stage, what, recipients?.length ? { recipients } : {});
  if (reply.code < 400 || reply.code === 421 || reply.code === 503)
    connection.fail("smtp_temporary", `the server ends the session: ${maskAnswer(reply)}`);
  return error;
}

/** What is not forgotten would be part of the mail to come. */
function wasReset(reply: SmtpReply, connection: SmtpConnection): void {
  ensure(reply, connection);
  if (reply.code >= 200 && reply.code < 300) return;
  throw connection.fail("smtp_temporary", `the server did not reset the session: ${maskAnswer(reply)}`);
}

function ensure(reply: SmtpReply, connection: SmtpConnection, recipients?: RecipientReply[]): SmtpReply {
  if (reply.code !== 421) return reply;
  throw refuse(connection, reply, connection.stage, "to go on", recipients);
}

function recipientOf(address: string, reply: SmtpReply): RecipientReply {
  const status = enhancedStatus(reply);
  const accepted = reply.code >= 200 && reply.code < 300;
  return {
    address,
    accepted,
    reply: reply.code,
    ...(status === undefined ? {} : { status }),
    temporary: !accepted && classify(reply.code, status).temporary,
  };
}

function resultOf(recipients: RecipientReply[], reply: SmtpReply): TransportResult {
  const status = enhancedStatus(reply);
  return { recipients, reply: reply.code, ...(status === undefined ? {} : { status }), answer: maskAnswer(reply) };
}
