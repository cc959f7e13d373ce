import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERROR_CODES, type ErrorCode, MedimailError } from "../../src/errors.js";

const root = join(import.meta.dirname, "../..");
const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

interface Line {
  code: string;
  meaning: string;
  when: string;
  retryable: string;
  requirement: string;
  advice: string;
}

const page = readFileSync(join(root, "docs/errors.md"), "utf8");
const lines: Line[] = page
  .split("\n")
  .filter((line) => /^\| `[a-z0-9_]+` \|/.test(line))
  .map((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    const [, code = "", meaning = "", when = "", retryable = "", requirement = "", advice = ""] = cells;
    return { code: code.replaceAll("`", ""), meaning, when, retryable, requirement, advice };
  });

/** Codes that are in the table and that nothing of this version makes, with the reason. */
const NOT_MADE: Partial<Record<ErrorCode, string>> = {
  circuit_open:
    "an open circuit makes mails wait; the name is kept for what later calls the operator while a person waits",
  cancelled: "a state of a recipient, so a code of his error that nothing throws",
};

/** Codes without a hint of their own. */
const SAID_BY_PLACE: readonly ErrorCode[] = [
  // The message says all: a fault of the calling code, a file that is named, what was asked to end.
  ...(["aborted", "closed", "cancelled", "circuit_open", "invalid_argument", "file_not_found"] as const),
  ...(["file_unreadable", "secret_unavailable", "config_unreadable", "mail_invalid", "lease_lost"] as const),
  // Each place knows better.
  ...(["usage_invalid", "not_supported", "config_invalid", "ins_test_oid_refused", "archive_limit_exceeded"] as const),
  ...(["accounts_file_invalid", "receipt_not_asked", "receipt_unconfirmed", "pdf_missing", "pdf_not_pdfa1"] as const),
  ...(["identity_not_qualified", "mask_forbids_recipient", "opposition_patient", "opposition_professional"] as const),
  ...([
    "patient_address_refused",
    "recipient_ambiguous",
    "recipient_not_found",
    "recipient_outside_trust_space",
  ] as const),
  ...(["white_list_invalid", "directory_file_invalid", "directory_file_refused", "directory_index_damaged"] as const),
  ...(["directory_index_missing", "directory_limit_exceeded", "already_sent", "idempotency_conflict"] as const),
  ...(["storage_failed", "storage_key_wrong", "storage_schema_newer", "submission_state"] as const),
  ...(["certificate_invalid", "certificate_revoked", "operator_host_refused", "revocation_unknown"] as const),
  ...(["login_required", "action_not_done", "action_unknown", "folder_not_found", "folder_protected"] as const),
  ...(["connections_exhausted", "imap_failed", "mock_failed", "report_invalid", "run_failed"] as const),
];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : [path];
  });
}

// The words of the command name every code, and so would prove nothing.
const code = sources(join(root, "src"))
  .filter((path) => path.endsWith(".ts") && !path.endsWith("error-codes.ts") && !path.includes(join("cli", "text")))
  .map((path) => readFileSync(path, "utf8"))
  .join("\n");

describe("docs/errors.md and the table of codes", () => {
  it("name the same codes, each once", () => {
    expect(lines.map((line) => line.code).sort()).toEqual([...CODES].sort());
  });

  it("agree on what is retryable, and on the requirement", () => {
    const said = lines.map((line) => [line.code, line.retryable, line.requirement]);
    const known = lines.map((line) => {
      const entry = ERROR_CODES[line.code as ErrorCode];
      return [line.code, entry.retryable ? "yes" : "no", entry.requirement ?? ""];
    });
    expect(said).toEqual(known);
  });

  it("say of each code what to do, but where its message says all, or each of its places knows better", () => {
    const silent = CODES.filter((name) => ERROR_CODES[name].hint === undefined);
    expect(silent.sort()).toEqual([...SAID_BY_PLACE].sort());
    expect(new MedimailError("ins_key_invalid", "x").hint).toBe(ERROR_CODES.ins_key_invalid.hint);
    expect(new MedimailError("ins_key_invalid", "x", { hint: "y" }).toJSON().hint).toBe("y");
  });

  it("say of each what it means, when it comes and what to do", () => {
    const short = lines.filter(
      (line) =>
        line.meaning.length < 10 || line.advice.length < 5 || !/^(any|[SDROFCMN]( [SDROFCMN])*)$/.test(line.when),
    );
    expect(short).toEqual([]);
  });
});

describe("the codes and the code", () => {
  const made = (name: string) =>
    new RegExp(
      `(MedimailError|[Ff]ailure|refuse|refused|fail|stopped|reportError|failed)\\(\\s*"${name}"|code: "${name}"|[?:,] "${name}"|= "${name}"|^\\s*"${name}",$`,
      "m",
    ).test(code);

  it.each(CODES.filter((name) => !(name in NOT_MADE)))("%s is made somewhere", (name) => {
    expect(made(name)).toBe(true);
  });

  it.each(Object.keys(NOT_MADE))("%s is thrown nowhere, as the list says", (name) => {
    expect(code).not.toMatch(new RegExp(`MedimailError\\(\\s*"${name}"`));
  });
});
