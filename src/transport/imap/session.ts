import { ImapFlow } from "imapflow";
import { isMedimailError, MedimailError } from "../../errors.js";
import type { CredentialSource } from "../../seams/credentials.js";
import type { Dialer } from "../../seams/dialer.js";
import type { EndpointSource } from "../../seams/endpoints.js";
import type { TlsVerifier } from "../../seams/tls.js";
import { dial } from "../dial.js";
import { openAuthenticated } from "../log-in.js";
import { external, isTokenError, plain, xoauth2 } from "../sasl.js";
import { imapError } from "./errors.js";
import { guarded } from "./guarded.js";
import { logOut } from "./log-out.js";
import { pipelines } from "./pipeline.js";
import { readRows } from "./rows.js";
import { tellVanishedOnce } from "./vanished.js";
import { failed, ImapWire } from "./wire.js";

/**
 * The library asks NAMESPACE, ENABLE and perhaps CAPABILITY before it is ready, none with a limit but its own for a server that is silent: one that
 * says something now and then would never be given up. As long as two of them may take is the limit of all.
 */
const OPENING_COMMANDS = 2;

/** In ms. */
export interface ImapTimeouts {
  /** DNS, TCP and proxy. Default 30 000. */
  connectMs: number;
  /** Each command; operators are seen to take 58 s for a read. Default 120 000. Passing it: `timeout`, and a new session. A mail that is filed has the time of its bytes beside it, at 64 KB/s. */
  commandMs: number;
}

/** Silence on the socket after which the library gives a session up, in ms. */
export const silenceMs = ({ commandMs }: ImapTimeouts): number => Math.max(commandMs, 60_000) * 2;

export interface ImapSessionOptions {
  endpoints: EndpointSource;
  dialer: Dialer;
  tls: TlsVerifier;
  credentials: CredentialSource;
  timeouts: ImapTimeouts;
  /** Largest literal that the library may be sent, in bytes. */
  maxLiteral: number;
  /** Asks for QRESYNC (RFC 7162) where the server has it: what vanishes is then told by UID, and since when one likes. Default false. */
  qresync?: boolean;
  signal: AbortSignal;
}

/**
 * Connection, greeting, CAPABILITY, STARTTLS, CAPABILITY again, AUTHENTICATE (ECO.1.0.2, ECO.1.2.1), then imapflow over
 * the same socket. Where the server refuses a token and its source has a fresh one, all is done once more, only once.
 */
export async function openImapSession(options: ImapSessionOptions): Promise<ImapFlow> {
  return await openAuthenticated("imap", options.credentials, (credentials) => openOnce({ ...options, credentials }));
}

async function openOnce(options: ImapSessionOptions): Promise<ImapFlow> {
  const { credentials, dialer, endpoints, signal, timeouts } = options;
  // Nothing is opened without a right.
  if (credentials.ended?.aborted) throw credentials.ended.reason;
  const { socket, host, port } = await dial(dialer, endpoints, { signal, timeoutMs: timeouts.connectMs });
  const wire = new ImapWire(socket, host);
  let secured = false;
  let client: ImapFlow | undefined;
  let left: Promise<void> | undefined;
  const onAbort = (): void => {
    // Authenticated by now: it ends as every session does.
    if (client) left = logOut(client);
    else wire.fail(new MedimailError("aborted", "opening the IMAP session was aborted", { cause: signal.reason }));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    await startTls(wire, host, options);
    secured = true;
    const announced = await authenticate(wire, host, options);
    const adopted = adopt(wire, host, port, options, announced);
    client = adopted;
    await guarded(() => adopted.connect(), {
      doing: "opening the session",
      signal: undefined,
      closing: new AbortController().signal,
      limitMs: OPENING_COMMANDS * timeouts.commandMs,
      onLate: () => adopted.close(),
    });
    // The right has ended while the server was asked: nobody will come back to this session.
    if (credentials.ended?.aborted) {
      left = logOut(client);
      throw credentials.ended.reason;
    }
    if (left) throw new MedimailError("aborted", "opening the IMAP session was aborted", { cause: signal.reason });
    return client;
  } catch (error) {
    if (left) await left;
    else client?.close();
    // Whoever answers there may not be the operator any more.
    if (!secured && !signal.aborted) endpoints.failed();
    const known = isMedimailError(error) ? error : imapError(error, "opening the session");
    const first = wire.fail(known);
    // A refusal says more than the end of the connection that comes with it.
    throw known.code === "token_refused" ? known : first;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function startTls(wire: ImapWire, host: string, options: ImapSessionOptions): Promise<void> {
  const { timeouts, credentials, tls, signal } = options;
  const { commandMs } = timeouts;
  const greeting = await wire.line(commandMs);
  if (/^\* PREAUTH\b/i.test(greeting)) {
    // After it STARTTLS is not possible any more: just what someone on the line would want.
    throw new MedimailError("starttls_missing", `${host} considers us authenticated before TLS: nothing was sent`, {
      requirement: "ECO.1.0.2",
    });
  }
  if (!/^\* OK\b/i.test(greeting))
    throw failed(/^\* BYE\b/i.test(greeting) ? `${host} refuses connections for now` : `${host} does not speak IMAP`);
  if (!(await capabilities(wire, commandMs)).has("STARTTLS")) {
    throw new MedimailError(
      "starttls_missing",
      `${host} does not offer STARTTLS, or someone on the line took it away: nothing was sent`,
      { requirement: "ECO.1.0.2" },
    );
  }
  const certificate = await credentials.certificate();
  const answer = await wire.command("STARTTLS", commandMs);
  if (answer.status !== "OK") throw failed(`${host} offers STARTTLS and refuses it`);
  await wire.secure((socket) => tls.upgrade(socket, { host, signal, ...(certificate ? { certificate } : {}) }));
}

/** Of the response code `[CAPABILITY …]` at the end of a command: what it lists. */
function announcedIn(text: string): string | undefined {
  return /^\[CAPABILITY ([\x20-\x5c\x5e-\x7e]+)\]/i.exec(text.trimStart())?.[1];
}

async function capabilities(wire: ImapWire, timeoutMs: number): Promise<ReadonlySet<string>> {
  const { status, untagged } = await wire.command("CAPABILITY", timeoutMs);
  if (status !== "OK") throw failed("the server refuses CAPABILITY");
  return new Set(
    untagged.flatMap((line) => (/^\* CAPABILITY /i.test(line) ? line.slice(13).toUpperCase().split(" ") : [])),
  );
}

/** @returns what the server announces to who is authenticated, where it did so unasked */
async function authenticate(wire: ImapWire, host: string, options: ImapSessionOptions): Promise<string | undefined> {
  const { commandMs } = options.timeouts;
  // What was announced before TLS may be anyone's words (RFC 3501 §6.2.1).
  const announced = await capabilities(wire, commandMs);
  const step = await options.credentials.sasl("imap", { signal: options.signal });
  if (step.mechanism === "none")
    throw new MedimailError("config_invalid", "IMAP needs a SASL step", {
      path: "auth.sasl.imap",
      hint: 'Set it to "external" or "plain".',
    });
  const mechanism = step.mechanism.toUpperCase();
  if (!announced.has(`AUTH=${mechanism}`))
    throw new MedimailError("auth_refused", `${host} does not offer AUTHENTICATE ${mechanism}`);
  const response =
    step.mechanism === "xoauth2" ? xoauth2(step) : step.mechanism === "plain" ? plain(step) : external(step);
  const inline = announced.has("SASL-IR") && (step.mechanism !== "xoauth2" || step.initialResponse);
  let given = inline;
  let isRefused = false;
  const ask = wire.command(`AUTHENTICATE ${mechanism}${inline ? ` ${response}` : ""}`, commandMs, (challenge) => {
    // Asked again after our answer: a refusal in JSON, which wants an empty line before it says NO.
    if (given) {
      isRefused = step.mechanism === "xoauth2" && isTokenError(challenge);
      return "";
    }
    given = true;
    // Without SASL-IR the empty response is an empty line, not "=".
    return response === "=" ? "" : response;
  });
  const answer = await ask.catch((error: unknown) => {
    // Some drop the connection instead of the NO (interfaces.md §2.2).
    if (!isRefused || !isMedimailError(error) || error.code !== "connection_lost") throw error;
    throw new MedimailError("token_refused", `${host} refused the access token, then dropped the connection`, {
      cause: error,
    });
  });
  if (answer.status === "OK")
    return (
      announcedIn(answer.text) ??
      answer.untagged.findLast((line) => /^\* CAPABILITY [\x20-\x5c\x5e-\x7e]+$/i.test(line))?.slice(13)
    );
  if (/^\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]/i.test(answer.text))
    throw failed(`${host} cannot authenticate anyone for now`);
  if (step.mechanism === "xoauth2") throw new MedimailError("token_refused", `${host} refused the access token`);
  throw new MedimailError("auth_refused", `${host} refused the authentication by ${mechanism}`);
}

/**
 * Gives the authenticated socket to imapflow. Its `transport` option takes any socket; the greeting is ours, PREAUTH,
 * because the server's was read already and because the session is authenticated indeed. `secure` keeps it from
 * trying STARTTLS again.
 */
function adopt(
  wire: ImapWire,
  host: string,
  port: number,
  { timeouts, maxLiteral, qresync = false }: ImapSessionOptions,
  announced: string | undefined,
): ImapFlow {
  // It asks for CAPABILITY again unless its greeting says it.
  const said = announced === undefined ? "" : `[CAPABILITY ${announced}] `;
  const client = new ImapFlow({
    host,
    port,
    secure: true,
    transport: {
      connect(_options, onConnect) {
        const socket = wire.handOver(`* PREAUTH ${said}authenticated\r\n`);
        setImmediate(onConnect);
        return socket;
      },
    },
    // Its own would write subjects and addresses at trace level.
    logger: false,
    clientInfo: { name: "medimail-connector", version: false, vendor: false, "support-url": false, os: false },
    disableAutoIdle: true,
    disableCompression: true,
    qresync,
    connectionTimeout: timeouts.commandMs,
    greetingTimeout: timeouts.commandMs,
    socketTimeout: silenceMs(timeouts),
    maxLineLength: 4 * 1024 * 1024,
    maxLiteralSize: maxLiteral,
    maxResponseSize: maxLiteral + 8 * 1024 * 1024,
    maxResponseTokens: 200_000,
  });
  // Without a listener an error event would end the process; commands under way are rejected by themselves.
  client.on("error", () => {});
  readRows(client);
  pipelines(client);
  tellVanishedOnce(client);
  return client;
}
