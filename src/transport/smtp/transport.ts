import type { MedimailError } from "../../errors.js";
import { isMedimailError } from "../../errors.js";
import type { Logger } from "../../log.js";
import { safeLogger } from "../../log.js";
import type { CredentialSource } from "../../seams/credentials.js";
import type { Dialer } from "../../seams/dialer.js";
import { type EndpointSource, fixedEndpoint } from "../../seams/endpoints.js";
import type { MailTransport, OutgoingMail, SendOptions, TransportResult } from "../../seams/mail-transport.js";
import { transportFailure } from "../../seams/mail-transport.js";
import type { TlsVerifier } from "../../seams/tls.js";
import type { Capabilities } from "./capabilities.js";
import { envelopeLines, envelopeOf } from "./envelope.js";
import { smtpFailure } from "./failure.js";
import type { PoolStats, Stoppable } from "./pool.js";
import { closedError, SessionPool } from "./pool.js";
import type { ReplyLimits } from "./reply.js";
import type { SmtpSession, SmtpTimeouts } from "./session.js";
import { openSession } from "./session.js";
import { handOver } from "./transaction.js";

export interface SmtpTransportOptions {
  host: string;
  /** Submission with STARTTLS; 587 as a rule. */
  port: number;
  /** Where sessions are opened, where that is to be found out; `host` and `port` are then names for the log. */
  endpoints?: EndpointSource;
  dialer: Dialer;
  tls: TlsVerifier;
  credentials: CredentialSource;
  /** What EHLO says of us: a host name or an address literal. */
  clientName: string;
  /** Default 5. */
  maxConnections?: number;
  /** Then the session says QUIT and another is opened. Default 100. */
  maxMailsPerConnection?: number;
  /** An idle session says QUIT after that, in ms. Default 30 000, well under what servers allow. */
  idleMs?: number;
  timeouts?: Partial<SmtpTimeouts>;
  replyLimits?: ReplyLimits;
  /** How long `close()` lets mails under way end before it cuts them, in ms. Default 10 000. */
  closeGraceMs?: number;
  logger?: Logger;
  /**
   * Speaks without STARTTLS, and then never sends a credential. For the plaintext row of `bench/` and for tests of the
   * dialogue; no configuration reaches it.
   *
   * @internal
   */
  insecurePlaintext?: boolean;
}

export interface SmtpTransport extends MailTransport {
  stats(): PoolStats & { sent: number };
}

const TIMEOUTS: SmtpTimeouts = {
  connectMs: 30_000,
  greetingMs: 60_000,
  commandMs: 60_000,
  contentMs: 180_000,
  finalDotMs: 120_000,
};

/** Mail submission over pooled SMTP sessions: STARTTLS always, then the SASL step of the credentials (ECO.1.0.1). */
export function createSmtpTransport(options: SmtpTransportOptions): SmtpTransport {
  const { host, port, dialer, tls, credentials, insecurePlaintext = false, replyLimits = {} } = options;
  const endpoints = options.endpoints ?? fixedEndpoint(host, port);
  const clientName = checkClientName(options.clientName);
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const logger = safeLogger(options.logger);
  let announced: number | undefined;
  let sent = 0;
  let closing: Promise<void> | undefined;

  const pool = new SessionPool({
    maxConnections: options.maxConnections ?? 5,
    maxMailsPerConnection: options.maxMailsPerConnection ?? 100,
    idleMs: options.idleMs ?? 30_000,
    quitMs: 2_000,
    async open(signal) {
      const since = performance.now();
      try {
        const session = await openSession({
          endpoints,
          dialer,
          tls,
          credentials,
          clientName,
          timeouts,
          replyLimits,
          insecurePlaintext,
          signal,
        });
        announced = session.capabilities.size ? session.capabilities.maxSize : undefined;
        logger.log("debug", "smtp_session_open", { host, port, ms: Math.round(performance.now() - since) });
        return session;
      } catch (error) {
        const stage = transportFailure(error)?.stage;
        logger.log("warn", "smtp_session_failed", {
          host,
          port,
          ...(isMedimailError(error) ? { code: error.code } : {}),
          ...(stage === undefined ? {} : { stage }),
        });
        throw error;
      }
    },
  });

  // Without a right no session stays open (ECO.1.2.6 = SC.MSS/CONF.10).
  const onEnded = (): void => pool.retire();
  credentials.ended?.addEventListener("abort", onEnded, { once: true });

  async function attempt(mail: OutgoingMail, context: SendContext, fresh: boolean): Promise<TransportResult> {
    const session = await pool.acquire(context, fresh, (capabilities) => linesAhead(mail, capabilities));
    context.onStop = undefined;
    const reused = session.mails > 0 || session.rested || session.needsReset;
    let answered = false;
    context.session = session;
    try {
      const result = await handOver(session, mail, timeouts, {
        beforeFinalDot: context.beforeFinalDot,
        mailAnswered(code) {
          answered = true;
          pool.mailAnswered(session, code);
        },
        following: () => pool.following(session),
      });
      sent++;
      return result;
    } catch (error) {
      // The server had closed an idle session and we had not seen it yet: nothing of this mail was read.
      const dead = reused && !answered && !fresh && session.connection.ended !== undefined && isDeadIdle(error);
      if (!dead) throw error;
    } finally {
      context.session = undefined;
      pool.release(session);
    }
    return await attempt(mail, context, true);
  }

  return {
    async send(mail, { signal, timeoutMs, beforeFinalDot } = {}) {
      if (closing) throw closedError();
      if (signal?.aborted)
        throw stopped("aborted", "the mail was given up by the caller before it was sent", signal.reason);
      const context = new SendContext(beforeFinalDot);
      const onAbort = (): void => context.stop("aborted", "the mail was given up by the caller", signal?.reason);
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => context.stop("timeout", `the mail was not handed over within ${timeoutMs} ms`), timeoutMs);
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        return await attempt(mail, context, false);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      }
    },
    maxSize: () => announced,
    stats: () => ({ ...pool.stats, sent }),
    giveUp: () => pool.giveUp(),
    close() {
      // The session that ends it may be that of other mailboxes, and live on.
      credentials.ended?.removeEventListener("abort", onEnded);
      closing ??= pool.close(options.closeGraceMs ?? 10_000);
      return closing;
    },
  };
}

/** One send: what must be stopped when the caller gives up, wherever it is then. */
class SendContext implements Stoppable {
  session: SmtpSession | undefined;
  stopped: unknown;
  onStop: Stoppable["onStop"];

  constructor(readonly beforeFinalDot: SendOptions["beforeFinalDot"]) {}

  stop(code: "aborted" | "timeout", message: string, cause?: unknown): void {
    this.stopped = stopped(code, message, cause);
    this.onStop?.(this.stopped);
    this.session?.connection.fail(code, message, cause, code === "timeout");
  }
}

function stopped(code: "aborted" | "timeout", message: string, cause?: unknown): MedimailError {
  return smtpFailure(
    code,
    message,
    { stage: "connect", verdict: "temporary", systemic: code === "timeout" },
    { retryable: code === "timeout", cause },
  );
}

/** What cannot be written fails alone, when its turn has come. */
function linesAhead(mail: OutgoingMail, capabilities: Capabilities): string | undefined {
  try {
    return envelopeLines(envelopeOf(mail, capabilities));
  } catch {
    return undefined;
  }
}

function isDeadIdle(error: unknown): boolean {
  if (!isMedimailError(error)) return false;
  return error.code === "connection_lost" || transportFailure(error)?.reply === 421;
}

function checkClientName(name: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$|^\[[0-9A-Za-z:.]{3,64}\]$/.test(name)) return name;
  throw smtpFailure(
    "config_invalid",
    "the client's name is not a host name or an address literal",
    { stage: "connect", verdict: "permanent", systemic: true },
    { path: "smtp.clientName" },
  );
}
