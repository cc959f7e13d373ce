import { readCda } from "../cda/index.js";
import type { Connector } from "../connector-types.js";
import {
  identityOfRecipient,
  type RecipientIdentity,
  type Resolution,
  type ResolveOptions,
  type Resolver,
  recipientError,
  resolveRecipient,
  type TrustSpaceCheck,
} from "../directory/index.js";
import { MedimailError, type Problem } from "../errors.js";
import type { AddressedSubmission, DocumentSubmission, RecipientInput, SenderProfile } from "../sending/index.js";
import type { Frame } from "./core.js";
import { type OpenDirectories, openDirectories } from "./directories.js";

export interface Recipients {
  /** What the connector shows of it. */
  door: Connector["recipients"];
  /** See {@link addressed}. */
  address(
    submission: DocumentSubmission,
    profile: Pick<SenderProfile, "allowTestIdentities">,
    signal?: AbortSignal,
  ): ReturnType<typeof addressed>;
  close(): Promise<void>;
}

/** The directories of a connector, opened by the first who needs them. */
export function recipientsOf(
  { config, log, clock, runtime, options }: Frame,
  trustSpace: TrustSpaceCheck | undefined,
): Recipients {
  let opened: OpenDirectories | undefined;
  let isClosed = false;
  const directories = () => {
    if (isClosed) throw new MedimailError("closed", "The connector is closed.");
    opened ??= openDirectories(config, { runtime, log, clock });
    return opened.directories;
  };
  const resolver = (): Resolver => ({ directories: directories(), trustSpace });
  const withDefaults = (given: ResolveOptions = {}): ResolveOptions => ({
    ...(options.allowTestIdentities === undefined ? {} : { allowTestIdentities: options.allowTestIdentities }),
    ...given,
  });
  return {
    door: {
      resolve: async (identity, given) => resolveRecipient(identity, resolver(), withDefaults(given)),
      resolveCda: async (cda, given) =>
        Promise.all(
          readCda(cda).header.recipients.map((recipient) => {
            const identity = identityOfRecipient(recipient);
            return identity && resolveRecipient(identity, resolver(), withDefaults(given));
          }),
        ),
      find: async (query, given) => directories().find(query, given),
    },
    address: (submission, { allowTestIdentities }, signal) =>
      addressed(submission, resolver, { allowTestIdentities, ...(signal ? { signal } : {}) }),
    async close() {
      isClosed = true;
      await opened?.close();
    },
  };
}

/** A recipient before and after. */
interface Looked {
  path: string;
  /** Undefined where a document says too little of him. */
  resolution: Resolution | undefined;
}

/**
 * The submission with an address for each recipient (ECO.3.1.4): those given by what is known of them, and those of the documents, are looked for. What is
 * the same is asked once.
 *
 * @throws MedimailError `recipient_ambiguous`, `recipient_not_found`, `directory_unavailable` (a `RecipientError`: every such recipient with its candidates),
 * and those of `resolveRecipient`
 */
export async function addressed(
  submission: DocumentSubmission,
  resolver: () => Resolver,
  options: ResolveOptions,
): Promise<{ submission: AddressedSubmission; problems: Problem[] }> {
  // As a rule it has addresses: then it is as it is to be.
  if (Array.isArray(submission.to) && submission.to.every(isAddress))
    return { submission: submission as AddressedSubmission, problems: [] };
  const { to, ...rest } = submission;
  if (to === undefined) return { submission: rest, problems: [] };
  const given = (to === "cda" ? ["cda"] : to).flatMap((recipient, index) =>
    recipient === "cda" ? ofDocuments(submission) : [{ path: `to[${index}]`, recipient }],
  );
  if (given.length === 0)
    throw new MedimailError("recipient_not_found", "The documents name no recipient.", {
      path: "to",
      hint: "Give the recipients in `to`.",
    });
  const asked = new Map<string, Promise<Resolution>>();
  const looked = await Promise.all(
    given.map(async ({ path, recipient }): Promise<Looked & { input?: string | RecipientInput }> => {
      if (recipient === undefined) return { path, resolution: undefined };
      if (isAddress(recipient)) return { path, resolution: FOUND, input: recipient };
      const key = JSON.stringify(Object.entries(recipient).sort());
      const first = asked.get(key) ?? resolveRecipient(recipient, resolver(), options);
      asked.set(key, first);
      return { path, resolution: await first };
    }),
  );
  const refusal = recipientError(looked);
  if (refusal) throw refusal;
  return {
    submission: {
      ...rest,
      to: looked.map(({ resolution, input }) => {
        if (input !== undefined) return input;
        const { address, name } = resolution as Extract<Resolution, { state: "found" }>;
        return name === undefined ? address : { address, name };
      }),
    },
    problems: looked.flatMap(({ path, resolution, input }) =>
      input === undefined ? (resolution?.problems ?? []).map((problem) => ({ ...problem, path })) : [],
    ),
  };
}

/** Of what needs no looking for. */
const FOUND: Resolution = { state: "found", address: "", why: "address", problems: [] };

type Given = string | RecipientInput | RecipientIdentity;

const isAddress = (recipient: Given): recipient is string | RecipientInput =>
  typeof recipient === "string" ? recipient !== "cda" : "address" in recipient;

function ofDocuments({ documents }: DocumentSubmission): { path: string; recipient: Given | undefined }[] {
  return documents.flatMap(({ cda }, document) =>
    readCda(cda).header.recipients.map((recipient, index) => ({
      path: `documents[${document}].recipients[${index}]`,
      recipient: identityOfRecipient(recipient),
    })),
  );
}
