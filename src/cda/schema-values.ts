import { z } from "zod";
import { isXmlText } from "../xml/index.js";
import { ADDRESS_PARTS, ADDRESS_USES, NAME_QUALIFIERS, NULL_FLAVORS, TELECOM_USES, TIME, UID } from "./vocabulary.js";

/** Messages say the rule, never the value: a header is a patient's. */
const NO_CONTROLS = "has a character that may not stand in a document";

const writable = (value: string): boolean => !/\p{Cc}/u.test(value) && isXmlText(value);

/** A value written as an attribute: kept verbatim. */
export const verbatim = z.string().min(1, "is empty").refine(writable, NO_CONTROLS);

/** A value written as text: a reader takes nothing but spaces for nothing. */
export const text = verbatim.refine((value) => !/^ *$/.test(value), "is blank");

/** A code or a mailbox: no white space. */
export const token = verbatim.regex(/^\S+$/, "has white space");

export const time = verbatim.regex(TIME, "is not a time of HL7 (AAAAMMJJHHMMSS+ZZZZ)");

export const uid = verbatim.regex(UID, "is not an OID or a UUID");

export const id = verbatim.refine((value) => {
  const caret = value.indexOf("^");
  return UID.test(caret < 0 ? value : value.slice(0, caret)) && caret !== value.length - 1;
}, "is not `root` or `root^extension`, root an OID or a UUID");

const setOf = (known: ReadonlySet<string>) =>
  verbatim.refine((value) => value.split(" ").every((word) => known.has(word)), "is not a value that CDA knows");

const nullFlavor = verbatim.refine((value) => NULL_FLAVORS.has(value), "is not a null flavour of HL7");

export const code = z.strictObject({ code: token, codeSystem: uid.optional(), displayName: verbatim.optional() });

export const ids = z.array(id).min(1, "is empty");

/** `otherIds` are those beside `id`. */
export const hasFirstId = (value: { id?: unknown; otherIds?: unknown }): boolean =>
  value.id !== undefined || value.otherIds === undefined;
export const OTHERS_ALONE = "has other ids and none";

export const addressPart = z.strictObject({
  name: z.string().refine((name) => name === "text" || ADDRESS_PARTS.has(name), "is not a part of an address in CDA"),
  value: text,
});

export const translation = code.extend({
  qualifiers: z
    .array(z.strictObject({ name: code, value: code.optional() }))
    .min(1, "is empty")
    .optional(),
});

export const address = z
  .strictObject({
    use: setOf(ADDRESS_USES).optional(),
    nullFlavor: nullFlavor.optional(),
    parts: z.array(addressPart).default([]),
  })
  .refine((value) => value.parts.length > 0 || value.nullFlavor !== undefined, "has neither parts nor a null flavour");

export const telecom = z
  .strictObject({ value: verbatim.optional(), use: setOf(TELECOM_USES).optional(), nullFlavor: nullFlavor.optional() })
  .refine(
    (value) => value.value !== undefined || value.nullFlavor !== undefined,
    "has neither a value nor a null flavour",
  );

export const notEmpty = (value: object): boolean => Object.keys(value).length > 0;

export const person = z
  .strictObject({ family: text.optional(), given: text.optional(), prefix: text.optional(), suffix: text.optional() })
  .refine(notEmpty, "is empty");

export const patientName = z.strictObject({ qualifier: setOf(NAME_QUALIFIERS).optional(), value: text });

export const contacts = { telecom: z.array(telecom).optional(), address: z.array(address).optional() };

export const organization = z
  .strictObject({
    id: id.optional(),
    otherIds: ids.optional(),
    name: text.optional(),
    ...contacts,
    practiceSetting: code.optional(),
  })
  .refine(notEmpty, "is empty")
  .refine(hasFirstId, OTHERS_ALONE);
