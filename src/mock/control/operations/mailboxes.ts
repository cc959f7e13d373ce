import { z } from "zod";
import { defined } from "../../../defined.js";
import type { MockMailboxOptions } from "../../options.js";
import type { MockMailbox } from "../../store/mailbox.js";
import { saslOf } from "../../store/store.js";
import { ControlError } from "../failure.js";
import { operation } from "../operation.js";
import * as schemas from "../schemas.js";
import type { ControlState } from "../state.js";

const tag = "mailboxes";
const { mailboxParams: params } = schemas;

function viewOf(mailbox: MockMailbox): z.input<typeof schemas.mailbox> {
  const { address, type, label, auth, quota, used, folders } = mailbox;
  return {
    address,
    type,
    label,
    method: auth?.method ?? "none",
    quota,
    used,
    folders: folders.map(({ name, specialUse, messages, uidValidity, uidNext }) => ({
      ...defined({ name, specialUse }),
      messages: messages.length,
      unseen: messages.filter((message) => !message.has("\\Seen")).length,
      uidValidity,
      uidNext,
    })),
  };
}

async function credentialsOf(
  { mock }: ControlState,
  mailbox: MockMailbox,
): Promise<z.input<typeof schemas.credentials>> {
  const { address, auth } = mailbox;
  const { ca } = mock;
  if (!auth) throw new ControlError("conflict", "Nobody opens a patient's mailbox", { path: "address" });
  if (auth.method === "password") return { method: "password", ca, username: address, password: auth.password };
  if (auth.method === "xoauth2")
    return defined({ method: "xoauth2" as const, ca, username: address, token: mock.tokens(address).at(-1)?.token });
  const { certificate, key, p12, passphrase } = await mock.certificate(address);
  const sasl = { smtp: saslOf(auth, "smtp"), imap: saslOf(auth, "imap") };
  const plain = auth.password === undefined ? {} : { username: address, password: auth.password };
  return { method: "certificate", ca, certificate, key, p12: p12.toString("base64"), passphrase, sasl, ...plain };
}

export const mailboxes = [
  operation({
    id: "listMailboxes",
    method: "GET",
    path: "/mailboxes",
    tag,
    summary: "Every mailbox, with its folders; patients' once they were written to",
    answer: { status: 200, schema: z.array(schemas.mailbox), what: "The mailboxes" },
    run: ({ mock }) => mock.mailboxes.map(viewOf),
  }),
  operation({
    id: "createMailbox",
    method: "POST",
    path: "/mailboxes",
    tag,
    summary: "One more mailbox; its credentials are there at once",
    body: schemas.newMailbox,
    answer: { status: 201, schema: schemas.mailbox, what: "The mailbox" },
    run(state, { body }) {
      if (state.mock.mailboxes.some(({ address }) => address === body.address.toLowerCase()))
        throw new ControlError("conflict", "This mailbox exists", { path: "address" });
      return viewOf(state.mock.addMailbox(defined(body) as MockMailboxOptions));
    },
  }),
  operation({
    id: "getMailbox",
    method: "GET",
    path: "/mailboxes/{address}",
    tag,
    summary: "One mailbox",
    params,
    answer: { status: 200, schema: schemas.mailbox, what: "The mailbox" },
    run: (state, { params }) => viewOf(state.mailbox(params.address)),
  }),
  operation({
    id: "getCredentials",
    method: "GET",
    path: "/mailboxes/{address}/credentials",
    tag,
    summary: "What its owner proves himself with: PEM and PKCS#12, a token or a password",
    params,
    answer: {
      status: 200,
      schema: schemas.credentials,
      what: "The credentials; those of a test, good for nothing else",
    },
    run: (state, { params }) => credentialsOf(state, state.mailbox(params.address)),
  }),
  operation({
    id: "disconnect",
    method: "POST",
    path: "/mailboxes/{address}/disconnect",
    tag,
    summary: "Ends its IMAP sessions: cut, or with the BYE of a server that restarts",
    params,
    body: z.strictObject({ bye: z.string().max(200).optional() }),
    answer: { status: 200, schema: z.strictObject({ sessions: z.int() }), what: "How many there were" },
    run(state, { params, body }) {
      const { address } = state.mailbox(params.address);
      return { sessions: state.mock.disconnect(address, defined(body)) };
    },
  }),
  operation({
    id: "listTokens",
    method: "GET",
    path: "/mailboxes/{address}/tokens",
    tag: "tokens",
    summary: "Tokens that are accepted for the mailbox now, the newest last",
    params,
    answer: { status: 200, schema: z.array(schemas.token), what: "The tokens" },
    run: (state, { params }) => tokensOf(state, params.address),
  }),
  operation({
    id: "issueToken",
    method: "POST",
    path: "/mailboxes/{address}/tokens",
    tag: "tokens",
    summary: "A further token, with a life where one is given; those before it stay good",
    params,
    body: z.strictObject({ lifeMs: schemas.milliseconds.optional() }),
    answer: { status: 201, schema: schemas.token, what: "The token" },
    run(state, { params, body }) {
      const { address } = state.mailbox(params.address);
      const token = state.mock.issueToken(address, defined(body));
      return tokensOf(state, address).find((one) => one.token === token) ?? { token };
    },
  }),
  operation({
    id: "revokeTokens",
    method: "POST",
    path: "/mailboxes/{address}/tokens/revoke",
    tag: "tokens",
    summary: "Refuses every token of the mailbox from now on, or the one given (never in a URL)",
    params,
    body: z.strictObject({ token: z.string().max(4000).optional() }),
    answer: { status: 204, what: "They are refused" },
    run(state, { params, body }) {
      state.mock.revokeToken(state.mailbox(params.address).address, body.token);
    },
  }),
  operation({
    id: "expireTokens",
    method: "POST",
    path: "/mailboxes/{address}/tokens/expire",
    tag: "tokens",
    summary: "Every token of the mailbox, or the one given, has so much of its life left (none by default)",
    params,
    body: z.strictObject({ token: z.string().max(4000).optional(), afterMs: schemas.milliseconds.default(0) }),
    answer: { status: 200, schema: z.array(schemas.token), what: "Those that are accepted still" },
    run(state, { params, body }) {
      const { address } = state.mailbox(params.address);
      state.mock.expireToken(address, defined(body));
      return tokensOf(state, address);
    },
  }),
];

function tokensOf(state: ControlState, address: string): z.input<typeof schemas.token>[] {
  return state.mock
    .tokens(state.mailbox(address).address)
    .map(({ token, until }) => (until ? { token, until: until.toISOString() } : { token }));
}
