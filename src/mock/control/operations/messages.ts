import { z } from "zod";
import { defined } from "../../../defined.js";
import { renderHtml } from "../../../rendering/index.js";
import { ControlError } from "../failure.js";
import { attachment, detailOf, openArchive, summaryOf } from "../message-view.js";
import { operation } from "../operation.js";
import * as schemas from "../schemas.js";
import type { ControlState } from "../state.js";

const tag = "messages";
const { messageParams: params, folderQuery: query } = schemas;
const documentParams = params.extend({ index: z.coerce.number().int().min(0).max(10_000) });

async function documentOf(
  state: ControlState,
  { address, uid, index }: z.output<typeof documentParams>,
  folder: string,
) {
  const { documents } = await openArchive(state.message(address, uid, folder));
  const content = documents[index]?.content;
  if (!content) throw new ControlError("not_found", "The archive has no such document", { path: "index" });
  return content;
}

export const messages = [
  operation({
    id: "listMessages",
    method: "GET",
    path: "/mailboxes/{address}/messages",
    tag,
    summary: "Mails of a folder, the newest first",
    params: schemas.mailboxParams,
    query: query.extend({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      beforeUid: z.coerce.number().int().min(1).optional().describe("Only older ones: to read on"),
    }),
    answer: { status: 200, schema: z.array(schemas.messageSummary), what: "The mails" },
    run(state, { params, query }) {
      const folder = state.mailbox(params.address).folder(query.folder);
      if (!folder) throw new ControlError("not_found", "The mailbox has no such folder", { path: "folder" });
      const { beforeUid = Number.POSITIVE_INFINITY, limit } = query;
      const older = folder.messages.filter(({ uid }) => uid < beforeUid);
      return older
        .slice(-limit)
        .reverse()
        .map((message) => summaryOf(message, folder.name));
    },
  }),
  operation({
    id: "getMessage",
    method: "GET",
    path: "/mailboxes/{address}/messages/{uid}",
    tag,
    summary: "One mail, opened: header, text, parts, the documents of its archive, what a receipt says",
    params,
    query,
    answer: { status: 200, schema: schemas.messageDetail, what: "The mail" },
    run: (state, { params, query }) => detailOf(state.message(params.address, params.uid, query.folder), query.folder),
  }),
  operation({
    id: "getRawMessage",
    method: "GET",
    path: "/mailboxes/{address}/messages/{uid}/raw",
    tag,
    summary: "One mail, byte for byte",
    params,
    query,
    answer: { status: 200, type: "message/rfc822", what: "The bytes" },
    run(state, { params, query }) {
      return { bytes: state.message(params.address, params.uid, query.folder).raw, name: `${params.uid}.eml` };
    },
  }),
  operation({
    id: "getPart",
    method: "GET",
    path: "/mailboxes/{address}/messages/{uid}/parts/{part}",
    tag,
    summary: "One part of a mail, decoded: an attachment",
    params: params.extend({ part: z.string().regex(/^\d{1,4}(\.\d{1,4}){0,30}$/) }),
    query,
    answer: { status: 200, type: "application/octet-stream", what: "The bytes, to be saved" },
    run: (state, { params, query }) => attachment(state.message(params.address, params.uid, query.folder), params.part),
  }),
  operation({
    id: "getDocument",
    method: "GET",
    path: "/mailboxes/{address}/messages/{uid}/documents/{index}",
    tag,
    summary: "One document of the archive, byte for byte",
    params: documentParams,
    query,
    answer: { status: 200, type: "application/octet-stream", what: "The bytes, to be saved" },
    async run(state, { params, query }) {
      return { bytes: await documentOf(state, params, query.folder), name: `document-${params.index + 1}.xml` };
    },
  }),
  operation({
    id: "renderDocument",
    method: "GET",
    path: "/mailboxes/{address}/messages/{uid}/documents/{index}/html",
    tag,
    summary: "One CDA of the archive as a person reads it: HTML without script, with a policy that allows none",
    params: documentParams,
    query: query.extend({
      lang: z.enum(["fr", "en"]).default("fr"),
      files: z
        .enum(["link", "name"])
        .default("link")
        .describe("Whether files of the document are links that save them"),
    }),
    answer: { status: 200, type: "text/html; charset=utf-8", what: "The page" },
    async run(state, { params, query }) {
      const { lang: language, files, folder } = query;
      const { html } = renderHtml(await documentOf(state, params, folder), { language, files });
      const policy =
        "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
      return { bytes: Buffer.from(html, "utf8"), headers: { "content-security-policy": policy } };
    },
  }),
  operation({
    id: "changeFlags",
    method: "PATCH",
    path: "/mailboxes/{address}/messages/{uid}",
    tag,
    summary: "Sets and takes away flags; IMAP sessions hear of it",
    params,
    query,
    body: z.strictObject({
      add: z
        .array(z.string().regex(/^\\?[\w$-]{1,60}$/))
        .max(50)
        .default([]),
      remove: z
        .array(z.string().regex(/^\\?[\w$-]{1,60}$/))
        .max(50)
        .default([]),
    }),
    answer: { status: 200, schema: schemas.messageSummary, what: "The mail" },
    run(state, { params, query, body }) {
      const message = state.message(params.address, params.uid, query.folder);
      message.setFlags("add", body.add);
      message.setFlags("remove", body.remove);
      return summaryOf(message, query.folder);
    },
  }),
  operation({
    id: "deleteMessage",
    method: "DELETE",
    path: "/mailboxes/{address}/messages/{uid}",
    tag,
    summary: "Removes a mail; IMAP sessions hear of it",
    params,
    query,
    answer: { status: 204, what: "It is gone" },
    run(state, { params, query }) {
      const message = state.message(params.address, params.uid, query.folder);
      state.mailbox(params.address).folder(query.folder)?.remove([message]);
    },
  }),
  operation({
    id: "injectMail",
    method: "POST",
    path: "/mailboxes/{address}/messages",
    tag: "incoming",
    summary: "Puts a mail into the mailbox, as it is",
    params: schemas.mailboxParams,
    query: query.extend({
      from: z.string().max(200).default("").describe("Envelope sender; empty for a report"),
      what: z.string().max(40).optional().describe("What it is, for who judges the answers"),
    }),
    body: "message/rfc822",
    answer: { status: 201, schema: schemas.delivered, what: "Where it is" },
    run(state, { params, query, raw }) {
      if (raw.length === 0) throw new ControlError("invalid_argument", "The mail is empty");
      const { folder, from, what } = query;
      const message = state.mock.deliver(state.mailbox(params.address).address, raw, defined({ folder, from, what }));
      return defined({ folder, uid: message.uid, messageId: message.messageId });
    },
  }),
];
