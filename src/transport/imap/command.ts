import type { ImapFlow } from "imapflow";
import { encodeFolderName } from "./mutf7.js";
import { type Answer, type Argument, atom, exec, type Token, tokenText } from "./raw.js";

/** What the server said to a command: the last line of its answer. */
export interface ImapAnswer {
  status: "OK" | "NO" | "BAD";
  /** Response code: `TRYCREATE`, `COPYUID`. */
  code?: string;
  text: string;
  /** Of COPYUID (RFC 4315), on this line or, as for MOVE, on one before. */
  copied?: CopyUid;
}

export interface CopyUid {
  uidValidity: string;
  /** UID here to UID there. */
  uids: ReadonlyMap<number, number>;
}

interface Refusal {
  responseStatus?: unknown;
  responseText?: unknown;
  response?: Answer;
}

/**
 * One command of RFC 3501 and the server's answer, a refusal included.
 *
 * @throws where there was none: the session was lost.
 */
export async function command(client: ImapFlow, name: string, args: readonly Argument[]): Promise<ImapAnswer> {
  let copied: CopyUid | undefined;
  try {
    const { response, next } = await exec(client, name, args, {
      untagged: {
        OK: async (line) => {
          copied = copyUid(line) ?? copied;
        },
      },
    });
    copied = copyUid(response) ?? copied;
    const answer = { status: "OK" as const, text: textOf(response), ...codeOf(response) };
    next();
    return { ...answer, ...(copied ? { copied } : {}) };
  } catch (error) {
    const { responseStatus, responseText, response } = error as Refusal;
    if (responseStatus !== "NO" && responseStatus !== "BAD") throw error;
    return {
      status: responseStatus,
      text: typeof responseText === "string" ? responseText : "",
      ...codeOf(response ?? {}),
      ...(copied ? { copied } : {}),
    };
  }
}

/** A folder as an argument. */
export const folderArgument = (path: string): Argument => atom(encodeFolderName(path));

/** The answer as a trace keeps it. */
export function answerText({ status, code, text }: ImapAnswer): string {
  return [status, ...(code === undefined ? [] : [`[${code}]`]), text].join(" ").trim();
}

/** The response code of a refusal that a call of imapflow threw. */
export function refusalCode(error: unknown): string | undefined {
  const { response } = (error ?? {}) as Refusal;
  return typeof response === "object" ? codeOf(response).code : undefined;
}

function codeOf(line: Answer): { code?: string } {
  const value = tokenText(sectionOf(line)[0]);
  return typeof value === "string" && /^[\w-]{1,40}$/.test(value) ? { code: value.toUpperCase() } : {};
}

/** Of `[COPYUID 1 2 3]` the words. */
function sectionOf(line: Answer): Token[] {
  const first = line.attributes?.[0];
  return (first && !Array.isArray(first) && first.section) || [];
}

function textOf(line: Answer): string {
  const parts = (line.attributes ?? []).map((token) => tokenText(token) ?? "");
  return parts.join(" ").trim().slice(0, 500);
}

/** Sets of numbers that a server names for nothing: an answer that long is not about one command of ours. */
const MAX_NUMBERS = 10_000;

function copyUid(line: Answer): CopyUid | undefined {
  const [code, validity, from, to] = sectionOf(line).map((token) => tokenText(token) ?? "");
  if (code?.toUpperCase() !== "COPYUID" || validity === undefined || !/^\d{1,10}$/.test(validity)) return undefined;
  const here = numbersOf(from);
  const there = numbersOf(to);
  // Paired by position: of two sets of other lengths nothing is known.
  if (!here || !there || here.length !== there.length) return undefined;
  return { uidValidity: validity, uids: new Map(here.map((uid, index) => [uid, there[index] as number])) };
}

function numbersOf(set: string | undefined): number[] | undefined {
  const numbers: number[] = [];
  for (const range of (set ?? "").split(",")) {
    const [, first, last] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(range) ?? [];
    if (first === undefined) return undefined;
    const from = Number(first);
    const to = Number(last ?? first);
    if (Math.abs(to - from) + numbers.length >= MAX_NUMBERS) return undefined;
    // `5:3` names the same mails as `3:5`, in the same order (RFC 4315 §3).
    for (let uid = Math.min(from, to); uid <= Math.max(from, to); uid += 1) numbers.push(uid);
  }
  return numbers;
}
