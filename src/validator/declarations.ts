import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { type Declaration, requirement } from "../compliance/index.js";
import { MedimailError } from "../errors.js";
import { jsonOf } from "../settings/index.js";
import { ATTACHMENTS_FOLDER } from "./outputs.js";

/** Who the connector says that it is; what is not declared is read in its mails. */
export interface DeclaredConnector {
  software?: string;
  version?: string;
  publisher?: string;
  nil?: string;
}

/** What somebody declares of the requirements that no program sees, checked. */
export interface Declarations {
  connector: DeclaredConnector;
  declarations: readonly Declaration[];
  attachments: readonly Attachment[];
}

/** A file that a declaration joins, kept in the folder of the run. */
export interface Attachment {
  code: string;
  /** As the declaration names it. */
  file: string;
  /** In the folder of the run. */
  kept: string;
  sha256: string;
  size: number;
}

/** Bytes of the file of declarations, and of each file that it joins. */
const MAX_FILE = 2_000_000;
const MAX_ATTACHMENT = 200_000_000;

const text = z.string().trim().min(1).max(4_000);

const declaration = z.strictObject({
  code: text.refine((code) => requirement(code) !== undefined, "no requirement of the catalogue has this code"),
  /** `met` (default) or `not-applicable`, which `statement` must then explain. */
  answer: z.enum(["met", "not-applicable"]).optional(),
  signer: text,
  role: text.optional(),
  date: text.refine(
    (date) => /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(date),
    "is a date, as 2026-01-31",
  ),
  statement: text.optional(),
  /** Paths, relative to the file of declarations. */
  evidence: z.array(text).max(50).optional(),
});

/** The form of the file that `--declarations` names (docs/validate.md). */
export const declarationsSchema = z.strictObject({
  connector: z
    .strictObject({
      software: text.optional(),
      version: text.optional(),
      publisher: text.optional(),
      nil: text.optional(),
    })
    .optional(),
  declarations: z
    .array(
      declaration.refine(
        ({ answer, statement }) => answer !== "not-applicable" || statement !== undefined,
        "not-applicable needs a statement that says why",
      ),
    )
    .max(1_000),
});

export type DeclarationsFile = z.input<typeof declarationsSchema>;

/**
 * Reads a file of declarations, and the files that it joins.
 *
 * @throws MedimailError `file_not_found`, `file_unreadable`, `config_invalid`
 */
export function readDeclarations(path: string): Declarations & { files: ReadonlyMap<string, Buffer> } {
  const { data, ...told } = parseDeclarations(path);
  const folder = dirname(resolve(path));
  const files = new Map<string, Buffer>();
  const attachments = data.declarations.flatMap(({ code, evidence = [] }) =>
    evidence.map((file): Attachment => {
      const content = read(resolve(folder, file), MAX_ATTACHMENT);
      const hash = sha256(content);
      const kept = `${ATTACHMENTS_FOLDER}/${hash.slice(0, 12)}-${basename(file)
        .replace(/[^\w.-]/g, "_")
        .slice(-80)}`;
      files.set(kept, content);
      return { code, file, kept, sha256: hash, size: content.length };
    }),
  );
  return { ...told, attachments, files };
}

/** The declarations alone, without the files that they join: what a check of a folder needs. Throws as {@link readDeclarations}. */
export function parseDeclarations(
  path: string,
): Omit<Declarations, "attachments"> & { data: z.output<typeof declarationsSchema> } {
  const bytes = read(path, MAX_FILE);
  const parsed = declarationsSchema.safeParse(jsonOf(bytes.toString("utf8"), path, "config_invalid"));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new MedimailError(
      "config_invalid",
      `the declarations cannot be read: ${issue?.path.join(".")} ${issue?.message}`,
      {
        path: issue?.path.join(".") ?? "",
        hint: "docs/validate.md shows their form",
      },
    );
  }
  return {
    data: parsed.data,
    connector: defined(parsed.data.connector ?? {}),
    declarations: parsed.data.declarations.map(({ code, answer, signer, role, date, statement, evidence }) => ({
      code,
      signer: role === undefined ? signer : `${signer}, ${role}`,
      date,
      ...(answer === undefined ? {} : { answer }),
      ...(statement === undefined ? {} : { statement }),
      ...(evidence === undefined ? {} : { attachments: evidence }),
    })),
  };
}

function defined(values: Record<string, string | undefined>): DeclaredConnector {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function read(path: string, max: number): Buffer {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new MedimailError("file_not_found", `there is no file ${path}`);
  if (!found.isFile() || found.size > max)
    throw new MedimailError("file_unreadable", `not a file of at most ${max} bytes: ${path}`);
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new MedimailError("file_unreadable", `the file cannot be read: ${path}`, { cause });
  }
}

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
