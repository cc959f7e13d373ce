import type { Config } from "../config/index.js";
import { MedimailError } from "../errors.js";
import { loadConfigFile } from "../settings/index.js";
import type { ControlServer, MockControlOptions } from "./control/server.js";
import type { MockDirectory } from "./directory/server.js";
import type { MockDns } from "./dns/server.js";
import type { UnhandledRequest } from "./http/unhandled.js";
import { MockState } from "./mock-state.js";
import type { MockMailboxOptions, MockMedimailOptions, MockSettings } from "./options.js";
import type { ClientCredentials } from "./pki/pki.js";
import type { MockPsc } from "./psc/provider.js";
import type { MockReady } from "./ready.js";
import { ReadyFiles } from "./ready-files.js";
import { Servers } from "./servers.js";
import type { MockSnapshot } from "./snapshot.js";
import type { MockMailbox } from "./store/mailbox.js";
import { World } from "./world.js";

/** A running mock: make one with {@link startMockMedimail}. */
export class MockMedimail extends MockState implements AsyncDisposable {
  readonly #options: MockMedimailOptions;
  readonly #servers: Servers;
  readonly #files: ReadyFiles;
  readonly #problems: unknown[];
  #control: ControlServer | undefined;
  #closed: Promise<void> | undefined;

  private constructor(options: MockMedimailOptions, world: World, servers: Servers, problems: unknown[]) {
    super(world);
    this.#options = options;
    this.#servers = servers;
    this.#problems = problems;
    this.#files = new ReadyFiles(options, (error) => void problems.push(error));
  }

  override restore(snapshot: MockSnapshot): void {
    super.restore(snapshot);
    // Mailboxes may have gone, and tokens.
    this.#files.renew();
  }

  /** @internal */
  static async start(options: MockMedimailOptions): Promise<MockMedimail> {
    const problems: unknown[] = [];
    const failed = (error: unknown) => void problems.push(error);
    const world = new World(options, failed);
    const servers = await Servers.start(options, world, failed);
    const mock = new MockMedimail(options, world, servers, problems);
    try {
      if (options.control) await mock.serveControl(options.control === true ? {} : options.control);
      if (options.dir !== undefined) await mock.ready();
      return mock;
    } catch (error) {
      await mock.close();
      throw error;
    }
  }

  /**
   * Serves its control API, where it was started without (`control`). Throws `invalid_argument` where it is served already, `mock_failed` where it cannot
   * listen.
   */
  async serveControl(options: MockControlOptions = {}): Promise<void> {
    if (this.#control)
      throw new MedimailError("invalid_argument", "The control API is served already.", { path: "control" });
    // Only then: it brings all that reads and shows documents.
    const { ControlServer } = await import("./control/server.js");
    const control = new ControlServer(this, options, (error) => void this.#problems.push(error));
    await control.listen();
    this.#control = control;
  }

  /** Where its control API is, and the token that every operation needs. Throws `invalid_argument` where the mock was started without (`control`). */
  get control(): { url: string; token: string; origin: string } {
    if (!this.#control)
      throw new MedimailError("invalid_argument", "The mock was started without a control API.", { path: "control" });
    const { url, token, origin } = this.#control;
    return { url, token, origin };
  }

  /** Its name server, which tells where it is: `mock.dns.setSrv("_imap._tcp.ch-exemple.mssante.fr", [{ target: ".", port: 0 }])`. */
  get dns(): MockDns {
    return this.#servers.dns;
  }

  /** What a client is to connect to; STARTTLS on both. */
  get smtp(): { host: string; port: number } {
    return { host: this.#servers.hostname, port: this.#servers.smtp.listener.port };
  }

  get imap(): { host: string; port: number } {
    return { host: this.#servers.hostname, port: this.#servers.imap.listener.port };
  }

  /** The mock's Annuaire Santé. Throws `invalid_argument` where the mock was started without (`directory: false`). */
  get directory(): MockDirectory {
    return this.#servers.site.directory;
  }

  /** The mock's Pro Santé Connect. Throws `invalid_argument` where the mock was started without (`psc`). */
  get psc(): MockPsc {
    return this.#servers.site.psc;
  }

  /** Whether it was started with a Pro Santé Connect. */
  get hasPsc(): boolean {
    return this.#servers.site.hasPsc;
  }

  /** Its HTTP server: white list, autoconfig, revocation, and a Pro Santé Connect where it was asked for. */
  get http(): { url: string } {
    return { url: this.#servers.http.url };
  }

  /** Requests that it had no answer to since they were last looked at; see {@link assertNoUnhandledHttp}. */
  get unhandledHttp(): readonly UnhandledRequest[] {
    return this.#servers.http.unhandled.requests;
  }

  /** Where its white list of domains is served: those of its mailboxes, of `whiteListDomains`, and the patients'. */
  get whiteList(): { url: string } {
    return this.#servers.site.places.whiteList;
  }

  /**
   * What the mock's HTTP server answers, for a test that intercepts requests instead of making them: the path alone decides. With msw:
   * `http.all("https://espacedeconfiance.mssante.fr/*", ({ request }) => mock.answer(request))`.
   */
  answer(request: Request): Promise<Response> {
    return this.#servers.http.answer(request);
  }

  /** The authority's certificate, PEM. */
  get ca(): string {
    return this.#servers.pki.ca;
  }

  /** The ready object of `medimail mock` (CLI.md). Writes its files: into `dir`, or a temporary folder that `close` removes. */
  async ready(): Promise<MockReady> {
    const written = await this.#files.ready(this.world, this.#servers);
    // In the object alone: the token stands in no file of the folder.
    return this.#control ? { ...written, control: { url: this.#control.url, token: this.#control.token } } : written;
  }

  /**
   * The configuration of one of its mailboxes, ready for `createConnector`: the file of `ready()`, read. With `discover` the one that finds the mock by
   * its name server. Throws `invalid_argument` where the mock has no such mailbox.
   */
  async config(address: string, { discover = false }: { discover?: boolean } = {}): Promise<Config> {
    const { configs, discoverConfigs } = await this.ready();
    const path = (discover ? discoverConfigs : configs)[address.toLowerCase()];
    if (path === undefined)
      throw new MedimailError("invalid_argument", "The mock has no such mailbox", { path: "address" });
    return loadConfigFile(path);
  }

  /** Errors of the mock itself, which no client could be told: a test may check that there is none. */
  get problems(): readonly unknown[] {
    return this.#problems;
  }

  /** Changes while it runs what its options said at the start; a session that was told of it before goes by what it was told. */
  tune({ sizeLimit, autoReceipts, revocation }: MockSettings): void {
    if (sizeLimit !== undefined) this.#servers.context.sizeLimit = sizeLimit;
    if (autoReceipts) Object.assign(this.world.autoReceipts, autoReceipts);
    if (revocation) this.#servers.http.outage(["/crl/", "/ocsp/"], revocation === "down");
  }

  /** One more mailbox; its certificate or token is there at once, its configuration with the `ready()` that comes after. */
  addMailbox(options: MockMailboxOptions): MockMailbox {
    const mailbox = this.world.addMailbox(options);
    this.#files.renew();
    return mailbox;
  }

  /** Certificate, key and PKCS#12 of an APP mailbox. */
  certificate(address: string): Promise<ClientCredentials> {
    return this.#servers.pki.client(address);
  }

  /** The same name, signed by an authority that the mock does not know. */
  untrustedCertificate(address: string): Promise<ClientCredentials> {
    return this.#servers.pki.strangerClient(address);
  }

  /** A further token, for ever or for so many milliseconds; where the files of `ready()` exist, its token file has it at once. */
  issueToken(address: string, options: { lifeMs?: number } = {}): string {
    const token = this.world.store.issueToken(address, options.lifeMs);
    this.#files.token(address, token);
    return token;
  }

  /** Every token of the mailbox, or the one given, has so much of its life left, by the mock's clock. Default none. */
  expireToken(address: string, options: { token?: string; afterMs?: number } = {}): void {
    this.world.store.expireToken(address, options);
  }

  /** Every token of the mailbox, or the one given, is refused from now on. */
  revokeToken(address: string, token?: string): void {
    this.world.store.revokeToken(address, token);
  }

  /**
   * Ends the IMAP sessions of a mailbox, or of all: cut without a word, as a network does, or with the BYE of a server that restarts.
   * How many there were.
   */
  disconnect(address?: string, options: { bye?: string } = {}): number {
    return this.#servers.imap.disconnect(address?.toLowerCase(), options.bye);
  }

  /**
   * Fails where somebody asked the mock's HTTP server for what it has not. Throws `mock_http_unhandled`, which names method and path of the requests and
   * nothing else of them.
   */
  assertNoUnhandledHttp(): void {
    this.#servers.http.unhandled.assertNone();
  }

  /**
   * Ends every session and the servers; waits that are under way fail with `closed`. Nothing is left running. Rejects, once all is closed, with
   * `mock_http_unhandled` as {@link assertNoUnhandledHttp} does (see `unhandledHttp`).
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#servers.close(), this.#control?.close()]);
    this.world.close();
    await this.#files.close();
    if (this.#options.unhandledHttp !== "ignore") this.assertNoUnhandledHttp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * A mock Medimail: a real SMTP submission server and a real IMAP server on loopback, over one store, with an authority and
 * certificates of its own.
 *
 * @example
 * await using mock = await startMockMedimail();
 * @throws MedimailError `mock_failed` where a port cannot be had, `invalid_argument` for a mailbox that cannot be
 */
export function startMockMedimail(options: MockMedimailOptions = {}): Promise<MockMedimail> {
  return MockMedimail.start(options);
}
