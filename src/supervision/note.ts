import { ERROR_CODES, type ErrorCode } from "../error-codes.js";
import type { LineState, ServiceNote } from "./types.js";

/** Longer than any that is written here. */
const MAX_LENGTH = 1_000;

export const writeNote = (note: ServiceNote): string => JSON.stringify(note);

/** What a process noted, of this version of the package or another; undefined where it is none. */
export function readNote(text: string | undefined): ServiceNote | undefined {
  if (text === undefined || text.length > MAX_LENGTH) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isTime(value.at)) return undefined;
  const { at, paused, operator, receipts } = value;
  return { at, paused: paused === true, operator: lineOf(operator), receipts: lineOf(receipts) };
}

function lineOf(value: unknown): LineState {
  if (!isObject(value)) return {};
  const { okAt, failing } = value;
  return {
    ...(isTime(okAt) ? { okAt } : {}),
    ...(isObject(failing) && isTime(failing.since)
      ? { failing: { since: failing.since, code: codeOf(failing.code), final: failing.final === true } }
      : {}),
  };
}

const codeOf = (value: unknown): ErrorCode =>
  typeof value === "string" && Object.hasOwn(ERROR_CODES, value) ? (value as ErrorCode) : "internal";

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** What `Date` can hold. */
const isTime = (value: unknown): value is number => typeof value === "number" && Math.abs(value) <= 8.64e15;
