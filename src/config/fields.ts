import { z } from "zod";
import { nearest } from "./nearest.js";

/** Of a file that is no configuration, or made to fill a log, the first keys are enough. */
const MAX_KEYS = 10;

/** An object that refuses a key it does not know, and says which one was probably meant. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === "unrecognized_keys") return unknownKeys((issue as { keys: string[] }).keys, known);
      if (issue.input === undefined) return "is required";
      if (issue.code === "invalid_type") return "must be an object";
      return undefined;
    },
  });
}

function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const more = keys.length > MAX_KEYS ? [`and ${keys.length - MAX_KEYS} more`] : [];
  const told = keys.slice(0, MAX_KEYS).map((key) => {
    const meant = nearest(key, known);
    const name = JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key);
    return `unknown key ${name}${meant ? `, did you mean ${JSON.stringify(meant)}?` : `; known keys: ${known.join(", ")}`}`;
  });
  return [...told, ...more].join("; ");
}

/**
 * One line of text that may end in a header or a command (ECO.2.2.7 label, software name…): controls are refused here, at the
 * border, so that no later room has to look again.
 */
export function line(max = 200) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? "is required" : "must be a text") })
    .refine((text) => text.trim() !== "", "must not be empty")
    .refine((text) => text.length <= max, `must have at most ${max} characters`)
    .refine((text) => !/[\u0000-\u001f\u007f\u2028\u2029]/.test(text), "must be one line, without control characters");
}

export const path = () => line(4096);

export const port = () =>
  z
    .number({ error: (issue) => (issue.input === undefined ? "is required" : "must be a number") })
    .int("must be a whole number")
    .min(1, "must be from 1 to 65535")
    .max(65535, "must be from 1 to 65535");

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*\.?$/i;
const IPV6 = /^(?=.*:.*:)[0-9a-f:.]{2,45}$/i;

/** A host name or an address, without scheme, port or brackets. */
export const host = () =>
  line(253).refine((text) => HOST_NAME.test(text) || IPV6.test(text), "must be a host name or an IP address");

/** The end of host names, with or without its first dot: `.mssante.fr`. */
export const hostSuffix = () =>
  line(253).refine(
    (text) => HOST_NAME.test(text.replace(/^\*?\./, "")),
    'must be the end of host names, such as ".mssante.fr"',
  );

const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;

/** The syntax of a mail address; what MSSanté adds to it (type, domain, patient) is the business of `identity`. */
export const mailAddress = () =>
  line(254).refine((text) => {
    const at = text.lastIndexOf("@");
    return (
      at > 0 &&
      at <= 64 &&
      LOCAL_PART.test(text.slice(0, at)) &&
      HOST_NAME.test(text.slice(at + 1)) &&
      text.slice(at + 1).includes(".")
    );
  }, "must be a mail address such as labo@chu-exemple.mssante.fr");

const OID = /^[0-2](\.(0|[1-9]\d*)){1,}$/;
export const oid = () => line(128).refine((text) => OID.test(text), "must be an OID such as 1.2.250.1.213.4");

/** True for an address of this machine, where a token in a file leaves no further than the process that reads it. */
export function isLoopback(name: string): boolean {
  const plain = name.toLowerCase().replace(/\.$/, "");
  return plain === "localhost" || plain.endsWith(".localhost") || plain === "::1" || /^127(\.\d{1,3}){3}$/.test(plain);
}
