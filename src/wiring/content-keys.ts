import type { Config } from "../config/index.js";
import type { ConnectorOptions } from "../connector-types.js";
import { MedimailError } from "../errors.js";
import { resolveSecret } from "../settings/index.js";
import type { ContentKeys } from "../storage/index.js";

const PATH = "outbox.encryptionKey";

/** The keys of what is kept at rest, for everything of a connector that keeps something. */
export interface KeySource {
  /** Resolved once: a command that gives a secret may be slow, counted, or ask a person. What failed is asked again. */
  get(): Promise<ContentKeys | undefined>;
  /** They did not fit: the next call asks again. */
  forget(): void;
}

export function keySource(config: Config, options: ConnectorOptions): KeySource {
  let known: Promise<ContentKeys | undefined> | undefined;
  return {
    get() {
      if (known) return known;
      const asked = contentKeys(config, options);
      known = asked;
      asked.catch(() => {
        if (known === asked) known = undefined;
      });
      return asked;
    },
    forget() {
      known = undefined;
    },
  };
}

/**
 * The keys of what is kept at rest: those of the program, or those that the configuration names, which the command has too.
 *
 * @throws `config_invalid` where both give some, or a secret is not 32 bytes in base64 or hexadecimal; `secret_unavailable`, `file_not_found`
 */
async function contentKeys(config: Config, options: ConnectorOptions): Promise<ContentKeys | undefined> {
  const named = config.outbox.encryptionKey;
  if (named === undefined) return options.encryptionKey;
  if (options.encryptionKey !== undefined)
    throw new MedimailError("config_invalid", "the key is given by the program too: give it in one place", {
      path: PATH,
    });
  const keys: Uint8Array[] = [];
  for (const [index, secret] of named.entries()) {
    const path = named.length === 1 ? PATH : `${PATH}[${index}]`;
    keys.push(keyOf(await resolveSecret(secret, { what: path }), path));
  }
  return keys;
}

function keyOf(text: string, path: string): Uint8Array {
  const written = text.trim();
  if (/^[0-9a-f]{64}$/i.test(written)) return Buffer.from(written, "hex");
  if (/^[a-z0-9+/_-]{43}=?$/i.test(written)) return Buffer.from(written, "base64");
  throw new MedimailError("config_invalid", "the secret is not a key of 32 bytes in base64 or hexadecimal", {
    path,
    hint: "openssl rand -base64 32 makes one; keep it apart from the database.",
  });
}
