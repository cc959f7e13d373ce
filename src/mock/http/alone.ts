import { MockDirectory, type MockDirectoryOptions } from "../directory/server.js";
import { defaultMailboxes } from "../options.js";
import { type ClientCredentials, Pki, type TlsProfile } from "../pki/pki.js";
import { MockPsc, type MockPscOptions } from "../psc/provider.js";
import { AUTOCONFIG_PATH, autoconfigRoute } from "./autoconfig.js";
import { HttpServer } from "./server.js";
import { UnhandledHttp, type UnhandledRequest } from "./unhandled.js";
import { MockWhiteList } from "./white-list.js";

/** Where the real things are: a software under test is not told otherwise. */
const ISSUER = "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet";
const WHITE_LIST = "https://espacedeconfiance.mssante.fr/listeblanchemssante.xml";
const AUTHORITIES = "http://igc-sante-mock.test";

/** What msw's `http` must have. */
interface MswHttp<T> {
  all(path: string, resolver: (info: { request: Request }) => Promise<Response>): T;
}

export interface MockHttpOptions {
  /** Default issuer: that of Pro Santé Connect's test environment. */
  psc?: Partial<Omit<MockPscOptions, "now">>;
  /** Default address: the real gateway. */
  directory?: Omit<MockDirectoryOptions, "now">;
  /** What the white list names, and has autoconfig documents. Default: the domains of {@link defaultMailboxes}. */
  domains?: readonly string[];
  /** Default: the real address. */
  whiteListUrl?: string;
  /** Where certificates say that their lists and responders are. */
  authoritiesUrl?: string;
  /** Ports that the autoconfig documents name. Default 587 and 143. */
  ports?: { smtp: number; imap: number };
  now?: () => Date;
}

/**
 * Everything of the mock that is HTTP, without a socket: Pro Santé Connect, directory, white list, certificate lists and OCSP, autoconfig. For a publisher's own
 * tests, where msw intercepts what his software asks: vitest, jest or node:test.
 *
 * @example
 * const medimail = await mockHttp();
 * const server = setupServer(...medimail.handlers(http));
 * server.listen({ onUnhandledRequest: medimail.onUnhandledRequest });
 * afterEach(() => medimail.assertNoUnhandledHttp());
 */
export class MockHttp {
  readonly psc: MockPsc;
  readonly directory: MockDirectory;
  readonly whiteList: { url: string };
  readonly #pki: Pki;
  readonly #http: HttpServer;
  readonly #list: MockWhiteList;
  readonly #domains: readonly string[];
  readonly #ports: { smtp: number; imap: number };
  readonly #unhandled = new UnhandledHttp();

  private constructor(options: MockHttpOptions, http: HttpServer, pki: Pki) {
    const { now = () => new Date() } = options;
    this.psc = new MockPsc({ issuer: ISSUER, ...options.psc, now });
    this.directory = new MockDirectory({ ...options.directory, now });
    this.whiteList = { url: options.whiteListUrl ?? WHITE_LIST };
    this.#domains = options.domains ?? [
      ...new Set(defaultMailboxes.map(({ address }) => address.slice(address.lastIndexOf("@") + 1))),
    ];
    this.#list = new MockWhiteList(() => [...this.#domains, "patient.mssante.fr"], now);
    this.#ports = options.ports ?? { smtp: 587, imap: 143 };
    this.#http = http;
    this.#pki = pki;
  }

  /** @internal */
  static async create(options: MockHttpOptions): Promise<MockHttp> {
    const http = new HttpServer(() => {}, (options.authoritiesUrl ?? AUTHORITIES).replace(/\/+$/, ""));
    return new MockHttp(options, http, await Pki.create("localhost", http));
  }

  /** The authorities' certificates, PEM. */
  get ca(): string {
    return this.#pki.ca;
  }

  /** Certificate, key and PKCS#12 of an APP mailbox. */
  certificate(address: string): Promise<ClientCredentials> {
    return this.#pki.client(address);
  }

  /** Key and chain for a server of your own: good, or wrong in one way (`revoked-certificate` is said so by list and responder). */
  serverCertificate(profile: TlsProfile = "good"): Promise<{ certificate: string; key: string }> {
    return this.#pki.serverFiles(profile);
  }

  /**
   * Handlers for msw (version 2): `setupServer(...medimail.handlers(http))`. msw is yours: the package does not bring it.
   *
   * @param http msw's `http`
   */
  handlers<T>(http: MswHttp<T>): T[] {
    const { imap, smtp } = this.#ports;
    const autoconfig = autoconfigRoute({ domains: () => this.#domains, imapPort: () => imap, smtpPort: () => smtp });
    const authorities = ["/crl/*", "/ocsp/*"].map((path) => `${this.#http.url}${path}`);
    const documents = this.#domains.flatMap((domain) =>
      ["http", "https"].map((scheme) => `${scheme}://autoconfig.${domain}${AUTOCONFIG_PATH}`),
    );
    return [
      ...this.psc.handlers(http),
      ...this.directory.handlers(http),
      http.all(this.whiteList.url, async ({ request }) => this.#list.route(request)),
      ...authorities.map((path) => http.all(path, ({ request }) => this.#http.answer(request))),
      ...documents.map((path) => http.all(path, async ({ request }) => autoconfig(request))),
    ];
  }

  /**
   * For `server.listen({ onUnhandledRequest })`: the request fails, nothing is printed, and {@link assertNoUnhandledHttp} fails the test. msw's own `error` prints
   * body and query, where a patient or a secret may stand, and lets the test pass.
   */
  readonly onUnhandledRequest = (request: Request): void => {
    const { origin, pathname } = new URL(request.url);
    this.#unhandled.add(request.method, `${origin}${pathname}`);
    throw new Error("A request that nothing answers: see assertNoUnhandledHttp()");
  };

  /** Requests that nothing answered since they were last looked at; method and address without query. */
  get unhandledHttp(): readonly UnhandledRequest[] {
    return this.#unhandled.requests;
  }

  /** Throws `mock_http_unhandled` where there was one; to be called after each test. */
  assertNoUnhandledHttp(): void {
    this.#unhandled.assertNone();
  }
}

/** Everything of the mock that is HTTP, without a socket; see {@link MockHttp}. */
export function mockHttp(options: MockHttpOptions = {}): Promise<MockHttp> {
  return MockHttp.create(options);
}

/** The handlers alone, for who needs nothing else of it: `setupServer(...(await mswHandlers(http)))`. */
export async function mswHandlers<T>(http: MswHttp<T>, options: MockHttpOptions = {}): Promise<T[]> {
  return (await mockHttp(options)).handlers(http);
}
