import type { ImapFlow } from "imapflow";
import { type FetchRow, rowOf } from "./rows.js";

/** A token of the library's parser, or a list of them. */
export type Token = { type?: string; value?: unknown; section?: Token[] } | null | Token[];

export interface Untagged {
  /** Of `* 12 FETCH (…)` the number. */
  command: string;
  attributes?: Token[];
}

/** What an argument of a command is, for the library's compiler. */
export type Argument =
  | { type: "ATOM" | "SEQUENCE" | "STRING" | "TEXT"; value: string; section?: Argument[] }
  | Argument[];

export const atom = (value: string): Argument => ({ type: "ATOM", value });
export const sequence = (value: string): Argument => ({ type: "SEQUENCE", value });

type Handler = (untagged: Untagged) => void;

/** Of imapflow, what its types leave out. */
interface Raw {
  exec(command: string, attributes: readonly Argument[], options: ExecOptions): Promise<Answered>;
  /** Ends an IDLE under way. */
  preCheck?: false | (() => Promise<void>);
}

export interface ExecOptions {
  untagged: Record<string, (untagged: Untagged) => Promise<void>>;
  /** See {@link readRows}. */
  onRow?: (row: FetchRow) => void;
  onSend?: () => void;
  /** The server asks for what was announced. What it throws is lost. */
  onPlusTag?: () => Promise<void>;
}

export interface Answered {
  response: Answer;
  next(): void;
}

/** The last line of the server's answer. */
export type Answer = Pick<Untagged, "attributes">;

/** A command through imapflow's `exec`; its answer holds up the session until `next`. */
export const exec = (client: ImapFlow, ...args: Parameters<Raw["exec"]>): ReturnType<Raw["exec"]> =>
  (client as unknown as Raw).exec(...args);

/** A command that imapflow has no call for, and what becomes of the answer. */
export interface RawCommand {
  name: string;
  attributes: readonly Argument[];
  /** What the server says to it, by name, instead of the library's own handlers. */
  handlers?: Record<string, Handler>;
  /** Each row of a FETCH. */
  onRow?: (row: FetchRow) => void;
}

/** Runs a command; while the session idles it ends that first. What a handler throws ends the command once it is answered. */
export async function rawCommand(client: ImapFlow, command: RawCommand): Promise<void> {
  const { preCheck } = client as unknown as Raw;
  if (typeof preCheck === "function") await preCheck();
  const { options, check } = answered(command);
  try {
    const { next } = await exec(client, command.name, command.attributes, options);
    next();
  } finally {
    // What a handler threw says more than how the command ended.
    check();
  }
}

/** How imapflow is told what to do with the answer of a command; `check` throws what a handler threw. */
export function answered({ handlers = {}, onRow }: RawCommand): { options: ExecOptions; check(): void } {
  let thrown: unknown;
  let failed = false;
  const safe =
    <T>(handle: (said: T) => void) =>
    (said: T): void => {
      if (failed) return;
      // The library logs what a handler throws, and goes on.
      try {
        handle(said);
      } catch (error) {
        failed = true;
        thrown = error;
      }
    };
  const take = onRow && safe(onRow);
  const all: Record<string, Handler> = { ...handlers };
  if (take)
    all["FETCH"] = (said) => {
      const row = rowOf(said);
      if (row) take(row);
    };
  const untagged = Object.fromEntries(
    Object.entries(all).map(([name, handle]) => {
      const safely = safe(handle);
      return [name, async (said: Untagged) => safely(said)];
    }),
  );
  return {
    options: { untagged, ...(take ? { onRow: take } : {}) },
    check() {
      if (failed) throw thrown;
    },
  };
}

export interface FetchedFlags {
  seq: number;
  uid?: number;
  flags?: string[];
  /** Decimal (RFC 7162). */
  modseq?: string;
}

/** The flags of a row. */
export function fetchedFlags({ seq, items }: FetchRow): FetchedFlags {
  const fetched: FetchedFlags = { seq };
  const uid = tokenText(items.get("UID"));
  if (uid !== undefined && /^[1-9]\d{0,9}$/.test(uid)) fetched.uid = Number(uid);
  const flags = items.get("FLAGS");
  if (Array.isArray(flags)) fetched.flags = flags.slice(0, MAX_FLAGS).flatMap((token) => tokenText(token) ?? []);
  const modseq = items.get("MODSEQ");
  const said = Array.isArray(modseq) ? tokenText(modseq[0]) : undefined;
  if (said !== undefined && /^\d{1,20}$/.test(said)) fetched.modseq = said;
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
