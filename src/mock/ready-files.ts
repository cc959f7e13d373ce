import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MockReady } from "./ready.js";
import { writeReady, writeToken } from "./ready.js";
import type { Servers } from "./servers.js";
import type { World } from "./world.js";

/** The files of the ready object: in the caller's folder, or in a temporary one that is gone when the mock is closed. */
export class ReadyFiles {
  readonly #own: boolean;
  readonly #filesSent: boolean;
  readonly #failed: (error: unknown) => void;
  #dir: string | undefined;
  #ready: Promise<MockReady> | undefined;
  #writes: Promise<unknown> = Promise.resolve();

  constructor(options: { dir?: string; filesSent?: boolean }, failed: (error: unknown) => void) {
    this.#dir = options.dir;
    this.#own = options.dir === undefined;
    this.#filesSent = options.filesSent ?? false;
    this.#failed = failed;
  }

  /** Written once, and again after {@link renew}. */
  ready(world: World, servers: Servers): Promise<MockReady> {
    this.#ready ??= this.#write(world, servers);
    return this.#ready;
  }

  async #write({ store }: World, servers: Servers): Promise<MockReady> {
    this.#dir ??= await mkdtemp(join(tmpdir(), "medimail-mock-"));
    const { pki, hostname, dns, site, smtp, imap } = servers;
    return writeReady({
      dir: this.#dir,
      store,
      pki,
      hostname,
      smtpPort: smtp.listener.port,
      imapPort: imap.listener.port,
      dns,
      ...site.places,
      filesSent: this.#filesSent,
    });
  }

  /** A mailbox came or went. */
  renew(): void {
    this.#ready = undefined;
  }

  /** Where the files are there, the token file of a mailbox has the token at once. */
  token(address: string, token: string): void {
    const dir = this.#dir;
    if (!this.#ready || dir === undefined) return;
    this.#writes = this.#writes.then(() => writeToken(dir, address.toLowerCase(), token)).catch(this.#failed);
  }

  async close(): Promise<void> {
    await this.#ready?.catch(() => {});
    await this.#writes;
    if (this.#own && this.#dir !== undefined) await rm(this.#dir, { recursive: true, force: true });
  }
}
