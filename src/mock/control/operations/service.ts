import { z } from "zod";
import { defined } from "../../../defined.js";
import { ControlError } from "../failure.js";
import { operation } from "../operation.js";
import type { ControlState } from "../state.js";

const endpoint = z.strictObject({ host: z.string(), port: z.int() });

const psc = z.strictObject({
  issuer: z.string(),
  client: z.strictObject({ id: z.string() }),
  card: z.enum(["accept", "deny", "later"]).describe("What the e-CPS answers"),
  grants: z.record(z.string(), z.int()).describe("Requests at the token endpoint by grant type"),
});
const pscOf = ({ mock }: ControlState): z.input<typeof psc> => {
  if (!mock.hasPsc) throw new ControlError("not_found", "The mock was started without a Pro Santé Connect");
  const { issuer, client, card, grants } = mock.psc;
  return { issuer, client: { id: client.id }, card, grants: { ...grants } };
};

export const service = [
  operation({
    id: "getStatus",
    method: "GET",
    path: "/status",
    tag: "mock",
    summary: "Where the mock's servers are, its authority, and what went wrong in it",
    answer: {
      status: 200,
      schema: z
        .strictObject({
          smtp: endpoint,
          imap: endpoint,
          dns: endpoint,
          http: z.strictObject({ url: z.string() }),
          ca: z.string().describe("PEM"),
          whiteList: z.strictObject({ url: z.string() }),
          scenarios: z.boolean().describe("Whether somebody leads scenarios through it"),
          psc: z.boolean(),
          mails: z.int(),
          observations: z.int().describe("The rank of the last"),
          problems: z.int().describe("Errors of the mock itself"),
          unhandledHttp: z.array(z.strictObject({ method: z.string(), path: z.string() })),
        })
        .meta({ id: "Status" }),
      what: "The mock",
    },
    run: ({ mock }) => ({
      smtp: mock.smtp,
      imap: mock.imap,
      dns: { host: mock.dns.host, port: mock.dns.port },
      http: { url: mock.http.url },
      ca: mock.ca,
      whiteList: mock.whiteList,
      scenarios: mock.scenarios !== undefined,
      psc: mock.hasPsc,
      mails: mock.mails.length,
      observations: mock.lastRank,
      problems: mock.problems.length,
      unhandledHttp: mock.unhandledHttp.map(({ method, path }) => ({ method, path })),
    }),
  }),
  operation({
    id: "getPsc",
    method: "GET",
    path: "/psc",
    tag: "tokens",
    summary: "The mock's Pro Santé Connect",
    answer: { status: 200, schema: psc, what: "What it answers, and what it was asked" },
    run: pscOf,
  }),
  operation({
    id: "changePsc",
    method: "PATCH",
    path: "/psc",
    tag: "tokens",
    summary: "What the e-CPS answers, and the end of every session",
    body: z.strictObject({
      card: z.enum(["accept", "deny", "later"]).optional(),
      endSessions: z.boolean().default(false).describe("Refreshes and tokens are refused from now on"),
    }),
    answer: { status: 200, schema: psc, what: "What it answers" },
    run(state, { body }) {
      pscOf(state);
      if (body.card !== undefined) state.mock.psc.card = body.card;
      if (body.endSessions) state.mock.psc.endSessions();
      return pscOf(state);
    },
  }),
  operation({
    id: "tune",
    method: "PATCH",
    path: "/settings",
    tag: "mock",
    summary: "Changes while it runs what its options said at the start; what is left out stays",
    body: z.strictObject({
      sizeLimit: z.int().min(1000).max(1_000_000_000).optional(),
      autoReceipts: z
        .strictObject({
          deliver: z.boolean().optional(),
          read: z.boolean().optional(),
          integrate: z.boolean().optional(),
          deliverAfterMs: z.int().min(0).optional(),
          readAfterMs: z.int().min(0).optional(),
          integrateAfterMs: z.int().min(0).optional(),
        })
        .optional(),
      revocation: z
        .enum(["up", "down"])
        .optional()
        .describe("`down`: lists and responders of the authorities answer 503"),
    }),
    answer: { status: 204, what: "It is so from now on" },
    run({ mock }, { body }) {
      const { sizeLimit, autoReceipts, revocation } = body;
      mock.tune({
        ...(sizeLimit === undefined ? {} : { sizeLimit }),
        ...(revocation === undefined ? {} : { revocation }),
        ...(autoReceipts === undefined ? {} : { autoReceipts: defined(autoReceipts) }),
      });
    },
  }),
];
