import { MedimailError } from "../../errors.js";
import { inventedMailboxes, publishedOf } from "../directory/published.js";
import { MockDirectory, type MockDirectoryOptions } from "../directory/server.js";
import { MockPsc, type MockPscOptions } from "../psc/provider.js";
import { pscSurface } from "../psc/seen.js";
import type { MockStore } from "../store/store.js";
import { AUTOCONFIG_PATH, autoconfigRoute } from "./autoconfig.js";
import type { HttpServer } from "./server.js";
import { MockWhiteList, WHITE_LIST_PATH } from "./white-list.js";

export interface SiteOptions {
  store: MockStore;
  now: () => Date;
  imapPort: () => number;
  smtpPort: () => number;
  /** Beside the domains of its mailboxes. */
  whiteListDomains?: readonly string[];
}

/** What the mock publishes by HTTP beside revocation: the white list, autoconfig documents, a Pro Santé Connect where it is asked for. */
export class Site {
  readonly #http: HttpServer;
  readonly #options: SiteOptions;
  #psc: MockPsc | undefined;
  #directory: MockDirectory | undefined;

  constructor(http: HttpServer, options: SiteOptions) {
    const { store, now } = options;
    this.#http = http;
    this.#options = options;
    http.on(WHITE_LIST_PATH, new MockWhiteList(() => this.#listedDomains(), now).route, {
      surface: "white-list",
      operation: "white-list",
    });
    http.on(AUTOCONFIG_PATH, autoconfigRoute({ ...options, domains: () => store.domains() }), {
      surface: "autoconfig",
      operation: "autoconfig",
    });
  }

  /** Its tokens open every mailbox that has one. The server must be listening: its address is the issuer's. */
  servePsc(options: Omit<MockPscOptions, "issuer" | "now">): void {
    const { store, now } = this.#options;
    const psc = new MockPsc({ ...options, issuer: `${this.#http.url}/auth/realms/esante-wallet`, now });
    for (const path of psc.paths) this.#http.on(path, (request) => psc.handle(request), pscSurface(path));
    store.acceptsToken = (token) => psc.accepts(token);
    this.#psc = psc;
  }

  /** Publishes the mock's own mailboxes beside invented people, or as `mailboxes` says of them. The server must be listening: its address is the directory's. */
  serveDirectory(options: Omit<MockDirectoryOptions, "url" | "now">): void {
    const { store, now } = this.#options;
    const { mailboxes = inventedMailboxes() } = options;
    const directory = new MockDirectory({
      ...options,
      mailboxes: () => {
        const given = typeof mailboxes === "function" ? mailboxes() : mailboxes;
        const said = new Set(given.map(({ address }) => address.toLowerCase()));
        return [...publishedOf(store.mailboxes).filter(({ address }) => !said.has(address.toLowerCase())), ...given];
      },
      url: `${this.#http.url}/fhir/v2`,
      now,
    });
    for (const { path, operation } of directory.paths)
      this.#http.on(path, (request) => directory.handle(request), {
        surface: "directory",
        operation,
        tell: async (_request, response) => (response.status < 400 ? {} : { error: await errorOf(response) }),
      });
    this.#directory = directory;
  }

  get directory(): MockDirectory {
    if (this.#directory) return this.#directory;
    throw new MedimailError("invalid_argument", "The mock was started without a directory.", { path: "directory" });
  }

  get hasPsc(): boolean {
    return this.#psc !== undefined;
  }

  get psc(): MockPsc {
    if (this.#psc) return this.#psc;
    throw new MedimailError("invalid_argument", "The mock was started without a Pro Santé Connect.", { path: "psc" });
  }

  /** As the ready object names it (CLI.md). */
  get places() {
    const { url } = this.#http;
    return {
      http: { url, autoconfig: `${url.replace("127.0.0.1", "autoconfig.{domain}")}${AUTOCONFIG_PATH}` },
      whiteList: { url: `${url}${WHITE_LIST_PATH}` },
      ...(this.#psc ? { pscIssuer: this.#psc.issuer } : {}),
      ...(this.#directory ? { directory: { url: this.#directory.url, key: this.#directory.key } } : {}),
    };
  }

  #listedDomains(): string[] {
    const { store, whiteListDomains = [] } = this.#options;
    const own = store.mailboxes.map(({ address }) => address.slice(address.lastIndexOf("@") + 1));
    return [...own, "patient.mssante.fr", ...whiteListDomains];
  }
}

/** The code of an OperationOutcome; of a gateway's own answer, its status. */
async function errorOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { issue?: { code?: string }[] };
  return body.issue?.[0]?.code ?? `http-${response.status}`;
}
