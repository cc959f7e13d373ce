import { z } from "zod";
import { defined } from "../../../defined.js";
import { isPatientAddress } from "../../../identity/index.js";
import { decodeWords } from "../../mime/headers.js";
import { patientAnswerMail, sampleDocumentMail } from "../../samples/mails.js";
import type { MockMessage } from "../../store/message.js";
import { bare } from "../../store/message.js";
import type { AcceptedMail } from "../../submission.js";
import { ControlError } from "../failure.js";
import { operation } from "../operation.js";
import * as schemas from "../schemas.js";
import type { ControlState } from "../state.js";

const tag = "incoming";
const { mailboxParams: params } = schemas;
const about = {
  messageId: z
    .string()
    .max(1000)
    .optional()
    .describe("Of the mail that it speaks of. Default: the last that the mailbox has sent"),
  recipient: z.string().max(200).optional().describe("Of that mail. Default: its first"),
};

/** The mail that a report speaks of. Throws `conflict` where the mailbox has sent none that fits. */
function sentBy(
  state: ControlState,
  address: string,
  { messageId, recipient }: { messageId?: string | undefined; recipient?: string | undefined },
) {
  const wanted = bare(messageId);
  const fits = (mail: AcceptedMail): boolean =>
    mail.from.toLowerCase() === address &&
    (wanted === undefined || mail.messageId === wanted) &&
    (recipient === undefined || mail.recipients.some((one) => one.address.toLowerCase() === recipient.toLowerCase()));
  const mail = state.mock.mails.findLast(fits);
  const to = recipient ?? mail?.recipients[0]?.address;
  if (!mail || to === undefined || mail.messageId === undefined)
    throw new ControlError("conflict", "The mailbox has sent no such mail", { hint: "Send one to the mock first." });
  return { to, id: mail.messageId, mail };
}

/** Where the report is; a mail whose recipient has none of it left, or whose sender no mailbox here, gets none. */
function placed(
  state: ControlState,
  message: MockMessage | undefined,
  address: string,
): z.input<typeof schemas.delivered> {
  if (!message)
    throw new ControlError("conflict", "Nothing was asked, so nothing is answered", {
      hint: "`evenIfNotAsked` sends it.",
    });
  const folder = state.mailbox(address).folders.find(({ messages }) => messages.includes(message));
  return defined({ folder: folder?.name ?? "INBOX", uid: message.uid, messageId: message.messageId });
}

const answer = { status: 201, schema: schemas.delivered, what: "Where it is" } as const;

export const incoming = [
  operation({
    id: "sendDocument",
    method: "POST",
    path: "/mailboxes/{address}/incoming/document",
    tag,
    summary: "An invented laboratory report comes into the mailbox: new, in place of the last one, or taking it back",
    params,
    body: z.strictObject({
      action: z.enum(["create", "replace", "delete"]).default("create"),
      from: z.string().max(200).optional().describe("Default: the first other mailbox of the mock"),
      requestRead: z.boolean().default(true),
    }),
    answer,
    async run(state, { params, body }) {
      const { address } = state.mailbox(params.address);
      const previous = state.documents.get(address);
      if (body.action !== "create" && !previous)
        throw new ControlError("conflict", "No document was sent to this mailbox that another could replace", {
          hint: "Begin with `create`.",
        });
      const other = state.mock.mailboxes.find((one) => one.address !== address && one.type !== "patient");
      const from = body.from ?? other?.address ?? "laboratoire@autre-exemple.mssante.fr";
      const label = state.mock.mailboxes.find((one) => one.address === from.toLowerCase())?.label ?? from;
      const date = state.mock.clock.now();
      const { action, requestRead } = body;
      const sent = await sampleDocumentMail({
        from: { address: from, label },
        to: address,
        date,
        action,
        requestRead,
        ...(action === "create" || !previous ? {} : { previous }),
      });
      state.documents.set(address, sent.document);
      const what = action === "create" ? "document" : action;
      return placed(state, state.mock.deliver(address, sent.raw, { from, what }), address);
    },
  }),
  operation({
    id: "sendDsn",
    method: "POST",
    path: "/mailboxes/{address}/incoming/dsn",
    tag,
    summary:
      "A report of the operator on a mail that the mailbox has sent, asked or not: late, twice, against the last",
    params,
    body: z.strictObject({
      ...about,
      action: z.enum(["delivered", "delayed", "failed", "relayed", "expanded"]).default("delivered"),
      status: z
        .string()
        .regex(/^[245]\.\d{1,3}\.\d{1,3}$/)
        .optional(),
      diagnostic: z.string().max(500).optional(),
    }),
    answer,
    run(state, { params, body }) {
      const { address } = state.mailbox(params.address);
      const { to, id } = sentBy(state, address, body);
      const { status, diagnostic } = body;
      return placed(state, state.mock.report(to, id, body.action, defined({ status, diagnostic })), address);
    },
  }),
  operation({
    id: "sendMdn",
    method: "POST",
    path: "/mailboxes/{address}/incoming/mdn",
    tag,
    summary: "The recipient has read the mail (`displayed`), or his software has filed its documents (`processed`)",
    params,
    body: z.strictObject({
      ...about,
      disposition: z.enum(["displayed", "processed"]).default("displayed"),
      evenIfNotAsked: z.boolean().default(false).describe("Sends it where the mail asks none: what a client must bear"),
    }),
    answer,
    run(state, { params, body }) {
      const { address } = state.mailbox(params.address);
      const { to, id } = sentBy(state, address, body);
      const { evenIfNotAsked } = body;
      const act = body.disposition === "displayed" ? "read" : "integrate";
      return placed(state, state.mock[act](to, id, { evenIfNotAsked }), address);
    },
  }),
  operation({
    id: "sendKo",
    method: "POST",
    path: "/mailboxes/{address}/incoming/mdn-ko",
    tag,
    summary: "The recipient's software could not file the documents: a negative MDN, or the standard mail",
    params,
    body: z.strictObject({
      ...about,
      code: z
        .string()
        .regex(/^\d{3}$/)
        .default("900")
        .describe("900 to 906"),
      label: z.string().max(200).optional(),
      form: z
        .enum(["new", "legacy", "mail"])
        .optional()
        .describe("Default: `new` where the mail asks a MDN, else `mail`"),
    }),
    answer,
    run(state, { params, body }) {
      const { address } = state.mailbox(params.address);
      const { to, id } = sentBy(state, address, body);
      const { form, label } = body;
      return placed(state, state.mock.refuseIntegration(to, id, body.code, defined({ form, label })), address);
    },
  }),
  operation({
    id: "sendPatientAnswer",
    method: "POST",
    path: "/mailboxes/{address}/incoming/patient-answer",
    tag,
    summary: "A patient answers the last mail that he was sent, from his own space",
    params,
    body: z.strictObject({
      messageId: about.messageId,
      from: z
        .string()
        .max(200)
        .optional()
        .describe("His address. Default: that of the last patient written to, else an invented one"),
      text: z.string().min(1).max(100_000).default("Bonjour,\n\nj'ai bien reçu ce document. Merci.\n"),
    }),
    answer,
    run(state, { params, body }) {
      const { address } = state.mailbox(params.address);
      const wanted = bare(body.messageId);
      const mail = state.mock.mails.findLast(
        (one) =>
          one.from.toLowerCase() === address &&
          one.recipients.some((to) => isPatientAddress(to.address)) &&
          (wanted === undefined || one.messageId === wanted),
      );
      if (wanted !== undefined && !mail) throw new ControlError("conflict", "No such mail went to a patient");
      const from = body.from ?? mail?.recipients.find((to) => isPatientAddress(to.address))?.address ?? INVENTED;
      if (!isPatientAddress(from.toLowerCase()))
        throw new ControlError("invalid_argument", "This is no patient's address", { path: "from" });
      const answers = mail && defined({ messageId: mail.messageId, subject: subjectOf(state, mail, from) });
      const date = state.mock.clock.now();
      const raw = patientAnswerMail({ from, to: address, date, text: body.text, ...(answers ? { answers } : {}) });
      return placed(state, state.mock.deliver(address, raw, { from, what: "patient" }), address);
    },
  }),
];

const INVENTED = "287039999904155@patient.mssante.fr";

function subjectOf({ mock }: ControlState, mail: AcceptedMail, patient: string): string | undefined {
  const copy = mock.mailbox(patient).folders.flatMap(({ messages }) => messages);
  const subject = copy.find(({ messageId }) => messageId === mail.messageId)?.header("subject");
  return subject === undefined
    ? undefined
    : decodeWords(subject)
        .replace(/^XDM\/1\.0\/DDM\+?/, "")
        .trim();
}
