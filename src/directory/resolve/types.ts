import type { Problem } from "../../errors.js";
import type { DirectoryMailboxType } from "../../seams/index.js";
import type { MergedEntry, SourceFailure } from "../merged.js";

/**
 * Whom business software wants to write to, by what it knows. All that is given must fit; `structure`, `finess` and `city` also choose among the
 * mailboxes of one person.
 */
export type RecipientIdentity = AddressIdentity | PatientIdentity | KnownIdentity;

/** A person or a structure, by what is known of it. */
export interface KnownIdentity {
  /** 11 digits; a national identifier that begins with 8 is taken too. */
  rpps?: string;
  family?: string;
  given?: string;
  /** Of a structure: its own mailboxes (ORG, APP) where no person is named. */
  finess?: string;
  siret?: string;
  structure?: string;
  /** The service within a structure: a part of its name or of the mailbox's description. */
  service?: string;
  profession?: string;
  specialty?: string;
  /** Town or postcode. */
  city?: string;
  /** Only mailboxes of this type. */
  type?: DirectoryMailboxType;
  /** As shown in the To field. Default: as the directory says. */
  name?: string;
}

export interface AddressIdentity {
  address: string;
  name?: string;
}

/** The mailbox of a patient is made of his INS, where his identity is qualified (ECO.2.2.6, INS/va1.53); no directory is asked. */
export interface PatientIdentity {
  ins: { value: string; oid: string };
  identityStatus: "qualifiee" | "validee" | "recuperee" | "provisoire";
}

/** What speaks for a mailbox. */
export type ResolveReason =
  /** The address was given. */
  | "address"
  /** Made of a qualified INS. */
  | "ins"
  /** The only mailbox that fits. */
  | "only"
  /** The only one in the structure or the town asked. */
  | "structure"
  /** The only one of the type that is preferred. */
  | "type"
  /** The directory says that it is preferred (rank 1). */
  | "rank"
  /** The caller's own rule chose it. */
  | "rule";

export interface Candidate {
  entry: MergedEntry;
  /** In what it is as asked, or stands out: shown to who has to choose. */
  reasons: ("rpps" | "name" | "structure" | "city" | "service" | "profession" | "rank" | "type")[];
}

export type Resolution =
  | {
      state: "found";
      address: string;
      name?: string;
      why: ResolveReason;
      /** Where a directory was asked. */
      entry?: MergedEntry;
      /** A white list that could not say, a source that did not answer. */
      problems: Problem[];
    }
  | {
      state: "ambiguous";
      /** `persons`: several people fit. `mailboxes`: several mailboxes of one. */
      between: "persons" | "mailboxes";
      candidates: Candidate[];
      problems: Problem[];
    }
  | {
      state: "not-found";
      /**
       * `nobody`: no directory has a mailbox that fits. `outside_trust_space`: those that fit are not in the white list. `not_qualified`: the patient's
       * identity is not.
       */
      reason: "nobody" | "outside_trust_space" | "not_qualified";
      problems: Problem[];
    }
  | {
      /** Nothing was found, and a source did not answer: nobody can say that there is nothing. */
      state: "unavailable";
      failures: SourceFailure[];
      problems: Problem[];
    };

export interface ResolveOptions {
  /** Types, the preferred first. Default: PER, CAB for a person; ORG, MED, INT, APP for a structure. Others are not chosen among. */
  types?: readonly DirectoryMailboxType[];
  /** The caller's own rule, asked where several are left: the address of one of them, or nothing. */
  choose?: (candidates: readonly Candidate[]) => string | undefined | Promise<string | undefined>;
  /** Test identities of the INS. Default false. */
  allowTestIdentities?: boolean;
  signal?: AbortSignal;
}
