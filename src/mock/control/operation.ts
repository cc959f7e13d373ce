import type { ServerResponse } from "node:http";
import { z } from "zod";
import type { ControlState } from "./state.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What an answer is made of, as the OpenAPI document says it. */
export type AnswerSpec =
  | { status: 200 | 201; schema: z.ZodType; what: string }
  | { status: 204; what: string }
  | { status: 200; type: string; what: string }
  | { status: 200; lines: z.ZodType; what: string };

/** A file: bytes with a type, never guessed by a browser. */
export interface FileAnswer {
  bytes: Uint8Array;
  type?: string;
  /** What a browser saves it as. */
  name?: string;
  headers?: Record<string, string>;
}

export interface OperationInput<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /** Of a body that is a mail. */
  raw: Buffer;
  /** Ends with the connection. */
  signal: AbortSignal;
}

interface OperationSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A> {
  /** The name that generated clients call it by. */
  id: string;
  method: Method;
  /** Below `/api`, parameters in braces. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  params?: P;
  query?: Q;
  /** JSON of this shape; `message/rfc822` takes the bytes of a mail. */
  body?: B | "message/rfc822";
  answer: AnswerSpec;
  run(state: ControlState, input: OperationInput<z.output<P>, z.output<Q>, z.output<B>>): A | Promise<A>;
}

/** One thing that the control API does: found by its path, checked by its schemas, described in the OpenAPI document. */
export interface Operation extends Omit<OperationSpec<z.ZodType, z.ZodType, z.ZodType, unknown>, "run" | "params"> {
  params?: z.ZodObject;
  run(state: ControlState, input: OperationInput<never, never, never>): unknown;
}

/** Writes the lines of a stream until the connection ends. */
export type LineStream = (write: (value: unknown, id: number) => void, signal: AbortSignal) => void;

type Value<A extends AnswerSpec> = A extends { schema: infer S extends z.ZodType }
  ? z.input<S>
  : A extends { lines: z.ZodType }
    ? LineStream
    : A extends { type: string }
      ? FileAnswer
      : // Nothing is answered, whatever is returned.
        unknown;

const nothing = z.strictObject({});
type Nothing = typeof nothing;

export function operation<
  const A extends AnswerSpec,
  P extends z.ZodObject = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = z.ZodUndefined,
>(spec: OperationSpec<P, Q, B, Value<A>> & { answer: A }): Operation {
  return spec as unknown as Operation;
}

/** Headers of every answer: nothing is kept, guessed, framed or told to others. */
export function setCommonHeaders(response: ServerResponse): void {
  response.setHeader("cache-control", "no-store");
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("x-frame-options", "DENY");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("cross-origin-opener-policy", "same-origin");
}
