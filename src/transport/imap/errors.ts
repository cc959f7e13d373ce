import { isMedimailError, MedimailError } from "../../errors.js";

const LOST: ReadonlySet<string> = new Set([
  "NoConnection",
  "EConnectionClosed",
  "StateLogout",
  "ClosedAfterConnectTLS",
  "ClosedAfterConnectText",
  "ECONNRESET",
  "EPIPE",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
]);
const SLOW: ReadonlySet<string> = new Set(["ETIMEOUT", "CONNECT_TIMEOUT", "GREETING_TIMEOUT", "LockTimeout"]);
/** What to do where a folder is not there. */
export const NO_FOLDER = "mailbox.folders() (medimail mailbox folders) lists the folders and what each is for.";
const FINAL: ReadonlySet<string> = new Set(["TRYCREATE", "NONEXISTENT", "NOPERM", "CANNOT"]);

/** imapflow's errors in our codes. Their text may quote the server, so a subject or an address: only codes are kept. */
export function imapError(error: unknown, doing: string): MedimailError {
  if (isMedimailError(error)) return error;
  const { code, serverResponseCode, mailboxMissing, _err: within } = (error ?? {}) as Record<string, unknown>;
  // Thrown by us while the library read the answer.
  if (isMedimailError(within)) return within;
  const shown =
    typeof serverResponseCode === "string" && /^[A-Z0-9-]{1,40}$/i.test(serverResponseCode)
      ? serverResponseCode
      : typeof code === "string" && /^\w{1,60}$/.test(code)
        ? code
        : // Dovecot 2.3 refuses a folder that is not there without a code: the library has asked LIST then.
          mailboxMissing === true
          ? "NONEXISTENT"
          : "command failed";
  if (typeof code === "string" && LOST.has(code))
    return new MedimailError("connection_lost", `the IMAP connection was lost while ${doing}`);
  if (typeof code === "string" && SLOW.has(code))
    return new MedimailError("timeout", `the IMAP server did not answer in time while ${doing}`);
  const hint = /^NONEXISTENT$/i.test(shown) ? { hint: NO_FOLDER } : {};
  return new MedimailError(
    "imap_failed",
    `the IMAP server failed while ${doing} (${shown})`,
    FINAL.has(shown.toUpperCase()) ? { retryable: false, ...hint } : {},
  );
}
