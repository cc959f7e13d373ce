import { z } from "zod";
import { line, path, strict } from "./fields.js";
import { secretSchema } from "./secret.js";

const saslOf = z.enum(["none", "external", "plain"], { error: "must be none, external or plain" });
const imapSasl = z.enum(["external", "plain"], {
  error: (issue) =>
    issue.input === "none"
      ? "must be external or plain: after STARTTLS an IMAP session always authenticates"
      : "must be external or plain",
});

/** A text sets both protocols. `none` is for SMTP alone, so as a text it is refused on the IMAP side. */
const sasl = z
  .preprocess(
    (value) => (typeof value === "string" ? { smtp: value, imap: value } : value),
    strict({ smtp: saslOf.default("none"), imap: imapSasl.default("external") }),
  )
  .prefault({});

const keyMaterial = {
  /** PKCS#12 file, with `passphrase`; or `cert` and `key`. */
  p12: path().optional(),
  /** PEM files. */
  cert: path().optional(),
  key: path().optional(),
  /** Of the p12, or of an encrypted PEM key. */
  passphrase: secretSchema.optional(),
};

const certificate = strict({
  method: z.literal("certificate"),
  ...keyMaterial,
  sasl,
  /** For `plain`: default the mailbox's address. */
  username: line().optional(),
  password: secretSchema.optional(),
}).superRefine((auth, context) => {
  const refuse = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
  const pem = auth.cert !== undefined || auth.key !== undefined;
  if (auth.p12 !== undefined && pem) refuse(["p12"], "give p12, or cert and key, not both");
  else if (auth.p12 === undefined && !pem) refuse(["p12"], "is required: p12, or cert and key");
  else if (pem && auth.cert === undefined) refuse(["cert"], "is required beside key");
  else if (pem && auth.key === undefined) refuse(["key"], "is required beside cert");
  if ((auth.sasl.smtp === "plain" || auth.sasl.imap === "plain") && auth.password === undefined)
    refuse(["password"], "is required where sasl is plain");
});

const token = strict({
  method: z.literal("token"),
  /** A Pro Santé Connect access token given from outside, kept in memory only (ECO.1.2.5). */
  token: secretSchema,
  /** Default: the mailbox's address, which is what the operators expect. */
  username: line().optional(),
  /** False where the server wants XOAUTH2 in two steps (interfaces.md §2.2). Default true. */
  initialResponse: z.boolean({ error: "must be true or false" }).optional(),
});

const proSanteConnect = strict({
  method: z.literal("pro-sante-connect"),
  issuer: line(2048).refine((text) => /^https?:\/\/[^\s]+$/.test(text), "must be the URL of the issuer"),
  clientId: line(),
  clientSecret: secretSchema.optional(),
  ...keyMaterial,
  /** Where its discovery document is: see `createProSanteConnect`. */
  discovery: line(2048).optional(),
  /** The professional's national identifier: the command asks his e-CPS (CIBA). */
  loginHint: line(100).optional(),
  username: line().optional(),
}).superRefine((auth, context) => {
  if (auth.clientSecret === undefined && auth.p12 === undefined && (auth.cert === undefined || auth.key === undefined))
    context.addIssue({ code: "custom", path: ["clientSecret"], message: "is required, or p12, or cert and key" });
});

const password = strict({ method: z.literal("password"), username: line(), password: secretSchema });

const METHODS = "certificate, token, pro-sante-connect, password";

/** How the mailbox authenticates; the method decides the other keys. */
export const authSchema = z.discriminatedUnion("method", [certificate, token, proSanteConnect, password], {
  error: (issue) => {
    if (issue.input === undefined) return "is required";
    return typeof issue.input === "object" && issue.input !== null
      ? `method must be one of ${METHODS}`
      : "must be an object";
  },
});

export type AuthConfig = z.output<typeof authSchema>;
