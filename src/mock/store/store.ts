import { MedimailError } from "../../errors.js";
import { isPatientAddress, PATIENT_DOMAIN } from "../../identity/index.js";
import type { MockMailboxAuth, MockMailboxOptions, MockSasl } from "../options.js";
import { MockMailbox } from "./mailbox.js";
import { Tokens } from "./tokens.js";

export type Lookup = { mailbox: MockMailbox } | { unknown: "mailbox" | "domain" };

/** Every mailbox of the mock, and who may open it. Addresses are compared without case. */
export class MockStore {
  readonly #mailboxes = new Map<string, MockMailbox>();
  readonly #domains = new Set<string>([PATIENT_DOMAIN]);
  readonly #tokens = new Tokens();
  readonly #now: () => Date;
  readonly #changed: () => void;

  /** @param changed told after each change of what a mailbox holds */
  constructor(mailboxes: readonly MockMailboxOptions[], now: () => Date, changed: () => void = () => {}) {
    this.#now = now;
    this.#changed = changed;
    for (const options of mailboxes) this.add(options);
  }

  /** In the order they were added, patients' last. */
  get mailboxes(): readonly MockMailbox[] {
    return [...this.#mailboxes.values()];
  }

  /** Of its mailboxes, the patients' apart. */
  domains(): string[] {
    return [...this.#domains].filter((domain) => domain !== PATIENT_DOMAIN);
  }

  add(options: MockMailboxOptions): MockMailbox {
    const address = options.address.toLowerCase();
    // The address is a certificate's CN and a file name: one word, 64 characters at most (X.520).
    if (!/^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(address) || address.length > 64) {
      throw new MedimailError("invalid_argument", "Not an address that the mock can give", {
        path: "mailboxes.address",
      });
    }
    if (this.#mailboxes.has(address))
      throw new MedimailError("invalid_argument", "This mailbox exists", { path: "mailboxes.address" });
    const auth: MockMailboxAuth =
      options.auth ?? (options.type === "APP" ? { method: "certificate" } : { method: "xoauth2" });
    const mailbox = new MockMailbox({
      address,
      type: options.type,
      label: options.label ?? address,
      auth,
      ...(options.folders ? { folders: options.folders } : {}),
      ...(options.quota === undefined ? {} : { quota: options.quota }),
      now: this.#now,
      changed: this.#changed,
    });
    this.#mailboxes.set(address, mailbox);
    this.#domains.add(address.slice(address.indexOf("@") + 1));
    if (auth.method === "xoauth2") this.#tokens.add(address, auth.token);
    return mailbox;
  }

  /** A mailbox that exists, patients' included once they were written to. */
  find(address: string): MockMailbox | undefined {
    return this.#mailboxes.get(address.toLowerCase());
  }

  /** Who a recipient is. A patient's mailbox is there as soon as his INS has the right key (CLI.md). */
  lookup(address: string): Lookup {
    const known = this.find(address);
    if (known) return { mailbox: known };
    const lower = address.toLowerCase();
    if (!this.#domains.has(lower.slice(lower.lastIndexOf("@") + 1))) return { unknown: "domain" };
    if (!isPatientAddress(lower)) return { unknown: "mailbox" };
    const mailbox = new MockMailbox({
      address: lower,
      type: "patient",
      label: "",
      now: this.#now,
      changed: this.#changed,
    });
    this.#mailboxes.set(lower, mailbox);
    return { mailbox };
  }

  /** The newest token that is accepted for a mailbox. */
  token(address: string): string | undefined {
    return this.tokens(address).at(-1)?.token;
  }

  /** Those accepted now, the newest last; with the end of their life where they have one. */
  tokens(address: string): { token: string; until?: Date }[] {
    return this.#tokens.of(address.toLowerCase(), this.#now());
  }

  /** Of the mock's Pro Santé Connect: the one professional owns every mailbox with a token. */
  acceptsToken: (token: string) => boolean = () => false;

  accepts(address: string, token: string): boolean {
    if (this.find(address)?.auth?.method !== "xoauth2") return false;
    return this.tokens(address).some((known) => known.token === token) || this.acceptsToken(token);
  }

  /** A further token; those before it stay good until they are revoked, or their life is over. */
  issueToken(address: string, lifeMs?: number): string {
    if (this.find(address)?.auth?.method !== "xoauth2")
      throw new MedimailError("invalid_argument", "No mailbox of the mock with a token has this address", {
        path: "address",
      });
    const until = lifeMs === undefined ? undefined : new Date(this.#now().getTime() + lifeMs);
    return this.#tokens.add(address.toLowerCase(), undefined, until);
  }

  /** Every token of the mailbox, or the one given, is refused from now on. */
  revokeToken(address: string, token?: string): void {
    this.#tokens.revoke(address.toLowerCase(), token);
  }

  /** Every token of the mailbox, or the one given, is good for so long from now on. */
  expireToken(address: string, { token, afterMs = 0 }: { token?: string; afterMs?: number }): void {
    this.#tokens.expire(address.toLowerCase(), new Date(this.#now().getTime() + afterMs), token);
  }

  /** @internal */
  save(): () => void {
    const mailboxes = [...this.#mailboxes].map(([address, mailbox]) => ({ address, mailbox, folders: mailbox.save() }));
    const domains = [...this.#domains];
    const tokens = this.#tokens.save();
    return () => {
      for (const { mailbox, folders } of mailboxes) mailbox.restore(folders);
      const known = new Set(mailboxes.map(({ address }) => address));
      for (const [address, mailbox] of this.#mailboxes) if (!known.has(address)) mailbox.restore([]);
      this.#mailboxes.clear();
      for (const { address, mailbox } of mailboxes) this.#mailboxes.set(address, mailbox);
      this.#domains.clear();
      for (const domain of domains) this.#domains.add(domain);
      tokens();
    };
  }
}

/** The SASL step of a certificate mailbox on one protocol. */
export function saslOf(auth: Extract<MockMailboxAuth, { method: "certificate" }>, protocol: "smtp" | "imap"): MockSasl {
  const chosen = typeof auth.sasl === "object" ? auth.sasl[protocol] : auth.sasl;
  // After STARTTLS an IMAP session always authenticates.
  if (protocol === "imap") return chosen === undefined || chosen === "none" ? "external" : chosen;
  return chosen ?? "none";
}
