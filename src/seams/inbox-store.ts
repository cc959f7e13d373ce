/** A mailbox of a customer of the process. */
export interface InboxScope {
  tenant: string;
  mailbox: string;
}

export type InboxAction = "create" | "replace" | "delete";

/**
 * `seen`: a person or a program looked at it. `waiting`: to be handed to the software, or handed and not answered yet. `integrated`:
 * the software has it. `aside`: the software failed too often; a person decides.
 */
export type InboxState = "seen" | "waiting" | "integrated" | "aside";

/** One document that came in one mail. Ids are those of the document (`root^extension`). */
export interface InboxSighting {
  uniqueId: string;
  setId?: string;
  versionNumber?: number;
  action: InboxAction;
  /** Of its bytes, hex: an id that comes with other content is no duplicate. */
  sha256?: string;
  /** Domain of the mail's From, lower case. */
  sender?: string;
  /** Number of the organisation that the document's author belongs to (FINESS, SIRET). */
  organisation?: string;
  /** What the mail is known by: its Message-ID, else one made of its header. */
  mailId: string;
  /** When the mail came, ms since 1970. */
  receivedAt: number;
  seenAt: number;
}

export interface InboxRecord extends InboxSighting {
  id: number;
  state: InboxState;
  integratedAt?: number;
  /** Where the mail was when it was queued for the software. */
  place?: InboxPlace;
  attempts: number;
  /** It waits, or its mail is not finished. */
  pending: boolean;
  /** Of the last failure: a code, never the software's text. */
  error?: string;
}

export interface InboxPlace {
  folder: string;
  uid: number;
  uidValidity: string;
}

/** The durable memory of what documents came, in which versions, and what became of them (SC.CDA/INT.18, LGC.MDV.06). */
export interface InboxStore {
  /** Every sighting of one of these documents, or of one of these series (setId). */
  related(scope: InboxScope, ids: { uniqueIds: readonly string[]; setIds: readonly string[] }): Promise<InboxRecord[]>;
  /** Notes sightings; one that is known by document, action and mail stays as it is. */
  remember(scope: InboxScope, sightings: readonly InboxSighting[]): Promise<void>;
  /**
   * Notes sightings that the software is to be given. A (document, action) is handed over once: where the same bytes wait or were set
   * aside already, by whatever mail, it is only noted; where they are integrated, its mail is to be finished as the first was. Other
   * bytes under the id of what waits or is integrated are set aside (`idempotency_conflict`); under that of what was set aside (a
   * damaged one is sent again) they are handed over.
   */
  enqueue(scope: InboxScope, sightings: readonly InboxSighting[], place: InboxPlace, dueAt: number): Promise<void>;
  /** Notes, for a person's own integration, that the software has it. False where it was never seen. */
  markIntegrated(scope: InboxScope, document: { uniqueId: string; action: InboxAction }, at: number): Promise<boolean>;
  /** Everything noted of one mail. */
  ofMail(scope: InboxScope, mailId: string): Promise<InboxRecord[]>;
  /**
   * Takes what is due for this owner, oldest mail first; what a dead owner held is taken over. Beside what waits, what is integrated and
   * whose mail is not finished (filed, answered) yet. The documents of one mail are one owner's at a time.
   */
  claim(query: InboxClaim): Promise<InboxRecord[]>;
  settle(id: number, outcome: InboxOutcome): Promise<void>;
  /** Newest first. */
  list(scope: InboxScope, query: { state?: InboxState; limit?: number }): Promise<InboxRecord[]>;
  /** Counts of documents by the day their mail came, see {@link ReceivedCount}. A document in two mails counts twice. */
  activity(scope: InboxScope, query: { since: number; until: number; stepMs: number }): Promise<ReceivedCount[]>;
  /** Hands what was set aside to the software again. False where none of this id is aside. */
  retry(scope: InboxScope, id: number, dueAt: number): Promise<boolean>;
}

/** Documents that came in within a step of time: no id, no sender. */
export interface ReceivedCount {
  step: number;
  action: InboxAction;
  state: InboxState;
  count: number;
}

export interface InboxClaim extends InboxScope {
  owner: string;
  /** Whether an owner that holds something cannot act any more. */
  isDead: (owner: string) => boolean;
  now: number;
  /** What is due later than anybody puts a document off is due: the clock was set back since. */
  beyond?: number;
  limit: number;
}

export type InboxOutcome =
  /** The software has it; its mail is to be finished. */
  | { state: "integrated"; at: number }
  /** The mail of what is integrated is finished, or will be with its last document. */
  | { state: "finished" }
  /** Tried again later, where it waits as where its mail is not finished. */
  | { state: "later"; dueAt: number; error: string }
  /** Given back untried: the program stops. */
  | { state: "released" }
  | { state: "aside"; error: string };
