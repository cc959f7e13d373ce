import { BAD_TLS_PROFILES } from "../seams/observations.js";
import { untilAborted } from "../until-aborted.js";
import type { Fault, FaultName, FaultPoint, Faults } from "./faults.js";
import type { Offer } from "./imap/capabilities.js";
import type { FolderNaming } from "./imap/naming.js";
import type { Observer } from "./observer.js";
import type { MockLimits } from "./options.js";
import type { Pki, TlsProfile } from "./pki/pki.js";
import type { MockStore } from "./store/store.js";
import type { AcceptedMail } from "./submission.js";
import type { LineConnection } from "./wire/connection.js";

/** What the two servers share. */
export interface MockContext {
  store: MockStore;
  pki: Pki;
  faults: Faults;
  observer: Observer;
  limits: MockLimits;
  sizeLimit: number;
  /** What the IMAP server offers, and how it names folders. */
  offer: Offer;
  naming: FolderNaming;
  hostname: string;
  now: () => Date;
  /** A mail was accepted: it is delivered, filed and reported on. */
  accept: (mail: Omit<AcceptedMail, "id" | "at" | "messageId">, connection: string) => AcceptedMail;
  /** A bug of the mock itself: kept for `close()` to tell, since a session has nobody to throw to. */
  failed: (error: unknown) => void;
}

/** Takes a fault and writes it in the transcript. */
export function strike(
  context: MockContext,
  connection: LineConnection,
  at: FaultPoint,
  addresses: readonly string[] = [],
  names?: readonly FaultName[],
): Fault | undefined {
  const fault = context.faults.take(at, addresses, names);
  if (fault) context.observer.observe({ connection: connection.id, kind: "fault", name: fault.name });
  return fault;
}

/** Waits, unless the connection ends before. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}

/** Waits for the end of the connection. */
export const gone = untilAborted;

/**
 * STARTTLS of either protocol, with the certificate and the profile that the faults ask for. Made ready before the client is told to
 * begin: from then on its ClientHello may come at any time, and must meet the handshake and not our reader.
 */
export async function prepareTls(
  context: MockContext,
  connection: LineConnection,
  at: "starttls" | "imap-starttls",
): Promise<() => Promise<boolean>> {
  const fault = strike(context, connection, at, [], BAD_TLS_PROFILES);
  const profile = (fault?.name as TlsProfile | undefined) ?? "good";
  const upgrader = await context.pki.upgrader(profile);
  return () => connection.startTls((socket) => upgrader.upgrade(socket), profile);
}
