import { z } from "zod";
import { CONTROL_CODES } from "./failure.js";
import type { AnswerSpec, Operation } from "./operation.js";
import { OPERATIONS, TAGS } from "./operations/index.js";
import * as schemas from "./schemas.js";

type Json = Record<string, unknown>;

/** Of the API, not of the package: raised where a client would notice. */
const API_VERSION = "1.0.0";

let made: Json | undefined;

/** The OpenAPI 3.1 document of the control API, made of the very table that answers. */
export function openApiDocument(): Json {
  made ??= build();
  return made;
}

function build(): Json {
  const components: Record<string, unknown> = {};
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS) {
    const at = `/api${operation.path}`;
    const known = paths[at] ?? {};
    known[operation.method.toLowerCase()] = describe(operation, components);
    paths[at] = known;
  }
  const failed = jsonSchema(schemas.failure, "output", components);
  return {
    openapi: "3.1.0",
    info: {
      title: "Mock Medimail: control API",
      version: API_VERSION,
      description:
        "Drives the mock Medimail of the package medimail-connector from any language. `url` and `token` are in the ready object (`control`) that `medimail mock` prints and writes " +
        "to the file named by MEDIMAIL_MOCK. Every operation needs `Authorization: Bearer <token>`. The API is that of a test tool: everything in the mock is invented.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [
      {
        url: "http://127.0.0.1:{port}",
        description: "`control.url` of the ready object, without its `/api`",
        variables: { port: { default: "8025" } },
      },
    ],
    security: [{ token: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "`control.token` of the ready object" },
      },
      responses: {
        Failure: {
          description: `A refusal. Codes: ${Object.keys(CONTROL_CODES).join(", ")}, and those of docs/errors.md for what cannot be read`,
          content: { "application/json": { schema: failed } },
        },
      },
      schemas: components,
    },
  };
}

function describe(operation: Operation, components: Json): Json {
  const { id, tag, summary, description, body, answer } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...parametersOf(operation, components),
    ...(body === undefined ? {} : { requestBody: requestBody(body, components) }),
    responses: {
      [answer.status]: { description: answer.what, ...contentOf(answer, components) },
      default: { $ref: "#/components/responses/Failure" },
    },
  };
}

function requestBody(body: z.ZodType | "message/rfc822", components: Json): Json {
  if (body === "message/rfc822") return { required: true, content: { "message/rfc822": {} } };
  // Absent, it is an empty object: only what has a member without default must be there.
  const required = !body.safeParse({}).success;
  return { required, content: { "application/json": { schema: jsonSchema(body, "input", components) } } };
}

function contentOf(answer: AnswerSpec, components: Json): Json {
  if ("schema" in answer)
    return { content: { "application/json": { schema: jsonSchema(answer.schema, "output", components) } } };
  if ("lines" in answer) {
    const schema = jsonSchema(answer.lines, "output", components);
    return { content: { "application/jsonl": { schema }, "text/event-stream": { schema } } };
  }
  if ("type" in answer) return { content: { [answer.type.split(";")[0] ?? answer.type]: {} } };
  return {};
}

function parametersOf({ params, query }: Operation, components: Json): Json {
  const list = [
    ...members(params, components).map((member) => ({ in: "path", ...member, required: true })),
    ...members(query, components).map((member) => ({ in: "query", ...member })),
  ];
  return list.length === 0 ? {} : { parameters: list };
}

function members(schema: z.ZodType | undefined, components: Json): Json[] {
  if (!schema) return [];
  // As they are once read: a number, not the text that stood in the address. Needed is what has no default.
  const { properties = {} } = jsonSchema(schema, "output", components) as { properties?: Record<string, Json> };
  const { required = [] } = jsonSchema(schema, "input", components) as { required?: string[] };
  return Object.entries(properties).map(([name, { description, ...of }]) => ({
    name,
    ...(description === undefined ? {} : { description }),
    ...(required.includes(name) ? { required: true } : {}),
    schema: of,
  }));
}

/** JSON Schema 2020-12 as OpenAPI 3.1 has it; what has a name stands among the components. */
function jsonSchema(schema: z.ZodType, io: "input" | "output", components: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { target: "draft-2020-12", io }) as Json & {
    $defs?: Record<string, unknown>;
  };
  for (const [name, definition] of Object.entries($defs)) components[name] = relocated(definition);
  return relocated(own) as Json;
}

function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === "$ref" && typeof member === "string"
        ? member.replace("#/$defs/", "#/components/schemas/")
        : relocated(member),
    ]),
  );
}
