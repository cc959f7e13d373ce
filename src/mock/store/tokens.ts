import { randomBytes } from "node:crypto";

/** Tokens of mailboxes that have not been revoked. One whose life is over stays listed until it is asked for. */
export class Tokens {
  readonly #tokens = new Map<string, Map<string, Date | undefined>>();

  add(address: string, token = newToken(), until?: Date): string {
    const own = this.#tokens.get(address) ?? new Map<string, Date | undefined>();
    // Given again, it is the newest.
    own.delete(token);
    own.set(token, until);
    this.#tokens.set(address, own);
    return token;
  }

  /** Those whose life is not over, the newest last. */
  of(address: string, now: Date): { token: string; until?: Date }[] {
    return [...(this.#tokens.get(address) ?? [])].flatMap(([token, until]) =>
      until === undefined ? [{ token }] : until > now ? [{ token, until }] : [],
    );
  }

  /** One that ends sooner keeps its end. */
  expire(address: string, until: Date, token?: string): void {
    const own = this.#tokens.get(address);
    for (const [known, before] of own ?? [])
      if ((token === undefined || token === known) && (before === undefined || before > until)) own?.set(known, until);
  }

  revoke(address: string, token?: string): void {
    const own = this.#tokens.get(address);
    if (token === undefined) own?.clear();
    else own?.delete(token);
  }

  save(): () => void {
    const copy = [...this.#tokens].map(([address, own]) => [address, [...own]] as const);
    return () => {
      this.#tokens.clear();
      for (const [address, own] of copy) this.#tokens.set(address, new Map(own));
    };
  }
}

function newToken(): string {
  return `mock.${randomBytes(24).toString("base64url")}`;
}
