import { z } from "zod";
import { host, isLoopback, line, path, port, strict } from "./fields.js";
import { secretSchema } from "./secret.js";

const SOURCES = ["fhir", "extraction", "ldap", "regional"] as const;

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(", ")}` });
const positive = (max: number) =>
  z.int("must be a whole number").min(1, "must be 1 or more").max(max, `must be ${max} or less`);

/** A file, or several. */
const files = z.union([z.array(path()), path().transform((one) => [one])], { error: "must be a list of PEM files" });

/** Annuaire Santé FHIR v2 (interfaces.md §4a). */
const fhir = strict({
  url: line(2048)
    .refine((text) => {
      if (!URL.canParse(text)) return false;
      const { protocol, hostname, search, username } = new URL(text);
      const safe = protocol === "https:" || (protocol === "http:" && isLoopback(hostname.replace(/^\[|\]$/g, "")));
      return safe && search === "" && username === "";
    }, "must be an https:// address without user and query")
    .optional(),
  /** Of the application; sent in its header only. */
  key: secretSchema,
  /** Authorities of the server in place of the system's. */
  ca: files.optional(),
  /** Of one request, in ms. */
  timeoutMs: positive(600_000).optional(),
});

/** Names of attributes, the first that has a value counts. */
const attribute = z.union([line(100).transform((one) => [one]), z.array(line(100)).min(1, "must not be empty")], {
  error: "must be the name of an attribute, or a list of them",
});
const FIELDS = [
  "name",
  "family",
  "given",
  "civility",
  "type",
  "rpps",
  "idNat",
  "finess",
  "siret",
  "structure",
  "service",
  "profession",
  "specialty",
  "street",
  "postalCode",
  "city",
  "department",
  "country",
  "paperless",
  "redList",
] as const;
const shapeOf = <T extends z.ZodType>(of: T) =>
  Object.fromEntries(FIELDS.map((field) => [field, of.optional()])) as Record<
    (typeof FIELDS)[number],
    z.ZodOptional<T>
  >;

/** A national or regional LDAP directory; nothing of it is published, so all is a setting (interfaces.md §4c). */
const ldap = strict({
  host: host(),
  /** Default 389, with ldaps 636. */
  port: port().optional(),
  security: oneOf(["starttls", "ldaps", "none"]).default("starttls"),
  base: line(1_000),
  scope: oneOf(["sub", "one"]).optional(),
  /** RFC 4515; may name what is asked: `(sn={family}*)`. */
  filter: line(2_000).optional(),
  attributes: strict({ address: attribute, ...shapeOf(attribute) }).optional(),
  /** DN and password. */
  account: strict({ dn: line(1_000), password: secretSchema }).optional(),
  /** Authorities of the server; default `tls.ca`. */
  ca: files.optional(),
  /** 0: the server has no paged results. */
  pageSize: z.int("must be a whole number").min(0, "must be 0 or more").max(1_000, "must be 1000 or less").optional(),
  /** Of one search, in ms. */
  timeoutMs: positive(600_000).optional(),
}).superRefine((value, context) => {
  if (value.security === "none" && !isLoopback(value.host))
    context.addIssue({
      code: "custom",
      path: ["security"],
      message: "must be starttls or ldaps: who answers decides to whom a mail goes",
    });
});

const column = z.union([line(200), z.int("must be a whole number").min(1, "counts from 1").max(1_000)], {
  error: "must be the name of a column, or its number from 1",
});

const sftp = strict({
  host: host(),
  port: port().optional(),
  username: line(),
  password: secretSchema.optional(),
  /** OpenSSH or PEM. */
  privateKey: secretSchema.optional(),
  passphrase: secretSchema.optional(),
  /** As `ssh-keygen -l` shows them: a server with another key is not spoken to. */
  hostKeys: z
    .array(
      line(100).refine((text) => /^SHA256:[A-Za-z0-9+/]{43}=?$/.test(text), "must be a fingerprint such as SHA256:…"),
      { error: "must be a list of fingerprints" },
    )
    .min(1, "must not be empty"),
  folder: line(1_000).default("."),
}).superRefine((value, context) => {
  if (value.password === undefined && value.privateKey === undefined)
    context.addIssue({ code: "custom", path: ["password"], message: "is required, or privateKey" });
});

/** A regional directory as CSV files of a deposit server; its columns are described, since none are published (interfaces.md §4d). */
const regional = strict({
  /** Where what was read is kept, to be searched. */
  index: path().default("medimail-annuaire-regional.db"),
  /** A folder of this machine; or `sftp`. */
  folder: path().optional(),
  sftp: sftp.optional(),
  /** Of the files' names, `*` and `?` in it. The newest is read. */
  pattern: line(200).default("*.csv"),
  columns: strict({ address: column, ...shapeOf(column) }),
  /** Default: recognised. */
  separator: oneOf([";", ",", "|", "\t"]).optional(),
  charset: oneOf(["utf-8", "windows-1252", "utf-16le", "utf-16be"]).optional(),
  /** False: the first line is an entry, and columns are numbers. */
  header: z.boolean({ error: "must be true or false" }).optional(),
}).superRefine(({ folder, sftp: server, header, columns }, context) => {
  if ((folder === undefined) === (server === undefined))
    context.addIssue({ code: "custom", path: ["folder"], message: "give folder or sftp, one of them" });
  if (header === false)
    for (const [name, value] of Object.entries(columns))
      if (typeof value === "string")
        context.addIssue({ code: "custom", path: ["columns", name], message: "must be a number: there is no header" });
});

/** Where recipients are looked for. */
export const directory = strict({
  /** Of the public extraction. */
  index: path().optional(),
  fhir: fhir.optional(),
  ldap: ldap.optional(),
  regional: regional.optional(),
  /** Whose word counts first. */
  order: z.array(oneOf(SOURCES), { error: "must be a list of sources" }).optional(),
  /** All at once, or one after the other until one has found something. */
  ask: oneOf(["all", "first"]).optional(),
});
