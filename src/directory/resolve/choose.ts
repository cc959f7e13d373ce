import type { DirectoryMailboxType } from "../../seams/index.js";
import { fits } from "../fits.js";
import type { MergedEntry } from "../merged.js";
import { fold } from "../words.js";
import type { Candidate, KnownIdentity, ResolveReason } from "./types.js";

/** What was asked of a person or a structure. */
export type Wanted = Omit<KnownIdentity, "type" | "name">;

export type Choice =
  | { chosen: MergedEntry; why: ResolveReason }
  | { between: "persons" | "mailboxes"; candidates: Candidate[] }
  | { none: true };

export const PERSON_TYPES: readonly DirectoryMailboxType[] = ["PER", "CAB"];
export const STRUCTURE_TYPES: readonly DirectoryMailboxType[] = ["ORG", "MED", "INT", "APP"];

/**
 * One mailbox, where what was asked and what the directory says leave no doubt; never a guess between two people. Of one person's mailboxes: the one in the
 * place asked, of the type that is preferred, with the rank that the directory prefers.
 */
export function choose(
  entries: readonly MergedEntry[],
  wanted: Wanted,
  types: readonly DirectoryMailboxType[],
): Choice {
  const isPerson = named(wanted);
  let left = entries.filter(({ type }) => types.includes(type));
  if (wanted.service !== undefined) {
    const { service } = wanted;
    left = left.filter((entry) => says(entry, service));
  }
  if (left.length === 0) return { none: true };
  const between = isPerson ? "persons" : "mailboxes";
  const sure = left.filter((entry) => isAsked(entry, wanted));
  // A directory also finds what only resembles: somebody has to look at it.
  if (sure.length === 0) return { between, candidates: candidates(left, wanted) };
  left = sure;
  if (left.length === 1) return { chosen: left[0] as MergedEntry, why: "only" };
  if (isPerson && people(left) > 1) return { between: "persons", candidates: candidates(left, wanted) };

  // Each rule may leave several for the next; none of them leaves nothing.
  const { finess, siret, structure, city } = wanted;
  const place = Object.fromEntries(
    Object.entries({ finess, siret, structure, city }).filter(([, value]) => value !== undefined),
  );
  const rules: [ResolveReason, (entry: MergedEntry) => boolean][] = [
    ["structure", (entry) => Object.keys(place).length > 0 && fits(entry, place)],
    ...types.map((type): [ResolveReason, (entry: MergedEntry) => boolean] => ["type", (entry) => entry.type === type]),
    ["rank", (entry) => entry.rank === Math.min(...left.map(({ rank }) => rank ?? Number.POSITIVE_INFINITY))],
  ];
  for (const [why, rule] of rules) {
    const kept = left.filter(rule);
    if (kept.length === 1) return { chosen: kept[0] as MergedEntry, why };
    if (kept.length > 1) left = kept;
  }
  return { between: "mailboxes", candidates: candidates(left, wanted) };
}

/** Whether a person was asked for, by a number or a name. */
export const named = ({ rpps, family, given }: Wanted): boolean =>
  [rpps, family, given].some((value) => value !== undefined);

/**
 * Whether an entry is as asked, and does not only resemble it: the names whole, the numbers the same. Where somebody works beside, a source that knows all of
 * his places has compared already; of an imported one it is compared here.
 */
function isAsked(entry: MergedEntry, wanted: Wanted): boolean {
  const { rpps, family, given, finess, siret, structure } = wanted;
  const same = (asked: string | undefined, said: string | undefined): boolean =>
    asked === undefined || compared(said) === compared(asked);
  if (rpps !== undefined) return entry.rpps === rpps;
  if (family !== undefined || given !== undefined) {
    const compared = entry.sources.some(({ source }) => source === "fhir" || source === "ldap");
    const { service: _service, ...rest } = wanted;
    return same(family, entry.family) && same(given, entry.given) && (compared || fits(entry, rest));
  }
  if (finess !== undefined || siret !== undefined)
    return same(finess, entry.structure?.finess) && same(siret, entry.structure?.siret);
  return same(structure, entry.structure?.name);
}

/** Letters that `fold` does not know are compared as they are: two names of them are not the same name. */
const compared = (text = ""): string => fold(text) || text.trim();

/** How many people the mailboxes belong to; two without a number that are called the same in two places are two. */
function people(entries: readonly MergedEntry[]): number {
  return new Set(
    entries.map(
      ({ rpps, idNat, name, structure, city }) =>
        rpps ?? idNat ?? [name, structure?.finess ?? structure?.name, city].map(compared).join("|"),
    ),
  ).size;
}

function says({ structure, name }: MergedEntry, service: string): boolean {
  const shown = ` ${fold(`${structure?.service ?? ""} ${name}`)}`;
  return fold(service)
    .split(" ")
    .every((word) => shown.includes(` ${word}`));
}

function candidates(entries: readonly MergedEntry[], wanted: Wanted): Candidate[] {
  const { rpps, family, given, finess, siret, structure, city, profession, service } = wanted;
  return entries.map((entry) => {
    const reasons: Candidate["reasons"] = [];
    if (rpps !== undefined && entry.rpps === rpps) reasons.push("rpps");
    if (
      family !== undefined &&
      compared(entry.family) === compared(family) &&
      (given === undefined || compared(entry.given) === compared(given))
    )
      reasons.push("name");
    for (const place of [{ finess }, { siret }, { structure }])
      if (Object.values(place)[0] !== undefined && fits(entry, place as Wanted)) reasons.push("structure");
    if (city !== undefined && fits(entry, { city })) reasons.push("city");
    if (service !== undefined) reasons.push("service");
    if (profession !== undefined && fits(entry, { profession })) reasons.push("profession");
    if (entry.rank === 1) reasons.push("rank");
    return { entry, reasons };
  });
}
