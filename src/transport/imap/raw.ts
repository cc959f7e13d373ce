import type { ImapFlow } from "imapflow";

/** A token of the library's parser, or a list of them. */
export type Token = { type?: string; value?: unknown; section?: Token[] } | null | Token[];

export interface Untagged {
  /** Of `* 12 FETCH (…)` the number. */
  command: string;
  attributes?: Token[];
}

/** What an argument of a command is, for the library's compiler. */
export type Argument = { type: "ATOM" | "SEQUENCE" | "STRING"; value: string } | Argument[];

export const atom = (value: string): Argument => ({ type: "ATOM", value });
export const sequence = (value: string): Argument => ({ type: "SEQUENCE", value });

type Handler = (untagged: Untagged) => void;

/** Of imapflow, what its types leave out. */
interface Raw {
  exec(
    command: string,
    attributes: readonly Argument[],
    options: { untagged: Record<string, (untagged: Untagged) => Promise<void>> },
  ): Promise<{ response: Answer; next(): void }>;
}

/** The last line of the server's answer. */
export type Answer = Pick<Untagged, "attributes">;

/** A command through imapflow's `exec`; its answer holds up the session until `next`. */
export const exec = (client: ImapFlow, ...args: Parameters<Raw["exec"]>): ReturnType<Raw["exec"]> =>
  (client as unknown as Raw).exec(...args);

/**
 * A command that imapflow has no call for: what the server says to it goes to `handlers` by name instead of the library's own. Never
 * while the session idles: the command would wait for its end.
 */
export async function rawCommand(
  client: ImapFlow,
  command: string,
  attributes: Argument[],
  handlers: Record<string, Handler>,
): Promise<void> {
  let thrown: unknown;
  const untagged = Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      async (said: Untagged) => {
        // The library logs what a handler throws, and goes on.
        try {
          handle(said);
        } catch (error) {
          thrown ??= error;
        }
      },
    ]),
  );
  const { next } = await exec(client, command, attributes, { untagged });
  next();
  if (thrown !== undefined) throw thrown;
}

export interface FetchedFlags {
  seq: number;
  uid?: number;
  flags?: string[];
  /** Decimal (RFC 7162). */
  modseq?: string;
}

/** The flags of a FETCH response; undefined where it is none. */
export function fetchedFlags({ command, attributes }: Untagged): FetchedFlags | undefined {
  const items = attributes?.[1];
  if (!/^\d{1,10}$/.test(command) || !Array.isArray(items)) return undefined;
  const fetched: FetchedFlags = { seq: Number(command) };
  for (let at = 0; at + 1 < items.length; at += 2) {
    const name = tokenText(items[at])?.toUpperCase();
    const value = items[at + 1];
    if (name === "UID") {
      const uid = tokenText(value);
      if (uid !== undefined && /^[1-9]\d{0,9}$/.test(uid)) fetched.uid = Number(uid);
    } else if (name === "FLAGS" && Array.isArray(value)) {
      fetched.flags = value.slice(0, MAX_FLAGS).flatMap((token) => tokenText(token) ?? []);
    } else if (name === "MODSEQ" && Array.isArray(value)) {
      const modseq = tokenText(value[0]);
      if (modseq !== undefined && /^\d{1,20}$/.test(modseq)) fetched.modseq = modseq;
    }
  }
  return fetched;
}

const MAX_FLAGS = 1_000;

/** The UIDs of a VANISHED response (RFC 7162 §3.2.10), as a sequence set. */
export function vanishedUids({ attributes = [] }: Untagged): string {
  return tokenText(attributes.find((token) => !Array.isArray(token)) ?? null) ?? "";
}

/** The text of a token that has one. */
export function tokenText(token: Token | undefined): string | undefined {
  return token && !Array.isArray(token) && typeof token.value === "string" ? token.value : undefined;
}
