import { MedimailError } from "../../errors.js";
import { folded } from "./fold.js";
import type { Account, AccountStatus } from "./types.js";
import { ACCOUNT_STATUSES } from "./types.js";

/**
 * What happens to an account (guide, part 3).
 *
 * - `loaded`: by the administrator or the load file; the link leaves at once, or later.
 * - `link-sent`: a link that was kept back, or sent again.
 * - `finalised`: the user has set the password, confirmed the data and accepted the terms (CGU).
 * - `enrolled`: the user made the account, and the conditions of automatic enrolment hold.
 * - `validated`: the administrator accepts an automatic enrolment.
 * - `refused`: the administrator does not; there is no account then.
 */
export type AccountEvent =
  | { event: "loaded"; link: "now" | "later" }
  | { event: "link-sent" }
  | { event: "finalised" }
  | { event: "enrolled" }
  | { event: "validated" }
  | { event: "refused" };

/** Where an account stands. `undefined` as a status: there is none. */
export interface AccountLife {
  status: AccountStatus | undefined;
  /** A link is on its way, and may be used. */
  linkSent: boolean;
}

export const NO_ACCOUNT: AccountLife = { status: undefined, linkSent: false };

const MOVES: Readonly<
  Record<AccountEvent["event"], (life: AccountLife, event: AccountEvent) => AccountLife | undefined>
> = {
  loaded: ({ status }, event) =>
    status === undefined
      ? { status: "PREINSCRIT", linkSent: event.event === "loaded" && event.link === "now" }
      : undefined,
  "link-sent": ({ status }) => (status === "PREINSCRIT" ? { status, linkSent: true } : undefined),
  // Only with the link can a user finalise.
  finalised: ({ status, linkSent }) =>
    status === "PREINSCRIT" && linkSent ? { status: "VALIDE", linkSent: false } : undefined,
  enrolled: ({ status }) => (status === undefined ? { status: "A VALIDER", linkSent: false } : undefined),
  validated: ({ status }) => (status === "A VALIDER" ? { status: "VALIDE", linkSent: false } : undefined),
  refused: ({ status }) => (status === "A VALIDER" ? NO_ACCOUNT : undefined),
};

/** What may happen to an account that stands there. */
export function possibleEvents(life: AccountLife): AccountEvent["event"][] {
  return (Object.keys(MOVES) as AccountEvent["event"][]).filter(
    (event) =>
      MOVES[event](life, event === "loaded" ? { event, link: "now" } : ({ event } as AccountEvent)) !== undefined,
  );
}

/**
 * The account after an event.
 *
 * @throws MedimailError `invalid_argument` where that cannot happen there; the hint says what can
 */
export function afterEvent(life: AccountLife, event: AccountEvent): AccountLife {
  const next = MOVES[event.event]?.(life, event);
  if (next) return next;
  throw new MedimailError(
    "invalid_argument",
    `"${event.event}" cannot happen to an account that is ${life.status ?? "not there"}`,
    {
      path: "event",
      hint: `What can: ${possibleEvents(life).join(", ") || "nothing"}.`,
    },
  );
}

/** The status that a file says, as one of ours. */
export function statusOf({ status }: Account): AccountStatus | undefined {
  return status === undefined ? undefined : ACCOUNT_STATUSES.find((each) => folded(each) === folded(status));
}

/** What automatic enrolment asks; a condition that is absent is not asked. */
export interface EnrolmentConditions {
  /** Domains of the ordinary mail address. */
  mailDomains?: readonly string[];
  /** Postcodes, or their first digits, of the place of practice. */
  postalCodes?: readonly string[];
  /** Kinds of practice, as the structure calls them (`salarié`, `libéral`). */
  practices?: readonly string[];
}

/** Who asks for an account, and whether it is attached to the structure: which conditions do not hold. None: it is `A VALIDER`. */
export function unmetConditions(
  candidate: { email: string; postalCode?: string; practice?: string },
  { mailDomains, postalCodes, practices }: EnrolmentConditions,
): ("mail-domain" | "address" | "practice")[] {
  const unmet: ("mail-domain" | "address" | "practice")[] = [];
  const domain = candidate.email.slice(candidate.email.lastIndexOf("@") + 1).toLowerCase();
  if (mailDomains && !mailDomains.some((each) => each.toLowerCase() === domain)) unmet.push("mail-domain");
  if (postalCodes && !postalCodes.some((each) => each !== "" && candidate.postalCode?.startsWith(each)))
    unmet.push("address");
  if (practices && !practices.some((each) => folded(each) === folded(candidate.practice ?? ""))) unmet.push("practice");
  return unmet;
}
