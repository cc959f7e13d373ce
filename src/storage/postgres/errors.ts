import { isMedimailError, MedimailError } from "../../errors.js";

/** SQLSTATE, or the system's code, of what a statement or a connection failed with. */
export function pgCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || isMedimailError(error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && /^[0-9A-Z_]{3,40}$/.test(code)) return code;
  // What `pg` throws by itself, of a server without TLS and of a connection that ended, has no code.
  if (error instanceof Error && /does not support SSL/i.test(error.message)) return NO_TLS;
  return error instanceof Error && /connection|timeout|terminated|not queryable/i.test(error.message)
    ? "CONNECTION"
    : undefined;
}

const NO_TLS = "NO_TLS";
const CONNECTION =
  /^(08...|57P0[1-5]|25P03|CONNECTION|E[A-Z_]+|ERR_[A-Z_]+|DEPTH_ZERO_.*|SELF_SIGNED_.*|CERT_.*|UNABLE_.*)$/;
const CERTIFICATE = /^(DEPTH_ZERO_.*|SELF_SIGNED_.*|CERT_.*|UNABLE_.*|ERR_TLS_.*)$/;
// 26000 and 42P05: see `Statements`. 25006: a standby, which takes over in a moment where the primary is gone.
const AGAIN = /^(40...|55P03|53300|26000|42P05|25006)$/;

/** The connection is gone, and with it what its transaction had not committed. */
export function isLost(error: unknown): boolean {
  const code = pgCode(error);
  return code !== undefined && CONNECTION.test(code) && !CERTIFICATE.test(code);
}

/** Worth the same again at once: another transaction was in the way, or the connection was lost. */
export function isTransient(error: unknown): boolean {
  const code = pgCode(error);
  return code !== undefined && (isLost(error) || AGAIN.test(code));
}

/** Another transaction has what it needs. */
export const isHeldUp = (error: unknown): boolean => pgCode(error) === "55P03";

/**
 * PostgreSQL's error as ours; any other is given back as it is. Without its message and cause, which quote values: those may be health data.
 * What is kept is the SQLSTATE, which is enough to look it up.
 */
export function pgError(error: unknown): unknown {
  const code = pgCode(error);
  if (code === undefined) return error;
  if (code === NO_TLS)
    return failed(
      code,
      "the database server has no TLS",
      "Switch it on there (ssl = on). sslmode=disable in outbox.url is for a network that nobody else is on.",
      false,
    );
  if (CERTIFICATE.test(code))
    return failed(
      code,
      "the certificate of the database server is not trusted",
      "Give its authority (sslrootcert in outbox.url) and the name that the certificate has.",
      false,
    );
  if (CONNECTION.test(code))
    return failed(
      code,
      "the database server cannot be reached",
      "Check that it runs and that outbox.url names it.",
      true,
    );
  if (code.startsWith("28"))
    return failed(
      code,
      "the database server refused the login",
      "Check the user and the password of outbox.url.",
      false,
    );
  if (code === "3D000" || code === "3F000")
    return failed(code, "there is no such database or schema", "Make it, or name another in outbox.url.", false);
  if (code === "42501")
    return failed(
      code,
      "the user of the database may not do this",
      "It must own the outbox's tables, or be allowed to make them (CREATE on the schema).",
      false,
    );
  if (code.startsWith("53"))
    return failed(
      code,
      "the database server is out of space, memory or connections",
      "Free it; nothing was written.",
      true,
    );
  if (AGAIN.test(code))
    return failed(
      code,
      "the database stayed locked",
      "Another connection keeps a transaction open on the outbox: make its transactions short.",
      true,
    );
  if (code === "25006")
    return failed(code, "the database server only reads", "It is a standby: name the primary in outbox.url.", true);
  return new MedimailError("storage_failed", `the database refused the statement (${code})`, { retryable: false });
}

function failed(code: string, what: string, hint: string, retryable: boolean): MedimailError {
  return new MedimailError("storage_failed", `${what} (${code})`, { hint, retryable });
}
