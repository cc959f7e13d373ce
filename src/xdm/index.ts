/**
 * The archive IHE_XDM.ZIP, out and in: METADATA.XML derived from CDA headers (xdm.md §3), strict in what is written, tolerant
 * in what is read, with limits against hostile archives. Pure: bytes in, bytes out; files are the command's business.
 */
export { type ExtractTarget, extractTargets } from "./extract.js";
export { type InspectedAuthor, inspectXdm, type XdmInspection } from "./inspect.js";
export { DEFAULT_XDM_LIMITS } from "./limits.js";
export { openXdm } from "./open.js";
export { packXdm } from "./pack.js";
export type {
  DocumentEntry,
  Integrity,
  IntendedRecipient,
  OpenedDocument,
  OpenedXdm,
  PackedXdm,
  PackInput,
  SubmissionSet,
  XdmAction,
  XdmAuthor,
  XdmDocumentInput,
  XdmLimits,
} from "./types.js";
export { unpackZip } from "./unpack.js";
