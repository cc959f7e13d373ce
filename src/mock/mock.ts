import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/index.js";
import { MedimailError } from "../errors.js";
import type { Observation } from "../seams/observations.js";
import { loadConfigFile } from "../settings/index.js";
import type { MockContext } from "./context.js";
import type { DsnAction } from "./delivery.js";
import { Delivery, findMail, traced } from "./delivery.js";
import { MockDns } from "./dns/server.js";
import { mockZone } from "./dns/zone.js";
import { FaultSentence, momentOf } from "./fault-sentence.js";
import { Faults } from "./faults.js";
import { HttpServer } from "./http/server.js";
import { Site } from "./http/site.js";
import { Offer } from "./imap/capabilities.js";
import { FolderNaming } from "./imap/naming.js";
import { ImapServer } from "./imap/server.js";
import { mailWriter } from "./mail-files.js";
import type { ObservationBody, WaitOptions } from "./observer.js";
import { Journal, Observer } from "./observer.js";
import type { AutoReceipts, MockMailboxOptions, MockMedimailOptions, MockSettings } from "./options.js";
import { DEFAULT_SIZE_LIMIT, defaultLimits, defaultMailboxes } from "./options.js";
import type { ClientCredentials } from "./pki/pki.js";
import { Pki } from "./pki/pki.js";
import type { MockPsc } from "./psc/provider.js";
import type { MockReady } from "./ready.js";
import { writeReady, writeToken } from "./ready.js";
import type { RefuseOptions } from "./recipients.js";
import { Recipients } from "./recipients.js";
import { SmtpServer } from "./smtp/server.js";
import type { MockMailbox } from "./store/mailbox.js";
import type { MockMessage } from "./store/message.js";
import { MockStore } from "./store/store.js";
import type { AcceptedMail, WaitForMail } from "./submission.js";
import { fits } from "./submission.js";

/** A running mock: make one with {@link startMockMedimail}. */
export class MockMedimail implements AsyncDisposable {
  /** The faults in place: `mock.faults.add({ name: "refuse", at: "rcpt", times: 2 })`. */
  readonly faults: Faults;
  /** Its name server, which tells where it is: `mock.dns.setSrv("_imap._tcp.ch-exemple.mssante.fr", [{ target: ".", port: 0 }])`. */
  readonly dns: MockDns;
  readonly #options: MockMedimailOptions;
  readonly #store: MockStore;
  readonly #pki: Pki;
  readonly #observer: Observer;
  readonly #mails: Journal<AcceptedMail>;
  readonly #delivery: Delivery;
  readonly #recipients: Recipients;
  readonly #context: MockContext;
  readonly #autoReceipts: AutoReceipts;
  readonly #write: ((id: number | string, raw: Buffer) => string) | undefined;
  readonly #smtp: SmtpServer;
  readonly #imap: ImapServer;
  readonly #http: HttpServer;
  readonly #site: Site;
  readonly #problems: unknown[];
  #delivered = 0;
  #dir: string | undefined;
  #ready: Promise<MockReady> | undefined;
  #tokenWrites: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(options: MockMedimailOptions, pki: Pki, http: HttpServer, problems: unknown[]) {
    const now = options.now ?? (() => new Date());
    this.#problems = problems;
    const failed = (error: unknown) => void problems.push(error);
    this.#options = options;
    this.#pki = pki;
    this.#dir = options.dir;
    this.faults = new Faults();
    this.#store = new MockStore(options.mailboxes ?? defaultMailboxes, now);
    this.#observer = new Observer({
      keep: options.keepObservations ?? 50_000,
      now,
      failed,
      ...(options.onObservation ? { sink: options.onObservation } : {}),
    });
    this.#mails = new Journal(options.keepMails ?? 10_000);
    this.#recipients = new Recipients(this.#store, now);
    const autoReceipts: AutoReceipts = { ...options.autoReceipts };
    this.#autoReceipts = autoReceipts;
    const folder = options.mailsDir ?? options.dir;
    this.#write = folder === undefined ? undefined : mailWriter(folder);
    this.#delivery = new Delivery({
      store: this.#store,
      mails: this.#mails,
      observe: this.#observer.observe,
      now,
      filesSent: options.filesSent ?? false,
      autoReceipts,
      failed,
      onDelivered: (address, message) => this.#recipients.automatic(address, message, autoReceipts),
      ...(this.#write ? { write: this.#write } : {}),
    });
    const context: MockContext = {
      store: this.#store,
      pki,
      faults: this.faults,
      observer: this.#observer,
      limits: { ...defaultLimits, ...options.limits },
      sizeLimit: options.sizeLimit ?? DEFAULT_SIZE_LIMIT,
      offer: new Offer(options.imap ?? {}),
      naming: new FolderNaming(options.imap?.namespace ?? {}),
      hostname: options.hostname ?? "localhost",
      now,
      accept: (mail, connection) => this.#delivery.accept(mail, connection),
      failed,
    };
    this.#context = context;
    this.#smtp = new SmtpServer(context);
    this.#imap = new ImapServer(context);
    const ports = { imapPort: () => this.#imap.listener.port, smtpPort: () => this.#smtp.listener.port };
    const { whiteListDomains = [] } = options;
    this.#http = http;
    http.observe = this.#observer.observe;
    this.#site = new Site(http, { store: this.#store, now, ...ports, whiteListDomains });
    this.dns = new MockDns({
      fallback: mockZone({ domains: () => this.#store.domains(), ...ports }),
      seen: (query) => this.#observer.observe({ connection: "dns", kind: "dns", ...query }),
    });
  }

  /** @internal */
  static async start(options: MockMedimailOptions): Promise<MockMedimail> {
    const problems: unknown[] = [];
    const http = new HttpServer((error) => void problems.push(error));
    let mock: MockMedimail | undefined;
    try {
      await http.listen(options.httpPort ?? 0);
      mock = new MockMedimail(options, await Pki.create(options.hostname ?? "localhost", http), http, problems);
      await Promise.all([
        mock.#smtp.listener.listen(options.smtpPort ?? 0),
        mock.#imap.listener.listen(options.imapPort ?? 0),
        mock.dns.listen(options.dnsPort ?? 0),
      ]);
      if (options.psc) mock.#site.servePsc(options.psc === true ? {} : options.psc);
      if (options.dir !== undefined) await mock.ready();
      return mock;
    } catch (error) {
      await (mock ?? http).close();
      throw error;
    }
  }

  /** What a client is to connect to; STARTTLS on both. */
  get smtp(): { host: string; port: number } {
    return { host: this.#hostname, port: this.#smtp.listener.port };
  }

  get imap(): { host: string; port: number } {
    return { host: this.#hostname, port: this.#imap.listener.port };
  }

  /** The mock's Pro Santé Connect. Throws `invalid_argument` where the mock was started without (`psc`). */
  get psc(): MockPsc {
    return this.#site.psc;
  }

  /** Where its white list of domains is served: those of its mailboxes, of `whiteListDomains`, and the patients'. */
  get whiteList(): { url: string } {
    return this.#site.places.whiteList;
  }

  /**
   * What the mock's HTTP server answers, for a test that intercepts requests instead of making them: the path alone decides. With msw:
   * `http.all("https://espacedeconfiance.mssante.fr/*", ({ request }) => mock.answer(request))`.
   */
  answer(request: Request): Promise<Response> {
    return this.#http.answer(request);
  }

  /** The authority's certificate, PEM. */
  get ca(): string {
    return this.#pki.ca;
  }

  get #hostname(): string {
    return this.#options.hostname ?? "localhost";
  }

  /** The ready object of `medimail mock` (CLI.md). Writes its files: into `dir`, or a temporary folder that `close` removes. */
  ready(): Promise<MockReady> {
    this.#ready ??= this.#writeReady();
    return this.#ready;
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

  async #writeReady(): Promise<MockReady> {
    this.#dir ??= await mkdtemp(join(tmpdir(), "medimail-mock-"));
    return writeReady({
      dir: this.#dir,
      store: this.#store,
      pki: this.#pki,
      hostname: this.#hostname,
      smtpPort: this.smtp.port,
      imapPort: this.imap.port,
      dns: this.dns,
      ...this.#site.places,
      filesSent: this.#options.filesSent ?? false,
    });
  }

  /** The observations kept, oldest first. */
  get observations(): readonly Observation[] {
    return this.#observer.journal.entries;
  }

  /** The mails accepted, oldest first. */
  get mails(): readonly AcceptedMail[] {
    return this.#mails.entries;
  }

  /** Errors of the mock itself, which no client could be told: a test may check that there is none. */
  get problems(): readonly unknown[] {
    return this.#problems;
  }

  /** A mailbox, a patient's included (`<INS>@patient.mssante.fr`). Throws `invalid_argument` where there is none. */
  mailbox(address: string): MockMailbox {
    const found = this.#store.lookup(address);
    if ("unknown" in found)
      throw new MedimailError("invalid_argument", "The mock has no such mailbox", { path: "address" });
    return found.mailbox;
  }

  /** Writes an observation of the caller's among those of the servers, at the mock's time: a scenario that begins, a client that is started. */
  observe(observation: ObservationBody): void {
    this.#observer.observe(observation);
  }

  /**
   * A mail comes into a mailbox from elsewhere, and is observed as `delivered`. Throws `invalid_argument` where there is no such mailbox.
   *
   * @param options `what` it is, for who judges the answers; `from`: the envelope sender, empty for a report
   */
  deliver(
    address: string,
    raw: Uint8Array,
    { what, from = "", folder }: { what?: string; from?: string; folder?: string } = {},
  ): MockMessage {
    const bytes = traced(Buffer.from(raw), from, address, this.#context.now());
    const message = this.mailbox(address).deliver(bytes, folder === undefined ? {} : { folder });
    const file = this.#write?.(`in-${String(++this.#delivered).padStart(6, "0")}`, bytes);
    this.observe({
      connection: "mock",
      kind: "delivered",
      mailbox: address.toLowerCase(),
      from,
      ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
      ...(what === undefined ? {} : { what }),
      size: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      ...(file === undefined ? {} : { file }),
    });
    return message;
  }

  /** Changes while it runs what its options said at the start; a session that was told of it before goes by what it was told. */
  tune({ sizeLimit, autoReceipts, revocation }: MockSettings): void {
    if (sizeLimit !== undefined) this.#context.sizeLimit = sizeLimit;
    if (autoReceipts) Object.assign(this.#autoReceipts, autoReceipts);
    if (revocation) this.#http.outage(["/crl/", "/ocsp/"], revocation === "down");
  }

  /** One more mailbox; its certificate or token is there at once, its configuration with the `ready()` that comes after. */
  addMailbox(options: MockMailboxOptions): MockMailbox {
    const mailbox = this.#store.add(options);
    this.#ready = undefined;
    return mailbox;
  }

  /** Certificate, key and PKCS#12 of an APP mailbox. */
  certificate(address: string): Promise<ClientCredentials> {
    return this.#pki.client(address);
  }

  /** The same name, signed by an authority that the mock does not know. */
  untrustedCertificate(address: string): Promise<ClientCredentials> {
    return this.#pki.strangerClient(address);
  }

  /** The newest token accepted for a mailbox. Throws `invalid_argument` where there is none. */
  token(address: string): string {
    const token = this.#store.token(address);
    if (token === undefined)
      throw new MedimailError("invalid_argument", "No token is accepted for this mailbox", { path: "address" });
    return token;
  }

  /** A further token; where the files of `ready()` exist, its token file has it at once. */
  issueToken(address: string): string {
    const token = this.#store.issueToken(address);
    const dir = this.#dir;
    if (this.#ready && dir !== undefined) {
      this.#tokenWrites = this.#tokenWrites
        .then(() => writeToken(dir, address.toLowerCase(), token))
        .catch((error) => this.#problems.push(error));
    }
    return token;
  }

  /** Every token of the mailbox, or the one given, is refused from now on. */
  revokeToken(address: string, token?: string): void {
    this.#store.revokeToken(address, token);
  }

  /** A fault in words: `mock.after("RCPT").reply(451).times(2)`, `mock.after("IMAP SELECT").drop()`. */
  after(command: string): FaultSentence {
    return new FaultSentence(this.faults, momentOf(command));
  }

  /** The first mail, past or to come, that fits. Throws `timeout`. */
  waitForMail(wanted: WaitForMail = {}): Promise<AcceptedMail> {
    return this.#mails.wait((mail) => fits(mail, wanted), "mail that fits", wanted);
  }

  /** The first observation, past or to come, that fits. Throws `timeout`. */
  waitFor(predicate: (observation: Observation) => boolean, options?: WaitOptions): Promise<Observation> {
    return this.#observer.journal.wait(predicate, "observation that fits", options);
  }

  /** A person reads the mail: `\Seen`, and a displayed MDN into the sender's INBOX where the mail asks one (else undefined). */
  read(address: string, messageId: string): MockMessage | undefined {
    return this.#recipients.read(address, messageId);
  }

  /** A software files the documents: a processed MDN where the mail asks one. */
  integrate(address: string, messageId: string): MockMessage | undefined {
    return this.#recipients.integrate(address, messageId);
  }

  /** A software cannot file them: code 900 to 906. */
  refuseIntegration(
    address: string,
    messageId: string,
    code: string,
    options?: RefuseOptions,
  ): MockMessage | undefined {
    return this.#recipients.refuseIntegration(address, messageId, code, options);
  }

  /** The operator reports on a mail, whether it was asked or not: late, twice, or against what it said before. */
  report(
    address: string,
    messageId: string,
    action: DsnAction,
    details?: { status?: string; diagnostic?: string },
  ): MockMessage | undefined {
    const { mail, recipient } = findMail(this.mails, address, messageId);
    return this.#delivery.report(mail, recipient, action, details);
  }

  /** Delivers the mails that a `delay` fault has kept back; how many. */
  release(): number {
    return this.#delivery.release();
  }

  /**
   * Ends the IMAP sessions of a mailbox, or of all: cut without a word, as a network does, or with the BYE of a server that restarts.
   * How many there were.
   */
  disconnect(address?: string, options: { bye?: string } = {}): number {
    return this.#imap.disconnect(address?.toLowerCase(), options.bye);
  }

  /** Ends every session and the servers; waits that are under way fail with `closed`. Nothing is left running. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#smtp.listener.close(), this.#imap.listener.close(), this.dns.close(), this.#http.close()]);
    this.#observer.journal.close();
    this.#mails.close();
    await this.#ready?.catch(() => {});
    await this.#tokenWrites;
    if (this.#options.dir === undefined && this.#dir !== undefined)
      await rm(this.#dir, { recursive: true, force: true });
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
