import type { ImapFlow } from "imapflow";
import type { MailService } from "../discovery/index.js";
import { isMedimailError, MedimailError } from "../errors.js";
import type { Endpoint, EndpointSource } from "../seams/index.js";
import { type FolderInfo, imapError, listFolders, openImapSession } from "../transport/imap/index.js";
import { openSession, refusal, type SmtpSession } from "../transport/smtp/index.js";
import { lookAt } from "./look.js";
import { StepRecord } from "./record.js";
import type { Diagnosis, Seen, Step } from "./types.js";
import { type Watchable, Watched } from "./watched.js";

export interface DiagnosisParts extends Watchable {
  mailbox: string;
  /** What EHLO says of us. */
  clientName: string;
  /** The hosts of a service and where they came from. Throws what stands against it. */
  lookUp(service: MailService, signal: AbortSignal): Promise<{ endpoints: readonly Endpoint[]; seen: Seen }>;
  signal: AbortSignal;
}

/** In ms. A person waits on the phone: shorter than the connector's own. */
const LIMITS = { connectMs: 15_000, greetingMs: 30_000, commandMs: 60_000, contentMs: 60_000, finalDotMs: 60_000 };
const MAX_LITERAL = 1024 * 1024;
const QUOTA_NEARLY_FULL = 0.9;

/**
 * Tries each step from the name to the mailbox, for sending and for receiving, and tells of each what was seen and how long it took. Nothing is sent,
 * no mail is opened, no flag is changed. Where the signal is aborted, what was found until then is returned.
 */
export async function diagnose(parts: DiagnosisParts): Promise<Diagnosis> {
  const startedAt = new Date(parts.now()).toISOString();
  const since = performance.now();
  const steps: Step[] = [];
  // One after the other: what one service costs must not be counted for the other.
  for (const service of ["smtp", "imap"] as const) steps.push(...(await diagnoseService(service, parts)));
  const firstFailure = steps.find(({ state }) => state === "failed");
  return {
    ok: firstFailure === undefined,
    mailbox: parts.mailbox,
    startedAt,
    ms: Math.round(performance.now() - since),
    steps,
    ...(firstFailure ? { firstFailure } : {}),
    ...(parts.signal.aborted ? { interrupted: true } : {}),
  };
}

async function diagnoseService(service: MailService, parts: DiagnosisParts): Promise<Step[]> {
  const record = new StepRecord(service);
  if (parts.signal.aborted) return record.steps();
  const since = performance.now();
  let source: EndpointSource;
  try {
    const { endpoints, seen } = await parts.lookUp(service, parts.signal);
    record.ok("resolved", seen, performance.now() - since);
    source = { endpoints: async () => endpoints, failed: () => {} };
  } catch (error) {
    record.failed("resolved", stoppedBy(parts.signal) ?? error, performance.now() - since);
    return record.steps();
  }
  const watched = new Watched(parts, record);
  try {
    if (service === "smtp") await throughSmtp(await openSmtp(parts, source, watched), watched, record, parts.mailbox);
    else await throughImap(await openImap(parts, source, watched), watched, record, parts.signal);
  } catch (error) {
    const stopped = stoppedBy(parts.signal);
    if (stopped) watched.stopped(stopped);
    else if (watched.failed(error)) await look(service, parts, source, record);
  }
  return record.steps();
}

type Seams = Pick<Watched, "tls" | "credentials"> & Partial<Pick<Watched, "dialer">>;

function openSmtp(
  parts: DiagnosisParts,
  endpoints: EndpointSource,
  { dialer, tls, credentials }: Seams,
): Promise<SmtpSession> {
  const { clientName, signal } = parts;
  return openSession({
    endpoints,
    dialer: dialer ?? parts.dialer,
    tls,
    credentials,
    clientName,
    timeouts: LIMITS,
    replyLimits: {},
    insecurePlaintext: false,
    signal,
  });
}

function openImap(
  parts: DiagnosisParts,
  endpoints: EndpointSource,
  { dialer, tls, credentials }: Seams,
): Promise<ImapFlow> {
  const { signal } = parts;
  return openImapSession({
    endpoints,
    dialer: dialer ?? parts.dialer,
    tls,
    credentials,
    timeouts: LIMITS,
    maxLiteral: MAX_LITERAL,
    signal,
  });
}

async function throughSmtp(session: SmtpSession, watched: Watched, record: StepRecord, mailbox: string): Promise<void> {
  const { connection, capabilities } = session;
  const { maxSize, size, dsn, pipelining, eightBitMime, smtpUtf8, auth } = capabilities;
  const announced = { SIZE: size, DSN: dsn, PIPELINING: pipelining, "8BITMIME": eightBitMime, SMTPUTF8: smtpUtf8 };
  const names = Object.entries(announced).flatMap(([name, there]) => (there ? [name] : []));
  // A certificate that no SASL step follows is only judged here; RSET takes it back, nothing was sent.
  const reply = await connection.command(`MAIL FROM:<${mailbox}>`, LIMITS.commandMs);
  if (reply.code !== 250) throw refusal(reply, "auth", "this mailbox as a sender", { systemic: true });
  authenticated(watched, record, [...names, ...[...auth].map((mechanism) => `AUTH=${mechanism}`)]);
  await connection.command("RSET", LIMITS.commandMs);
  record.ok("limits", { maxSize, dsn }, undefined, dsn ? undefined : "no_delivery_receipts");
  await connection.quit(2_000);
}

async function throughImap(client: ImapFlow, watched: Watched, record: StepRecord, signal: AbortSignal): Promise<void> {
  try {
    const capabilities = [...client.capabilities.keys()];
    authenticated(watched, record, capabilities);
    const folders = await timed(client, signal, () => listFolders(client));
    if ("error" in folders) {
      record.failed("folders", folders.error, folders.ms);
      return;
    }
    record.ok("folders", foldersSeen(folders.value), folders.ms);
    const limit = client.capabilities.get("APPENDLIMIT");
    const seen: Seen = typeof limit === "number" ? { maxSize: limit } : {};
    const quota = await timed(client, signal, () => client.getQuota("INBOX"));
    if ("error" in quota) {
      record.failed("limits", quota.error, quota.ms, seen);
      return;
    }
    const { usage, limit: allowed } = quota.value === false ? {} : (quota.value.storage ?? {});
    const told = usage !== undefined && allowed !== undefined;
    const full = told && allowed > 0 && usage >= allowed * QUOTA_NEARLY_FULL;
    record.ok(
      "limits",
      { ...seen, ...(told ? { quota: { usage, limit: allowed } } : {}) },
      quota.ms,
      full ? "quota_nearly_full" : undefined,
    );
  } finally {
    await Promise.race([client.logout().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
    client.close();
  }
}

/** How many there are and what they are for, never their names: a folder may be called after a patient. */
function foldersSeen(folders: readonly FolderInfo[]): Seen {
  const inbox = folders.find(({ role }) => role === "inbox");
  return {
    folders: folders.length,
    roles: folders.flatMap(({ role }) => (role ? [role] : [])),
    ...(inbox?.messages === undefined ? {} : { messages: inbox.messages }),
    ...(inbox?.unseen === undefined ? {} : { unseen: inbox.unseen }),
  };
}

/** imapflow cannot cancel a command: given up, it costs the session. */
async function timed<T>(
  client: ImapFlow,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<{ ms: number } & ({ value: T } | { error: MedimailError })> {
  const since = performance.now();
  let late = false;
  const end = (): void => client.close();
  const timer = setTimeout(() => {
    late = true;
    end();
  }, LIMITS.commandMs);
  signal.addEventListener("abort", end, { once: true });
  try {
    const value = await work();
    return { value, ms: performance.now() - since };
  } catch (thrown) {
    const stopped = stoppedBy(signal);
    if (stopped) return { error: stopped, ms: performance.now() - since };
    const error = late
      ? new MedimailError("timeout", `the IMAP server did not answer within ${LIMITS.commandMs} ms`)
      : imapError(thrown, "looking at the mailbox");
    return { error, ms: performance.now() - since };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

function authenticated(watched: Watched, record: StepRecord, capabilities: string[]): void {
  const { mechanism, own, ownExpires } = watched;
  record.ok(
    "authenticated",
    {
      ...(mechanism === undefined ? {} : { mechanism }),
      ...(own ? { clientCertificate: own } : {}),
      capabilities: capabilities.slice(0, 100),
    },
    watched.elapsed(),
    ownExpires ? "own_certificate_expiry" : undefined,
  );
}

/** A certificate that was refused is what the person on the phone is asked for. */
async function look(
  service: MailService,
  parts: DiagnosisParts,
  source: EndpointSource,
  record: StepRecord,
): Promise<void> {
  const seen = await lookAt(
    (seams) => (service === "smtp" ? openSmtp(parts, source, seams) : openImap(parts, source, seams)),
    parts.now,
  );
  if (!seen) return;
  record.saw("tls", { version: seen.version, cipher: seen.cipher });
  record.saw("chain", { certificate: seen.certificate });
}

/** The time limit of whoever called, or his giving up; undefined while he has not. */
function stoppedBy(signal: AbortSignal): MedimailError | undefined {
  if (!signal.aborted) return undefined;
  const { reason } = signal;
  return isMedimailError(reason)
    ? reason
    : new MedimailError("aborted", "the diagnosis was given up", { cause: reason });
}
