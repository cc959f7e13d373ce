import { isMedimailError, MedimailError } from "../errors.js";

// libsql names an extended code that it does not know by its number; the low byte is the primary code (sqlite.org/rescode.html).
const PRIMARY: Readonly<Record<number, string>> = {
  5: "BUSY",
  6: "LOCKED",
  8: "READONLY",
  10: "IOERR",
  11: "CORRUPT",
  13: "FULL",
  14: "CANTOPEN",
  19: "CONSTRAINT",
  26: "NOTADB",
};

/** SQLite's name of an error (`SQLITE_FULL`), where it is one of SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null ? (error as { code?: unknown }).code : undefined;
  if (typeof code !== "string") return undefined;
  const number = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(code)?.[1];
  if (number !== undefined) return `SQLITE_${PRIMARY[Number(number) & 0xff] ?? "ERROR"}_${number}`;
  return code.startsWith("SQLITE_") ? code : undefined;
}

export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"));
}

/**
 * SQLite's error as ours; any other is given back as it is. The cause is left out on purpose: SQLite quotes values in some
 * messages, and a value may be health data. What is kept is SQLite's code, which is enough to look it up.
 */
export function storageError(error: unknown): unknown {
  const code = sqliteCode(error);
  if (isMedimailError(error) || code === undefined) return error;
  if (code.startsWith("SQLITE_NOTADB")) {
    return new MedimailError("storage_corrupt", "the file is not an SQLite database", {
      hint: "Give the path of a database made by this package, or of a file that does not exist yet.",
    });
  }
  if (code.startsWith("SQLITE_CORRUPT")) {
    return new MedimailError("storage_corrupt", `the database is damaged (${code})`, {
      hint: "Stop the software, keep a copy of the file and of its -wal, and restore the last backup.",
    });
  }
  if (code.startsWith("SQLITE_FULL")) {
    return failed(code, "the disk is full", "Free space on the volume of the database; nothing was written.", true);
  }
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_PERM") || code.startsWith("SQLITE_AUTH")) {
    const hint = "The user that runs the software must be able to write the file and its folder.";
    return failed(code, "the database cannot be written", hint, false);
  }
  if (code.startsWith("SQLITE_CANTOPEN")) {
    const hint = "Check that the folder exists and that the user that runs the software may write to it.";
    return failed(code, "the database cannot be opened", hint, false);
  }
  if (isBusy(error)) {
    const hint =
      "Another process or connection keeps a transaction open on the same file: make its transactions short.";
    return failed(code, "the database stayed locked", hint, true);
  }
  if (code.startsWith("SQLITE_IOERR")) {
    return failed(
      code,
      "reading or writing the database failed",
      "Check the volume; network file systems are not supported.",
      true,
    );
  }
  return new MedimailError("storage_failed", `the database refused the statement (${code})`, { retryable: false });
}

function failed(code: string, what: string, hint: string, retryable: boolean): MedimailError {
  return new MedimailError("storage_failed", `${what} (${code})`, { hint, retryable });
}
