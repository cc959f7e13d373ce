import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "vitest";
import type { MockMedimail } from "../../src/mock/index.js";

type Json = Record<string, unknown>;
interface DescribedOperation {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}
export interface OpenApi {
  paths: Record<string, Record<string, DescribedOperation>>;
  components: {
    schemas: Record<string, object>;
    responses: Record<string, { content: Record<string, { schema: object }> }>;
  };
}

export interface CallOptions {
  /** Values of the path's parameters. */
  path?: Record<string, string | number>;
  query?: Record<string, string | number>;
  body?: unknown;
  /** A mail, instead of JSON. */
  mail?: string | Buffer;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** A client that knows nothing but the served document, as one in another language: finds operations by their id, and holds each answer against its schema. */
export class ControlClient {
  /** Operations that have answered what they promise. */
  readonly tried = new Set<string>();
  readonly #url: string;
  readonly #token: string;
  readonly document: OpenApi;
  readonly #ajv: Ajv2020;
  readonly #validators = new Map<object, ValidateFunction>();

  private constructor(url: string, token: string, document: OpenApi) {
    this.#url = url;
    this.#token = token;
    this.document = document;
    this.#ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: "openapi", components: document.components });
  }

  static async of(mock: MockMedimail): Promise<ControlClient> {
    const { url, token, origin } = mock.control;
    const document = (await (await fetch(`${origin}/openapi.json`)).json()) as OpenApi;
    return new ControlClient(url, token, document);
  }

  get ids(): string[] {
    return this.#operations().map(({ operation }) => operation.operationId);
  }

  #operations() {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
  }

  request(id: string, options: CallOptions = {}): Promise<Response> {
    const found = this.#operations().find(({ operation }) => operation.operationId === id);
    if (!found) throw new Error(`The document has no operation ${id}`);
    const path = found.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(String(options.path?.[name])),
    );
    const url = new URL(path, this.#url);
    for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, String(value));
    const body = options.mail ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    return fetch(url, {
      method: found.method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "content-type": options.mail ? "message/rfc822" : "application/json" }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  }

  /** The JSON of an operation that must succeed, and answer what the document says. */
  async call<T = Json>(id: string, options: CallOptions = {}): Promise<T> {
    const response = await this.request(id, options);
    const text = await response.text();
    expect({ id, status: response.status, text: response.ok ? "" : text }).toMatchObject({ id, text: "" });
    const value = text === "" ? undefined : JSON.parse(text);
    const promised = this.#promised(id, response.status);
    if (promised) this.#hold(id, promised, value);
    else expect(value).toBeUndefined();
    this.tried.add(id);
    return value as T;
  }

  /** The bytes of an operation that gives a file. */
  async file(id: string, options: CallOptions = {}): Promise<{ bytes: Buffer; response: Response }> {
    const response = await this.request(id, options);
    expect({ id, ok: response.ok }).toEqual({ id, ok: true });
    const { responses } = this.#described(id);
    const types = Object.keys(responses[String(response.status)]?.content ?? {});
    expect(types).toContain(response.headers.get("content-type")?.split(";")[0]);
    this.tried.add(id);
    return { bytes: Buffer.from(await response.arrayBuffer()), response };
  }

  /** The code of an operation that must be refused, in the document's words. */
  async refused(id: string, options: CallOptions = {}): Promise<{ status: number; code: string; path?: string }> {
    const response = await this.request(id, options);
    expect(response.ok).toBe(false);
    const value = (await response.json()) as { error: { code: string; path?: string } };
    this.#hold(id, this.document.components.responses["Failure"]?.content["application/json"]?.schema ?? {}, value);
    return { status: response.status, ...value.error };
  }

  #described(id: string): DescribedOperation {
    const found = this.#operations().find(({ operation }) => operation.operationId === id);
    if (!found) throw new Error(`The document has no operation ${id}`);
    return found.operation;
  }

  #promised(id: string, status: number): object | undefined {
    const described = this.#described(id).responses[String(status)];
    expect({ id, status, described: described !== undefined }).toEqual({ id, status, described: true });
    return described?.content?.["application/json"]?.schema;
  }

  #hold(id: string, schema: object, value: unknown): void {
    let validate = this.#validators.get(schema);
    if (!validate) {
      validate = this.#ajv.compile(absolute(schema) as object);
      this.#validators.set(schema, validate);
    }
    validate(value);
    expect({ id, errors: validate.errors ?? [] }).toEqual({ id, errors: [] });
  }
}

/** References of the document, seen from a schema that is compiled by itself. */
function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === "$ref" && typeof member === "string" ? member.replace("#/", "openapi#/") : absolute(member),
    ]),
  );
}
