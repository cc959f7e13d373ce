import { abortable } from "../../abortable.js";
import { isMedimailError, MedimailError } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import {
  type Clock,
  type Dialer,
  type Directory,
  type DirectoryEntry,
  type DirectoryQuery,
  type DirectorySearchOptions,
  systemClock,
  type TlsVerifier,
} from "../../seams/index.js";
import { readings } from "../asked.js";
import { assertQuery, distance, fits } from "../fits.js";
import { plainNumbers } from "../numbers.js";
import { fold } from "../words.js";
import { DEFAULT_ATTRIBUTES, entriesOf, type LdapAttributes, type LdapObject } from "./entries.js";
import { ldapError } from "./errors.js";
import { assertTemplate, searchFilter } from "./filter.js";
import { type LdapServer, openWire } from "./session.js";

export interface LdapLimits {
  /** Entries read for one search. Default 2 000. */
  entries: number;
  /** Bytes of one entry. Default 1 000 000. */
  messageBytes: number;
  /** Bytes of one session. Default 20 000 000. */
  bytes: number;
}

export interface LdapDirectoryOptions extends Omit<LdapServer, "port"> {
  /** Default 389, with `ldaps` 636. */
  port?: number;
  /** Where the search begins: `ou=annuaire,dc=exemple,dc=fr`. */
  base: string;
  scope?: "sub" | "one";
  /**
   * What every entry must be. It may name what is asked, escaped: `(&(objectClass=person)(sn={family}*))`; what it does not name is asked by the attributes.
   * Default `(objectClass=*)`.
   */
  filter?: string;
  attributes?: LdapAttributes;
  /** Who asks. Default: nobody (the national directory wants no identifier, a regional one does). */
  credentials?: { dn: string; password: () => Promise<string> };
  /** Entries a page. Default 100; 0 for a server that has no paged results (RFC 2696). */
  pageSize?: number;
  /** Of the whole search, in ms. Default 30 000. */
  timeoutMs?: number;
  limits?: Partial<LdapLimits>;
  dialer: Dialer;
  /** Needed with `starttls` and `ldaps`. */
  tls?: TlsVerifier;
  clock?: Clock;
}

const LIMITS: LdapLimits = { entries: 2_000, messageBytes: 1_000_000, bytes: 20_000_000 };

/**
 * An LDAP directory, national or regional (rac-dir): host, filter, attributes and credentials are all settings, since none is published
 * (interfaces.md §4c). Referrals are never followed. A connection for each search.
 *
 * Errors of a search: `directory_unavailable`, `auth_refused`, `directory_query_refused`, `directory_answer_invalid`, `directory_limit_exceeded`, `aborted`,
 * and those of TLS.
 */
export class LdapDirectory implements Directory {
  readonly source = "ldap";
  readonly #options: LdapDirectoryOptions;
  readonly #attributes: LdapAttributes;
  readonly #limits: LdapLimits;

  constructor(options: LdapDirectoryOptions) {
    const { security, host, attributes = DEFAULT_ATTRIBUTES } = options;
    if (security === "none" && !/^(localhost|127(\.\d+){3}|::1)$/.test(host))
      throw new MedimailError("invalid_argument", "a directory is asked without TLS on this machine only", {
        path: "directory.ldap.security",
        hint: "Use starttls or ldaps: who answers decides to whom a mail goes.",
      });
    this.#options = options;
    this.#attributes = attributes;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  async *search(
    given: DirectoryQuery,
    { limit = 20, signal }: DirectorySearchOptions = {},
  ): AsyncGenerator<DirectoryEntry> {
    const query = plainNumbers(given);
    assertQuery(query);
    const found = new Map<string, DirectoryEntry>();
    for (const { names, query: asked } of readings(query)) {
      for (const loose of [false, true]) {
        // Letters with an accent are others for LDAP: asked again without them only where nothing was found.
        if (loose && !hasDoubtful(names, asked)) continue;
        await this.#ask({ names, query: asked, loose, limit, ...(signal ? { signal } : {}) }, found);
        if (found.size > 0) break;
      }
      if (found.size > 0) break;
    }
    yield* [...found.values()]
      .map((entry) => ({ entry, far: distance(entry, query) }))
      .sort((a, b) => a.far - b.far)
      .slice(0, limit)
      .map(({ entry }) => entry);
  }

  async close(): Promise<void> {}

  async #ask(asked: Asked, found: Map<string, DirectoryEntry>): Promise<void> {
    // Loaded where somebody has such a directory.
    const engine = await import("ldapts");
    const {
      base,
      scope = "sub",
      filter: template = "(objectClass=*)",
      pageSize = 100,
      timeoutMs = 30_000,
      clock = systemClock,
    } = this.#options;
    assertTemplate(engine, template);
    const over = AbortSignal.timeout(timeoutMs);
    const { signal, release } = firstAborted(asked.signal, over);
    let wire: Awaited<ReturnType<typeof openWire>> | undefined;
    const cut = (): void => void wire?.destroy();
    try {
      // What gives it may wait for a person, or for ever.
      const password = await abortable(this.#password(), signal, "waiting for the directory's password");
      wire = await openWire(this.#server, {
        ...this.#options,
        tls: this.#options.tls,
        timeoutMs,
        limits: this.#limits,
        signal,
      });
      signal.addEventListener("abort", cut, { once: true });
      if (signal.aborted) cut();
      const socket = wire;
      const client = new engine.Client({
        url: "ldap://directory",
        timeout: timeoutMs,
        // The engine closes the socket that it is given; it never opens another.
        createConnection: (() => socket) as never,
      });
      if (password !== undefined) await client.bind(this.#options.credentials?.dn ?? "", password);
      const request = {
        scope,
        filter: searchFilter(engine, {
          template,
          attributes: this.#attributes,
          query: asked.query,
          words: asked.names,
          loose: asked.loose,
        }),
        attributes: [
          ...new Set(Object.values(this.#attributes as unknown as Record<string, readonly string[]>).flat()),
        ],
        derefAliases: "never" as const,
        timeLimit: Math.ceil(timeoutMs / 1_000),
      };
      const pages =
        pageSize > 0
          ? client.searchPaginated(base, { ...request, paged: { pageSize } })
          : [await client.search(base, { ...request, sizeLimit: this.#limits.entries })];
      let read = 0;
      let before = "";
      for await (const { searchEntries } of pages) {
        read += searchEntries.length;
        if (read > this.#limits.entries) throw tooMany(this.#limits.entries);
        const first = JSON.stringify(searchEntries[0]?.dn ?? "");
        if (searchEntries.length > 0 && first === before)
          throw new MedimailError("directory_answer_invalid", "the same page came twice");
        before = first;
        const asOf = new Date(clock.now()).toISOString();
        for (const entry of searchEntries) this.#keep(entry as LdapObject, asked, asOf, found);
        if (found.size >= asked.limit) return;
      }
    } catch (error) {
      if (asked.signal?.aborted)
        throw new MedimailError("aborted", "the search was given up by the caller", { cause: asked.signal.reason });
      if (over.aborted)
        throw new MedimailError("directory_unavailable", `the directory did not answer within ${timeoutMs} ms`);
      throw wire?.fault ?? (isMedimailError(error) ? error : ldapError(error));
    } finally {
      release();
      signal.removeEventListener("abort", cut);
      wire?.destroy();
    }
  }

  #keep(object: LdapObject, { query, names }: Asked, asOf: string, found: Map<string, DirectoryEntry>): void {
    for (const entry of entriesOf(object, this.#attributes, asOf)) {
      if (entry.redList && query.address === undefined) continue;
      if (!fits(entry, query) || !isNamed(entry, names)) continue;
      const key = entry.address.toLowerCase();
      if (!found.has(key)) found.set(key, entry);
    }
  }

  get #server(): LdapServer {
    const { host, port, security } = this.#options;
    return { host, security, port: port ?? (security === "ldaps" ? 636 : 389) };
  }

  async #password(): Promise<string | undefined> {
    const { credentials } = this.#options;
    if (!credentials) return undefined;
    const password = await credentials.password();
    // A name with an empty password is nobody for LDAP, and a success (RFC 4513 §5.1.2).
    if (password === "" || credentials.dn === "")
      throw new MedimailError("secret_unavailable", "the directory's account or password is empty", {
        path: "directory.ldap.credentials",
      });
    return password;
  }
}

interface Asked {
  names: readonly string[];
  query: DirectoryQuery;
  loose: boolean;
  limit: number;
  signal?: AbortSignal;
}

/** Each word is somewhere in what an entry shows. */
function isNamed(entry: DirectoryEntry, words: readonly string[]): boolean {
  const shown = fold(
    [entry.name, entry.family, entry.given, entry.structure?.name, entry.structure?.service, entry.city].join(" "),
  );
  return words.every((word) => shown.includes(fold(word)));
}

function hasDoubtful(
  names: readonly string[],
  { family = "", given = "", structure = "", city = "" }: DirectoryQuery,
): boolean {
  return /[aceinouyœæ' -]/i.test([...names, family, given, structure, city].join("").normalize("NFD"));
}

const tooMany = (most: number): MedimailError =>
  new MedimailError("directory_limit_exceeded", `the search has more than ${most} entries`, {
    path: "limits.entries",
    hint: "Search for something narrower.",
  });
