import { isMedimailError } from "../errors.js";
import type { CredentialSource, SaslStep } from "../seams/credentials.js";

/**
 * Opens a session; where the server refuses the credential and its source has a fresh one, once more, and only once. The source is told
 * which credential was refused, the second one too: no other session is to show it.
 *
 * @param open is given a source of its own: of several sessions that are opened at a time each knows what it has shown
 * @param counts whether a refusal is one of what was shown, and not of something before it
 */
export async function openAuthenticated<T>(
  protocol: "smtp" | "imap",
  source: CredentialSource,
  open: (source: CredentialSource) => Promise<T>,
  counts: (error: unknown) => boolean = () => true,
): Promise<T> {
  const asked = new Asked(source);
  for (let again = true; ; again = false) {
    try {
      return await open(asked);
    } catch (error) {
      if (!isRefusal(error, asked.given) || !counts(error)) throw error;
      if (!(await source.refused(protocol, asked.given)) || !again) throw error;
      asked.given = undefined;
    }
  }
}

/** A server that does not offer the mechanism has been shown no token, and none is used up. */
function isRefusal(error: unknown, given: SaslStep | undefined): boolean {
  if (!isMedimailError(error)) return false;
  return error.code === "token_refused" || (error.code === "auth_refused" && given?.mechanism !== "xoauth2");
}

/** A source that remembers what it gave last. */
class Asked implements CredentialSource {
  given: SaslStep | undefined;

  constructor(private readonly source: CredentialSource) {}

  get ended(): AbortSignal {
    return this.source.ended ?? NEVER;
  }

  certificate(): ReturnType<CredentialSource["certificate"]> {
    return this.source.certificate();
  }

  async sasl(...asked: Parameters<CredentialSource["sasl"]>): Promise<SaslStep> {
    this.given = undefined;
    this.given = await this.source.sasl(...asked);
    return this.given;
  }

  refused(...told: Parameters<CredentialSource["refused"]>): Promise<boolean> {
    return this.source.refused(...told);
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

const NEVER = new AbortController().signal;
