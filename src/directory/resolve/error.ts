import { type ErrorCode, MedimailError } from "../../errors.js";
import type { Resolution } from "./types.js";

/** A recipient of a submission that is not one address. Names nobody but mailboxes of professionals: no health data. */
export interface UnresolvedRecipient {
  /** `to[1]`, `documents[0].recipients[2]`. */
  path: string;
  state: "ambiguous" | "not-found" | "unavailable";
  candidates: { address: string; type: string; structure?: string; city?: string; reasons: readonly string[] }[];
}

/** `recipient_ambiguous`, `recipient_not_found` or `directory_unavailable`: a {@link MedimailError} that has the candidates. */
export class RecipientError extends MedimailError {
  readonly recipients: readonly UnresolvedRecipient[];

  constructor(code: ErrorCode, message: string, hint: string, recipients: readonly UnresolvedRecipient[]) {
    super(code, message, { hint, path: recipients[0]?.path ?? "to" });
    this.recipients = recipients;
  }
}

const SHOWN = 10;

/** The refusal of recipients that are not found, or not one; undefined where all are. */
export function recipientError(
  resolved: readonly { path: string; resolution: Resolution | undefined }[],
): RecipientError | undefined {
  const left = resolved.filter(({ resolution }) => resolution?.state !== "found");
  const [first] = left;
  if (!first) return undefined;
  const lines = left.map(({ path, resolution }) => `${path}: ${said(resolution)}`);
  const recipients = left.map(
    ({ path, resolution }): UnresolvedRecipient => ({
      path,
      state: resolution === undefined || resolution.state === "found" ? "not-found" : resolution.state,
      candidates: candidatesOf(resolution),
    }),
  );
  const state = recipients.find(({ state }) => state !== "unavailable")?.state ?? "unavailable";
  const message = lines.join("\n");
  if (state === "unavailable")
    return new RecipientError("directory_unavailable", message, "Submit again later, or give the address.", recipients);
  if (state === "ambiguous")
    return new RecipientError(
      "recipient_ambiguous",
      message,
      "Give the address, or say more: structure, town, service, type.",
      recipients,
    );
  return new RecipientError("recipient_not_found", message, "Give the address, or send it another way.", recipients);
}

function said(resolution: Resolution | undefined): string {
  if (resolution === undefined) return "the document says too little of this recipient to look for a mailbox.";
  if (resolution.state === "ambiguous") {
    const addresses = resolution.candidates.slice(0, SHOWN).map(({ entry }) => entry.address);
    const more = resolution.candidates.length > SHOWN ? ", …" : "";
    const what =
      resolution.between === "persons" ? "mailboxes of several people, or of other names, fit" : "mailboxes fit";
    return `${resolution.candidates.length} ${what}: ${addresses.join(", ")}${more}`;
  }
  if (resolution.state === "unavailable")
    return `nothing was found, and not every directory answered (${resolution.failures.map(({ source }) => source).join(", ")}).`;
  if (resolution.state === "not-found" && resolution.reason === "outside_trust_space")
    return "the mailbox is outside the trust space.";
  if (resolution.state === "not-found" && resolution.reason === "not_qualified")
    return "the patient's identity is not qualified.";
  return "no mailbox fits.";
}

function candidatesOf(resolution: Resolution | undefined): UnresolvedRecipient["candidates"] {
  if (resolution?.state !== "ambiguous") return [];
  return resolution.candidates.map(({ entry, reasons }) => ({
    address: entry.address,
    type: entry.type,
    ...(entry.structure?.name === undefined ? {} : { structure: entry.structure.name }),
    ...(entry.city === undefined ? {} : { city: entry.city }),
    reasons,
  }));
}
