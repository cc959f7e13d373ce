import { randomBytes } from "node:crypto";
import { MedimailError } from "../../errors.js";
import { inventedMailboxes, type PublishedMailbox } from "./published.js";
import { type MockResource, resourcesOf } from "./resources.js";
import { included, matching, Refused } from "./search.js";

export interface MockDirectoryOptions {
  /** What it publishes. Default: sixty invented professionals. */
  mailboxes?: readonly PublishedMailbox[] | (() => readonly PublishedMailbox[]);
  /** The key that it takes. Default `mock-directory-key`. */
  key?: string;
  /** Default 17, as the real one (interfaces.md §4a); beyond: 429 with `Retry-After`. */
  requestsPerSecond?: number;
  /** Where it is asked, without slash at the end. */
  url?: string;
  now?: () => Date;
}

const TYPES = ["Practitioner", "PractitionerRole", "Organization"] as const;
const PAGE = 50;
const LARGEST_PAGE = 200;
/** Pages are kept for so many searches. */
const KEPT = 100;

interface Kept {
  matches: readonly MockResource[];
  query: URLSearchParams;
  count: number;
}

/**
 * An Annuaire Santé FHIR v2 of invented people: searches, includes, pages, a key and a limit of requests. A function from request to answer: served by the
 * mock's HTTP server, or by msw in a publisher's own tests.
 */
export class MockDirectory {
  readonly url: string;
  readonly key: string;
  readonly #options: MockDirectoryOptions;
  readonly #pages = new Map<string, Kept>();
  readonly #asked: number[] = [];
  readonly #now: () => Date;
  /** Requests since the start, by status. */
  readonly answered: Record<number, number> = {};

  constructor(options: MockDirectoryOptions = {}) {
    this.#options = options;
    this.url = (options.url ?? "https://gateway.api.esante.gouv.fr/fhir/v2").replace(/\/+$/, "");
    if (!URL.canParse(this.url))
      throw new MedimailError("invalid_argument", "The address of the directory is not a URL.", {
        path: "directory.url",
      });
    this.key = options.key ?? "mock-directory-key";
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Handlers for msw (version 2): `setupServer(...directory.handlers(http))`.
   *
   * @param http msw's `http`
   */
  handlers<T>(http: { all(path: string, resolver: (info: { request: Request }) => Promise<Response>): T }): T[] {
    return [
      http.all(`${this.url}/*`, ({ request }) => this.handle(request)),
      http.all(this.url, ({ request }) => this.handle(request)),
    ];
  }

  /** Where it is asked, on its host, and what for. */
  get paths(): { path: string; operation: string }[] {
    const base = new URL(this.url).pathname;
    return [
      { path: base, operation: "page" },
      { path: `${base}/metadata`, operation: "metadata" },
      ...TYPES.flatMap((type) => [
        { path: `${base}/${type}`, operation: type },
        { path: `${base}/${type}/_search`, operation: type },
      ]),
    ];
  }

  async handle(request: Request): Promise<Response> {
    const response = await this.#answer(request);
    this.answered[response.status] = (this.answered[response.status] ?? 0) + 1;
    return response;
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const key = request.headers.get("esante-api-key");
    // The gateway in front of the server answers by itself, and in its own way.
    if (key !== this.key) return Response.json({ message: "Unauthorized", http_status_code: 401 }, { status: 401 });
    if (this.#isTooMuch())
      return Response.json(
        { message: "Rate limit exceeded", http_status_code: 429 },
        { status: 429, headers: { "retry-after": "1" } },
      );
    const rest = url.pathname.slice(new URL(this.url).pathname.length);
    const [, type, more] = /^\/([A-Za-z]+)(\/_search)?$/.exec(rest) ?? [];
    if (rest === "" && url.searchParams.has("_getpages")) return this.#page(url.searchParams);
    if (type === "metadata" && request.method === "GET")
      return fhir({ resourceType: "CapabilityStatement", status: "active", fhirVersion: "4.0.1", format: ["json"] });
    if (!TYPES.some((known) => known === type)) return outcome(404, "not-found", "Unknown resource type");
    if (request.method !== (more === undefined ? "GET" : "POST"))
      return outcome(405, "not-supported", "Method not allowed");
    const query = new URLSearchParams(more === undefined ? url.searchParams : await request.text());
    try {
      return this.#search(type as MockResource["resourceType"], query);
    } catch (error) {
      if (error instanceof Refused) return outcome(400, "processing", error.message);
      throw error;
    }
  }

  #search(type: MockResource["resourceType"], query: URLSearchParams): Response {
    const matches = matching(this.#resources(), type, query);
    const asked = Number(query.get("_count") ?? PAGE);
    if (!Number.isInteger(asked) || asked < 0) throw new Refused("Invalid _count");
    return this.#bundle({ matches, query, count: Math.min(asked || PAGE, LARGEST_PAGE) }, 0, undefined);
  }

  #page(query: URLSearchParams): Response {
    const id = query.get("_getpages") ?? "";
    const kept = this.#pages.get(id);
    if (!kept) return outcome(410, "processing", "Search ID does not exist and may have expired");
    return this.#bundle(kept, Number(query.get("_getpagesoffset")) || 0, id);
  }

  #bundle(kept: Kept, offset: number, id: string | undefined): Response {
    const { matches, query, count } = kept;
    const page = matches.slice(offset, offset + count);
    const links = [{ relation: "self", url: `${this.url}?_getpagesoffset=${offset}` }];
    if (offset + count < matches.length) {
      const name = id ?? randomBytes(12).toString("hex");
      if (id === undefined) {
        this.#pages.set(name, kept);
        const [oldest] = this.#pages.keys();
        if (this.#pages.size > KEPT && oldest !== undefined) this.#pages.delete(oldest);
      }
      const next = `_getpages=${name}&_getpagesoffset=${offset + count}&_count=${count}&_bundletype=searchset`;
      links.push({ relation: "next", url: `${this.url}?${next}` });
    }
    const elements = query.get("_elements")?.split(",");
    const entry = (resource: MockResource, mode: string) => ({
      fullUrl: `${this.url}/${resource.resourceType}/${resource.id}`,
      resource: elements ? subset(resource, elements) : resource,
      search: { mode },
    });
    return fhir({
      resourceType: "Bundle",
      id: randomBytes(8).toString("hex"),
      meta: { lastUpdated: this.#now().toISOString() },
      type: "searchset",
      ...(query.get("_total") === "none" ? {} : { total: matches.length }),
      link: links,
      entry: [
        ...page.map((one) => entry(one, "match")),
        ...included(this.#resources(), page, query).map((one) => entry(one, "include")),
      ],
    });
  }

  #resources(): MockResource[] {
    const { mailboxes = inventedMailboxes() } = this.#options;
    return resourcesOf(typeof mailboxes === "function" ? mailboxes() : mailboxes, this.#now());
  }

  #isTooMuch(): boolean {
    const now = performance.now();
    while (this.#asked[0] !== undefined && this.#asked[0] <= now - 1_000) this.#asked.shift();
    if (this.#asked.length >= (this.#options.requestsPerSecond ?? 17)) return true;
    this.#asked.push(now);
    return false;
  }
}

function subset(resource: MockResource, elements: readonly string[]): object {
  const kept = Object.entries(resource).filter(([name]) => ["resourceType", "id", "meta", ...elements].includes(name));
  return Object.fromEntries(kept);
}

const fhir = (body: object, status = 200): Response =>
  Response.json(body, { status, headers: { "content-type": "application/fhir+json;charset=utf-8" } });

const outcome = (status: number, code: string, diagnostics: string): Response =>
  fhir({ resourceType: "OperationOutcome", issue: [{ severity: "error", code, diagnostics }] }, status);
