import { describe, expect, it } from "vitest";
import { MedimailError } from "../../src/errors.js";
import { storageError } from "../../src/storage/index.js";

const sqlite = (code: string) => Object.assign(new Error("299057512300876 is in this message"), { code });

describe("storageError", () => {
  it.each([
    ["SQLITE_BUSY_SNAPSHOT", "storage_failed", true],
    ["SQLITE_FULL", "storage_failed", true],
    ["SQLITE_IOERR_WRITE", "storage_failed", true],
    ["SQLITE_READONLY", "storage_failed", false],
    ["SQLITE_CANTOPEN", "storage_failed", false],
    ["SQLITE_CONSTRAINT_UNIQUE", "storage_failed", false],
    ["SQLITE_CORRUPT_INDEX", "storage_corrupt", false],
    ["SQLITE_NOTADB", "storage_corrupt", false],
    ["UNKNOWN_SQLITE_ERROR_773", "storage_failed", true],
    ["UNKNOWN_SQLITE_ERROR_3091", "storage_failed", false],
    ["UNKNOWN_SQLITE_ERROR_779", "storage_corrupt", false],
  ])("says of %s: %s, to be tried again: %s", (code, ours, retryable) => {
    expect(storageError(sqlite(code))).toMatchObject({ code: ours, retryable });
  });

  it("keeps no text of the database, which may quote a value", () => {
    const error = storageError(sqlite("SQLITE_CONSTRAINT_CHECK")) as MedimailError;
    expect(`${error.message}${error.stack}${error.hint}${String(error.cause)}`).not.toContain("299057512300876");
  });

  it("leaves errors of others as they are", () => {
    const own = new MedimailError("already_sent", "x");
    const other = new RangeError("y");
    expect([storageError(own), storageError(other)]).toEqual([own, other]);
  });
});
