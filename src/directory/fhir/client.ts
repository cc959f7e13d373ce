import { isMedimailError, MedimailError } from "../../errors.js";
import type { Http } from "../../http.js";
import { type Clock, systemClock } from "../../seams/index.js";
import { type RequestRate, sharedRate } from "../rate.js";
import { parseShallow } from "./json.js";
import { type FhirResourceType, type FhirSearches, searchParameters } from "./parameters.js";
import { outcomeCodes, type Page, readPage } from "./resources.js";
import { ANNUAIRE_URL, KEY_HEADER } from "./systems.js";

export interface FhirLimits {
  /** Pages of one search. Default 200. */
  pages: number;
  /** Bytes of one page. Default 10 000 000. */
  pageBytes: number;
  /** Bytes of all pages of one search. Default 100 000 000. */
  bytes: number;
}

export interface FhirClientOptions {
  http: Pick<Http, "fetch">;
  /** Of the application (portal.api.esante.gouv.fr). Sent in its header and nowhere else. */
  key: string | (() => Promise<string>);
  /** Default: the production server; there is no other. */
  url?: string;
  /** Default: 17 requests a second, shared by the whole process. */
  rate?: RequestRate;
  /** Of one request, in ms. Default 30 000, which is the server's own limit. */
  timeoutMs?: number;
  /** Repetitions of a request that the server could not serve (429, 5xx, no answer). Default 2. */
  maxRetries?: number;
  limits?: Partial<FhirLimits>;
  clock?: Clock;
}

export interface FhirSearchOptions {
  signal?: AbortSignal;
  /** Default: GET, and POST `_search` where the query would make a long URL. */
  method?: "GET" | "POST";
}

/** One page of a search, and when it was answered. */
export type FhirPage = Omit<Page, "next"> & { asOf: string };

const LIMITS: FhirLimits = { pages: 200, pageBytes: 10_000_000, bytes: 100_000_000 };
const LONGEST_QUERY = 1_500;
/** A longer silence than this is not waited for: the caller is told to come back. */
const LONGEST_WAIT_MS = 30_000;
const BACKOFF_MS = 300;

/**
 * A client of Annuaire Santé FHIR v2 (interfaces.md §4a), read-only (ANN/va1.01–.04): Practitioner, PractitionerRole and Organization with their includes.
 *
 * Errors: `directory_unavailable` (no answer, 429 or 5xx in spite of repetitions), `auth_refused` (401, 403), `directory_query_refused` (400, 404, 410, 412),
 * `directory_answer_invalid` (no Bundle, a page that comes again, a next link to elsewhere), `directory_limit_exceeded`, `aborted`,
 * `secret_unavailable`, `certificate_invalid`.
 */
export class FhirClient {
  readonly #options: FhirClientOptions;
  readonly #base: URL;
  readonly #rate: RequestRate;
  readonly #clock: Clock;
  readonly #limits: FhirLimits;

  constructor(options: FhirClientOptions) {
    this.#options = options;
    this.#base = baseUrl(options.url ?? ANNUAIRE_URL);
    this.#clock = options.clock ?? systemClock;
    this.#rate = options.rate ?? sharedRate(this.#base.href);
    this.#limits = { ...LIMITS, ...options.limits };
  }

  /** The pages of a search, each asked when the one before was taken. */
  async *pages<T extends FhirResourceType>(
    type: T,
    parameters: FhirSearches[T],
    { signal, method }: FhirSearchOptions = {},
  ): AsyncGenerator<FhirPage> {
    const key = await this.#key();
    const query = searchParameters(parameters).toString();
    const posted = method === "POST" || (method === undefined && query.length > LONGEST_QUERY);
    const first = new URL(`${this.#base.href}/${type}${posted ? "/_search" : query === "" ? "" : `?${query}`}`);
    let request: Asked = { url: first, key, signal, ...(posted ? { body: query } : {}) };
    const asked = new Set<string>();
    const seen = new Set<string>();
    let bytes = 0;
    for (let count = 1; ; count++) {
      const { value, size } = await this.#ask(request);
      bytes += size;
      if (bytes > this.#limits.bytes) throw tooMuch(`${this.#limits.bytes} bytes`, "limits.bytes");
      const page = readPage(value);
      if (!page) throw invalid("the answer is no searchset Bundle");
      assertNew(page, seen);
      const { next, ...rest } = page;
      yield { ...rest, asOf: new Date(this.#clock.now()).toISOString() };
      if (next === undefined) return;
      const url = this.#next(next);
      if (asked.has(url.href)) throw invalid("a page leads back to one that was read");
      asked.add(url.href);
      if (count >= this.#limits.pages) throw tooMuch(`${this.#limits.pages} pages`, "limits.pages");
      request = { url, key, signal };
    }
  }

  /** Only of the origin and below the address that the key was given for: anything else would be handed the key. */
  #next(link: string): URL {
    const elsewhere = () => invalid("the next page is at another place than the directory");
    if (!URL.canParse(link, `${this.#base.href}/`)) throw elsewhere();
    const url = new URL(link, `${this.#base.href}/`);
    const below = url.pathname === this.#base.pathname || url.pathname.startsWith(`${this.#base.pathname}/`);
    if (url.origin !== this.#base.origin || url.username !== "" || url.password !== "" || !below) throw elsewhere();
    url.hash = "";
    return url;
  }

  async #key(): Promise<string> {
    const { key: given } = this.#options;
    const key = typeof given === "string" ? given : await given();
    // Said here: the engine's own error would quote the value.
    if (!/^[\x21-\x7e]{1,500}$/.test(key))
      throw new MedimailError(
        "secret_unavailable",
        "the key of the directory is empty, or has characters that no header may have",
        {
          path: "directory.fhir.key",
        },
      );
    return key;
  }

  async #ask(request: Asked): Promise<{ value: unknown; size: number }> {
    const { maxRetries = 2 } = this.#options;
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#rate.run(() => this.#once(request), request.signal);
      if ("value" in answer) return answer;
      const wait = answer.wait ?? BACKOFF_MS * 2 ** attempt;
      if (attempt >= maxRetries || wait > LONGEST_WAIT_MS) throw answer.error;
      // A server that names a time means all of us.
      if (answer.wait !== undefined) this.#rate.pause(answer.wait);
      else await this.#sleep(wait, request.signal);
    }
  }

  async #once({ url, key, body, signal }: Asked): Promise<Answer> {
    const { http, timeoutMs = 30_000 } = this.#options;
    let response: Response;
    try {
      response = await http.fetch(url, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          accept: "application/fhir+json",
          [KEY_HEADER]: key,
          ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        },
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
        timeoutMs,
        maxBytes: this.#limits.pageBytes,
      });
    } catch (error) {
      if (!isMedimailError(error) || !error.retryable) throw error;
      // The answer was too large: asking again makes it no smaller.
      if (error.path === "maxBytes") throw tooMuch(`${this.#limits.pageBytes} bytes a page`, "limits.pageBytes", error);
      return { error: unavailable("the directory does not answer", error) };
    }
    const bytes = await response.text();
    if (response.status === 200) {
      try {
        return { value: parseShallow(bytes), size: bytes.length };
      } catch {
        // The engine's message quotes what it read.
        throw invalid("the answer is no JSON");
      }
    }
    return this.#refused(response, bytes);
  }

  #refused(response: Response, body: string): Answer {
    const { status } = response;
    const codes = outcomeCodes(json(body));
    const said = codes.length > 0 ? `HTTP ${status}, ${codes.join(", ")}` : `HTTP ${status}`;
    if (status === 401 || status === 403)
      throw new MedimailError("auth_refused", `the directory refuses the key (${said})`, {
        path: "directory.fhir.key",
        hint: "The key is made at portal.api.esante.gouv.fr (API Annuaire Santé en libre accès).",
      });
    if (status === 429 || status >= 500) {
      const wait = retryAfter(response, this.#clock.now());
      return {
        error: unavailable(`the directory cannot answer now (${said})`),
        ...(wait === undefined ? {} : { wait }),
      };
    }
    if (status >= 300 && status < 400) throw invalid("the directory points to another address");
    throw new MedimailError("directory_query_refused", `the directory refuses the search (${said})`);
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#clock.sleep(ms, signal ? { signal } : {});
    } catch (cause) {
      throw new MedimailError("aborted", "the search was given up by the caller", { cause });
    }
  }
}

interface Asked {
  url: URL;
  key: string;
  body?: string;
  signal: AbortSignal | undefined;
}

type Answer = { value: unknown; size: number } | { error: MedimailError; wait?: number };

function baseUrl(text: string): URL {
  const refuse = () =>
    new MedimailError("invalid_argument", "the address of the directory is not an http(s) URL without query and user", {
      path: "directory.fhir.url",
    });
  if (!URL.canParse(text)) throw refuse();
  const url = new URL(text);
  if (
    !/^https?:$/.test(url.protocol) ||
    url.username !== "" ||
    url.password !== "" ||
    url.search !== "" ||
    url.hash !== ""
  )
    throw refuse();
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}

/** A server that hands out what it has handed out would never end. An empty page is no repetition; pages are counted anyway. */
function assertNew({ matches }: Page, seen: Set<string>): void {
  const ids = matches.map(({ resourceType, id }) => `${resourceType}/${id}`);
  if (ids.length > 0 && ids.every((id) => seen.has(id))) throw invalid("the same page came twice");
  for (const id of ids) seen.add(id);
}

function retryAfter(response: Response, now: number): number | undefined {
  const value = response.headers.get("retry-after")?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const invalid = (what: string): MedimailError => new MedimailError("directory_answer_invalid", what);
const unavailable = (what: string, cause?: unknown): MedimailError =>
  new MedimailError("directory_unavailable", what, cause === undefined ? {} : { cause });
const tooMuch = (what: string, path: string, cause?: unknown): MedimailError =>
  new MedimailError("directory_limit_exceeded", `the search has more than ${what}`, {
    path,
    hint: "Search for something narrower.",
    ...(cause === undefined ? {} : { cause }),
  });
