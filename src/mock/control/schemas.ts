import { z } from "zod";
import { FAULT_NAMES } from "../fault-kinds.js";

// What the control API takes and gives. Descriptions go into the OpenAPI document as they are.

export const address = z.string().min(1).max(200).describe("Address of a mailbox of the mock");
export const uid = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 32)
  .describe("UID of IMAP");
export const folderName = z.string().min(1).max(500).describe("Folder, as on the wire (modified UTF-7), levels by /");
export const instant = z.iso.datetime({ offset: true });
export const milliseconds = z
  .number()
  .min(0)
  .max(100 * 365 * 86_400_000);
export const mailboxParams = z.strictObject({ address });
export const messageParams = z.strictObject({ address, uid });
export const folderQuery = z.strictObject({ folder: folderName.default("INBOX") });

export const failure = z
  .strictObject({
    error: z.strictObject({
      code: z.string(),
      message: z.string(),
      path: z.string().optional().describe("Where in the request the fault is"),
      hint: z.string().optional(),
    }),
  })
  .meta({ id: "Failure", description: "What every error answers. `code` is stable, `message` is not." });

const sasl = z.enum(["none", "external", "plain"]);
export const mailboxAuth = z
  .discriminatedUnion("method", [
    z.strictObject({
      method: z.literal("certificate"),
      sasl: z
        .union([sasl, z.strictObject({ smtp: sasl.optional(), imap: z.enum(["external", "plain"]).optional() })])
        .optional(),
      password: z.string().max(200).optional(),
    }),
    z.strictObject({ method: z.literal("xoauth2"), token: z.string().min(1).max(4000).optional() }),
    z.strictObject({ method: z.literal("password"), password: z.string().min(1).max(200) }),
  ])
  .meta({ id: "MailboxAuth" });
export const mailboxType = z.enum(["PER", "ORG", "APP", "CAB", "INT", "MED"]);
export const newMailbox = z
  .strictObject({
    address,
    type: mailboxType,
    label: z.string().max(200).optional(),
    auth: mailboxAuth.optional().describe("Default: a certificate for APP, a token for every other type"),
    quota: z.int().min(0).optional().describe("Bytes"),
    folders: z
      .array(z.strictObject({ name: folderName, specialUse: z.string().max(20).optional() }))
      .max(500)
      .optional(),
  })
  .meta({ id: "NewMailbox" });
export const folder = z
  .strictObject({
    name: z.string(),
    specialUse: z.string().optional(),
    messages: z.int(),
    unseen: z.int(),
    uidValidity: z.int(),
    uidNext: z.int(),
  })
  .meta({ id: "Folder" });
export const mailbox = z
  .strictObject({
    address: z.string(),
    type: z.enum([...mailboxType.options, "patient"]),
    label: z.string(),
    method: z.enum(["certificate", "xoauth2", "password", "none"]),
    quota: z.int(),
    used: z.int().describe("Bytes"),
    folders: z.array(folder),
  })
  .meta({ id: "Mailbox" });
export const credentials = z
  .discriminatedUnion("method", [
    z.strictObject({
      method: z.literal("certificate"),
      ca: z.string().describe("PEM of the authority"),
      certificate: z.string().describe("PEM, the authority's own included"),
      key: z.string().describe("PEM"),
      p12: z.string().describe("PKCS#12 in base64"),
      passphrase: z.string(),
      sasl: z.strictObject({ smtp: sasl, imap: sasl }),
      username: z.string().optional(),
      password: z.string().optional(),
    }),
    z.strictObject({
      method: z.literal("xoauth2"),
      ca: z.string(),
      username: z.string(),
      token: z.string().optional().describe("The newest that is accepted; absent where none is"),
    }),
    z.strictObject({ method: z.literal("password"), ca: z.string(), username: z.string(), password: z.string() }),
  ])
  .meta({ id: "Credentials" });
export const token = z
  .strictObject({ token: z.string(), until: z.string().optional().describe("End of its life, by the mock's clock") })
  .meta({ id: "Token" });

export const person = z.strictObject({ name: z.string().optional(), address: z.string() }).meta({ id: "Person" });
const summaryShape = {
  folder: z.string(),
  uid: z.int(),
  messageId: z.string().optional(),
  date: z.string().describe("INTERNALDATE"),
  flags: z.array(z.string()),
  size: z.int(),
  from: z.array(person),
  to: z.array(person),
  subject: z.string().describe("Decoded, as it is written: with XDM/1.0/DDM+ where it has it"),
  hasXdm: z.boolean(),
  kind: z.enum(["mail", "dsn", "mdn", "ko"]),
};
export const messageSummary = z.strictObject(summaryShape).meta({ id: "MessageSummary" });
export const part = z
  .strictObject({
    part: z.string().describe("Number of IMAP (`2`, `1.2`)"),
    type: z.string(),
    name: z.string().optional(),
    size: z.int().describe("Bytes, decoded"),
  })
  .meta({ id: "Part" });
export const documentView = z
  .strictObject({
    index: z.int(),
    title: z.string().optional(),
    typeCode: z.string().optional(),
    typeName: z.string().optional(),
    mimeType: z.string().optional(),
    creationTime: z.string().optional(),
    action: z.enum(["create", "replace", "delete"]),
    size: z.int().optional(),
    hash: z.string().optional(),
    integrity: z.strictObject({
      file: z.enum(["present", "missing"]),
      hash: z.enum(["ok", "mismatch", "absent"]),
      size: z.enum(["ok", "mismatch", "absent"]),
    }),
  })
  .meta({ id: "Document" });
export const problem = z
  .strictObject({
    severity: z.enum(["error", "warning"]),
    code: z.string(),
    message: z.string(),
    path: z.string().optional(),
  })
  .meta({ id: "Problem" });
export const messageDetail = z
  .strictObject({
    ...summaryShape,
    headers: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    text: z.string().optional().describe("The plain text of the mail, 200 000 characters at most"),
    parts: z.array(part),
    archive: z
      .strictObject({ part: z.string(), documents: z.array(documentView), problems: z.array(problem) })
      .optional(),
    receipt: z.record(z.string(), z.unknown()).optional().describe("A DSN, a MDN or a KO, as it was understood"),
  })
  .meta({ id: "Message" });

export const acceptedMail = z
  .strictObject({
    id: z.int(),
    at: z.string(),
    from: z.string(),
    recipients: z.array(
      z.strictObject({
        address: z.string(),
        notify: z.array(z.string()).optional(),
        originalRecipient: z.string().optional(),
      }),
    ),
    user: z.string(),
    messageId: z.string().optional(),
    size: z.int(),
    envid: z.string().optional(),
    ret: z.string().optional(),
    file: z.string().optional(),
  })
  .meta({ id: "AcceptedMail", description: "A mail that the SMTP server has taken" });
export const delivered = z
  .strictObject({ folder: z.string(), uid: z.int(), messageId: z.string().optional() })
  .meta({ id: "Delivered" });

export const faultName = z.enum(FAULT_NAMES as [string, ...string[]]).meta({ id: "FaultName" });
export const faultScript = z
  .strictObject({
    name: faultName,
    at: z.string().max(40).optional().describe("Moment of the session: `rcpt`, `imap-select`…"),
    times: z
      .union([z.int().min(1), z.literal("always")])
      .optional()
      .describe("Default 1"),
    skip: z.int().min(0).optional().describe("How many pass first"),
    for: z.string().max(200).optional().describe("Only for this address"),
    reply: z.int().min(200).max(599).optional(),
    status: z.string().max(20).optional(),
    text: z.string().max(400).optional(),
    ms: milliseconds.optional(),
    bytes: z.int().min(0).optional(),
    count: z.int().min(0).optional(),
  })
  .meta({ id: "FaultScript" });
export const faultView = z
  .strictObject({
    id: z.int(),
    name: z.string(),
    at: z.string(),
    times: z.union([z.int(), z.literal("always")]),
    skip: z.int().optional(),
    for: z.string().optional(),
    struck: z.int(),
    spent: z.boolean(),
  })
  .meta({ id: "Fault" });
export const faultKind = z
  .strictObject({
    name: z.string(),
    description: z.strictObject({ fr: z.string(), en: z.string() }),
    moments: z.array(z.string()).describe("Where it can strike"),
    usual: z.string().optional().describe("Where it strikes when one does not say; where absent, `at` is needed"),
  })
  .meta({ id: "FaultKind" });

export const observation = z
  .looseObject({ v: z.literal(1), at: z.string(), connection: z.string(), kind: z.string() })
  .meta({ id: "Observation", description: "What the servers saw; see docs/mock.md, Observations" });
export const rankedObservation = z.strictObject({ rank: z.int(), observation }).meta({ id: "RankedObservation" });
export const clock = z
  .strictObject({
    now: z.string(),
    frozen: z.boolean(),
    pending: z.array(z.number()).describe("Milliseconds until what is planned"),
  })
  .meta({ id: "Clock" });
export const snapshot = z.strictObject({ id: z.string(), at: z.string() }).meta({ id: "Snapshot" });
export const scenario = z
  .looseObject({
    id: z.string(),
    title: z.string(),
    titleEn: z.string(),
    requirements: z.array(z.string()),
    seconds: z.number(),
    steps: z.array(z.looseObject({ action: z.string(), text: z.string(), textEn: z.string() })),
  })
  .meta({ id: "Scenario" });
export const verdict = z
  .looseObject({
    code: z.string(),
    title: z.string(),
    obligation: z.string(),
    verdict: z.string(),
    evidence: z.array(z.looseObject({ what: z.string(), where: z.string(), at: z.string() })),
  })
  .meta({ id: "Verdict" });
