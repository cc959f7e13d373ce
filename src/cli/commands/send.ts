import type { Connector } from "../../connector-types.js";
import type { DocumentSubmission, IdentityStatus, SubmissionAction } from "../../sending/index.js";
import type { Options } from "../args.js";
import { usage } from "../args.js";
import type { Command } from "../command.js";
import { CONFIG_OPTION, connectorOf } from "../connect.js";
import { deliverAndWait } from "../deliver.js";
import { writeMails } from "../eml.js";
import { readInput, readText } from "../files.js";
import type { Wait } from "../wait.js";

const WAITS = ["no", "accepted", "delivered", "read"] as const satisfies readonly Wait[];

export const send: Command = {
  name: "send",
  stream: true,
  ownsSignal: true,
  timeoutSeconds: 60,
  options: {
    ...CONFIG_OPTION,
    cda: { type: "string", value: "FILE", multiple: true, required: true },
    pdf: { type: "string", value: "FILE", multiple: true },
    to: { type: "string", value: "ADDRESS", multiple: true },
    "to-rpps": { type: "string", value: "RPPS", multiple: true },
    "to-finess": { type: "string", value: "FINESS", multiple: true },
    "to-cda": { type: "boolean" },
    patient: { type: "boolean" },
    "reply-to": { type: "string", value: "ADDRESS" },
    "subject-extra": { type: "string", value: "TEXT" },
    body: { type: "string", value: "FILE" },
    fin: { type: "boolean" },
    action: { type: "string", value: "create|replace|delete", choices: ["create", "replace", "delete"] },
    confidentiality: { type: "string", value: "CODE", multiple: true },
    "content-type": { type: "string", value: "CODE" },
    "source-id": { type: "string", value: "OID" },
    "identity-status": {
      type: "string",
      value: "STATUS",
      choices: ["qualifiee", "validee", "recuperee", "provisoire"],
    },
    "oppose-patient": { type: "boolean" },
    "oppose-professionals": { type: "boolean" },
    "acknowledge-opposition": { type: "boolean" },
    dossier: { type: "string", value: "N" },
    "request-read": { type: "boolean" },
    "without-pdf": { type: "boolean" },
    "require-pdfa": { type: "boolean" },
    actor: { type: "string", value: "ID" },
    key: { type: "string", value: "KEY" },
    resend: { type: "boolean" },
    wait: { type: "string", value: WAITS.join("|"), choices: WAITS },
    eml: { type: "string", value: "DIR" },
  },
  async run(context, { options }) {
    const wait = (options.text("wait") ?? "accepted") as Wait;
    const submission = submissionOf(options, wait);
    // A wait for receipts looks often: a person, or a script, stands by.
    const { connector } = await connectorOf(context, options, { receiptPollMs: 1_000 });
    return closing(connector, async () => {
      const folder = options.text("eml");
      if (folder !== undefined) return writeMails(context, connector, submission, folder);
      return deliverAndWait(context, connector, submission, wait);
    });
  },
};

/** Closes in every case, but not for ever: a server that hangs must not hold the command after its time limit. */
async function closing(connector: Connector, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } finally {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 5_000);
    });
    await Promise.race([connector.close(), limit]);
    clearTimeout(timer);
  }
}

function submissionOf(options: Options, wait: Wait): DocumentSubmission {
  const cdas = options.list("cda");
  const pdfs = options.list("pdf");
  if (pdfs.length > cdas.length) throw usage("more --pdf than --cda", "the n-th --pdf belongs to the n-th --cda");
  const to = recipientsOf(options);
  if (to.length === 0 && !options.flag("patient")) throw usage("no recipient: give --to ADDRESS, or --patient");
  const text = <K extends string>(option: string, key: K) => {
    const value = options.text(option);
    return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
  };
  const flag = <K extends string>(option: string, key: K) =>
    (options.flag(option) ? { [key]: true } : {}) as { [P in K]?: boolean };
  const body = options.text("body");
  const action = options.text("action") as SubmissionAction | undefined;
  const identityStatus = options.text("identity-status") as IdentityStatus | undefined;
  const opposition = {
    ...flag("oppose-patient", "patient"),
    // Who acknowledges an opposition says that there is one.
    ...(options.flag("oppose-professionals") || options.flag("acknowledge-opposition") ? { professionals: true } : {}),
    ...flag("acknowledge-opposition", "acknowledged"),
  };
  return {
    documents: cdas.map((file, index) => {
      const pdf = pdfs[index];
      return { cda: readInput(file, "--cda"), ...(pdf === undefined ? {} : { pdf: readInput(pdf, "--pdf") }) };
    }),
    to,
    ...flag("patient", "patient"),
    ...text("reply-to", "replyTo"),
    ...text("subject-extra", "subjectExtra"),
    ...(body === undefined ? {} : { body: readText(body, "--body") }),
    ...flag("fin", "fin"),
    ...(action ? { action } : {}),
    ...(options.flag("confidentiality") ? { confidentiality: options.list("confidentiality") } : {}),
    ...text("content-type", "contentType"),
    ...text("source-id", "sourceId"),
    ...(identityStatus ? { identityStatus } : {}),
    ...(Object.keys(opposition).length > 0 ? { opposition } : {}),
    ...text("dossier", "dossier"),
    // Nobody says that a mail was read unless asked to.
    ...(options.flag("request-read") || wait === "read" ? { requestRead: true } : {}),
    ...flag("without-pdf", "withoutPdf"),
    ...flag("require-pdfa", "requirePdfA1"),
    ...text("actor", "actor"),
    ...text("key", "idempotencyKey"),
    ...flag("resend", "resend"),
  };
}

/** Addresses, and those whose address the directories know. */
function recipientsOf(options: Options): Exclude<DocumentSubmission["to"], "cda" | undefined> {
  return [
    // `cda` is a word of `to` in code; on the command line it is an option of its own.
    ...options.list("to").map((address) => ({ address })),
    ...options.list("to-rpps").map((rpps) => ({ rpps })),
    ...options.list("to-finess").map((finess) => ({ finess })),
    ...(options.flag("to-cda") ? ["cda"] : []),
  ];
}
