import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";
import { ControlError } from "./failure.js";
import type { FileAnswer, LineStream, Operation } from "./operation.js";

/** A body of JSON; a mail may be as large as the mock takes, and is bounded besides. */
const MAX_JSON = 2_000_000;
const MAX_MAIL = 110_000_000;
/** What may wait for a reader of a stream that does not read. */
const MAX_WAITING = 16_000_000;

/** Reads what an operation is given, by its schemas. Throws `invalid_argument`, `unsupported_type`, `too_large`. */
export async function readInput(
  operation: Operation,
  request: IncomingMessage,
  params: Record<string, string>,
  search: URLSearchParams,
) {
  const raw = await readBody(request, operation.body === "message/rfc822" ? MAX_MAIL : MAX_JSON);
  return {
    params: checked(operation.params, params, "path"),
    query: checked(operation.query, queryOf(search), "query"),
    body: bodyOf(operation, request, raw),
    raw,
  };
}

function queryOf(search: URLSearchParams): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of search) {
    if (Object.hasOwn(query, name))
      throw new ControlError("invalid_argument", "A parameter is given twice", { path: `query.${name.slice(0, 40)}` });
    Object.defineProperty(query, name, { value, enumerable: true });
  }
  return query;
}

function bodyOf({ body }: Operation, request: IncomingMessage, raw: Buffer): unknown {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (body === "message/rfc822") {
    if (type !== "message/rfc822") throw new ControlError("unsupported_type", "The body is a mail: message/rfc822");
    return undefined;
  }
  if (body === undefined) {
    if (raw.length > 0) throw new ControlError("invalid_argument", "This operation takes no body", { path: "body" });
    return undefined;
  }
  // Anything that a form of another page could send is refused.
  if (raw.length > 0 && type !== "application/json")
    throw new ControlError("unsupported_type", "The body is JSON: application/json");
  return checked(body, raw.length === 0 ? {} : parsed(raw), "body");
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch {
    throw new ControlError("invalid_argument", "The body is not JSON", { path: "body" });
  }
}

function checked(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) {
    if (Object.keys(value as object).length > 0)
      throw new ControlError("invalid_argument", "There is no such parameter", { path: where });
    return value;
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [where, ...(issue?.path ?? [])].map(String).join(".");
  throw new ControlError("invalid_argument", issue?.message ?? "not what is expected", { path: path.slice(0, 200) });
}

async function readBody(request: IncomingMessage, max: number): Promise<Buffer> {
  const tooLarge = () => new ControlError("too_large", `The body is larger than ${max} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > max) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Writes what an operation has given. */
export function writeAnswer(
  operation: Operation,
  request: IncomingMessage,
  response: ServerResponse,
  value: unknown,
  signal: AbortSignal,
): void {
  const { answer } = operation;
  response.statusCode = answer.status;
  if ("lines" in answer) streamLines(request, response, value as LineStream, signal);
  else if ("type" in answer) {
    const { bytes, type = answer.type, name, headers = {} } = value as FileAnswer;
    for (const [header, text] of Object.entries(headers)) response.setHeader(header, text);
    response.setHeader("content-type", type);
    if (name !== undefined) response.setHeader("content-disposition", `attachment; filename="${safeName(name)}"`);
    response.end(bytes);
  } else if ("schema" in answer) writeJson(response, answer.status, value);
  else response.end();
}

export function writeJson(response: ServerResponse, status: number, value: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end(JSON.stringify(value));
}

function streamLines(
  request: IncomingMessage,
  response: ServerResponse,
  stream: LineStream,
  signal: AbortSignal,
): void {
  const events = (request.headers.accept ?? "").includes("text/event-stream");
  response.setHeader("content-type", events ? "text/event-stream; charset=utf-8" : "application/jsonl; charset=utf-8");
  response.flushHeaders();
  stream((value, id) => {
    if (signal.aborted) return;
    const line = JSON.stringify(value);
    response.write(events ? `id: ${id}\ndata: ${line}\n\n` : `${line}\n`);
    if (response.writableLength > MAX_WAITING) response.destroy();
  }, signal);
}

/** A hostile mail names its parts as it likes. */
function safeName(name: string): string {
  return name.replace(/[^\w.-]+/g, "_").slice(0, 100) || "file";
}
