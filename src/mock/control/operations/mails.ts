import { z } from "zod";
import { defined } from "../../../defined.js";
import type { AcceptedMail } from "../../submission.js";
import { ControlError } from "../failure.js";
import { operation } from "../operation.js";
import * as schemas from "../schemas.js";
import type { ControlState } from "../state.js";

const tag = "mails";
const params = z.strictObject({ id: z.coerce.number().int().min(1) });

function viewOf(mail: AcceptedMail): z.input<typeof schemas.acceptedMail> {
  const { id, at, from, user, raw, recipients, messageId, envid, ret, file } = mail;
  return {
    id,
    at: at.toISOString(),
    from,
    user,
    size: raw.length,
    recipients: recipients.map(({ address, notify, originalRecipient }) =>
      defined({ address, notify, originalRecipient }),
    ),
    ...defined({ messageId, envid, ret, file }),
  };
}

function mailOf(state: ControlState, id: number): AcceptedMail {
  const found = state.mock.mails.find((mail) => mail.id === id);
  if (!found) throw new ControlError("not_found", "The mock has not accepted such a mail", { path: "id" });
  return found;
}

export const mails = [
  operation({
    id: "listMails",
    method: "GET",
    path: "/mails",
    tag,
    summary: "Mails that the SMTP server has accepted, the oldest first",
    query: z.strictObject({
      afterId: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
    answer: { status: 200, schema: z.array(schemas.acceptedMail), what: "The mails" },
    run: ({ mock }, { query }) =>
      mock.mails
        .filter(({ id }) => id > query.afterId)
        .slice(0, query.limit)
        .map(viewOf),
  }),
  operation({
    id: "getMail",
    method: "GET",
    path: "/mails/{id}",
    tag,
    summary: "One accepted mail, with its envelope",
    params,
    answer: { status: 200, schema: schemas.acceptedMail, what: "The mail" },
    run: (state, { params }) => viewOf(mailOf(state, params.id)),
  }),
  operation({
    id: "getRawMail",
    method: "GET",
    path: "/mails/{id}/raw",
    tag,
    summary: "The bytes of DATA, dots unstuffed",
    params,
    answer: { status: 200, type: "message/rfc822", what: "The bytes" },
    run: (state, { params }) => ({ bytes: mailOf(state, params.id).raw, name: `${params.id}.eml` }),
  }),
  operation({
    id: "waitForMail",
    method: "POST",
    path: "/mails/wait",
    tag,
    summary: "The first accepted mail, past or to come, that fits; 408 when the time is over",
    body: z.strictObject({
      to: z.string().max(200).optional().describe("A recipient of the envelope"),
      from: z.string().max(200).optional().describe("The envelope sender; empty for receipts"),
      messageId: z.string().max(1000).optional(),
      timeoutMs: z.int().min(1).max(600_000).default(5000),
    }),
    answer: { status: 200, schema: schemas.acceptedMail, what: "The mail" },
    run: async ({ mock }, { body, signal }) => viewOf(await mock.waitForMail({ ...defined(body), signal })),
  }),
  operation({
    id: "release",
    method: "POST",
    path: "/mails/release",
    tag,
    summary: "Delivers the mails that a `delay` fault has kept back",
    answer: { status: 200, schema: z.strictObject({ released: z.int() }), what: "How many" },
    run: ({ mock }) => ({ released: mock.release() }),
  }),
];
