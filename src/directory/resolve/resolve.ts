import { defined } from "../../defined.js";
import { isMedimailError, MedimailError, type Problem } from "../../errors.js";
import {
  isPatientDomain,
  parseFiness,
  parseIns,
  parseMssAddress,
  parseRpps,
  parseSiret,
  patientAddress,
} from "../../identity/index.js";
import type { DirectoryQuery } from "../../seams/index.js";
import type { Directories, MergedAnswer, MergedEntry, SourceFailure } from "../merged.js";
import { choose, named, PERSON_TYPES, STRUCTURE_TYPES, type Wanted } from "./choose.js";
import type { RecipientIdentity, Resolution, ResolveOptions } from "./types.js";

/** Says of domains whether they are in the trust space: the white list (src/trust). */
export interface TrustSpaceCheck {
  check(
    domains: readonly string[],
    options?: { signal?: AbortSignal },
  ): Promise<readonly { domain: string; verdict: "inside" | "outside" | "unknown" | string }[]>;
}

export interface Resolver {
  directories: Pick<Directories, "find">;
  /** Default: nothing is checked here. */
  trustSpace?: TrustSpaceCheck | undefined;
}

/** So many mailboxes of one name are enough to see that it says too little. */
const MOST_CANDIDATES = 50;

/**
 * From what business software knows of a recipient to his address (ECO.3.1.4). What is doubtful is given back as such, never guessed. Mailboxes on the red
 * list are not found; an address that is given is taken, red list or not.
 *
 * @throws MedimailError `invalid_argument` for an identity that says nothing or too much, `identity_invalid`, `mss_address_invalid`, `ins_key_invalid`,
 * `ins_test_oid_refused`, `aborted`
 */
export async function resolveRecipient(
  identity: RecipientIdentity,
  resolver: Resolver,
  options: ResolveOptions = {},
): Promise<Resolution> {
  if ("address" in identity) return known(identity.address, identity.name, resolver, options);
  if ("ins" in identity) {
    const ins = parseIns(identity.ins.value, identity.ins.oid, {
      allowTest: options.allowTestIdentities ?? false,
      path: "ins",
    });
    // INS/va1.53: an identity that is not qualified has no address, whatever its number.
    if (identity.identityStatus !== "qualifiee") return { state: "not-found", reason: "not_qualified", problems: [] };
    return { state: "found", address: patientAddress(ins), why: "ins", problems: [] };
  }
  const wanted = wantedOf(identity);
  const isPerson = named(wanted);
  const types =
    identity.type !== undefined ? [identity.type] : (options.types ?? (isPerson ? PERSON_TYPES : STRUCTURE_TYPES));
  const answer = await ask(wanted, identity.type, types, resolver, options);
  const problems: Problem[] = answer.failures.map(({ source, message }) => ({
    severity: "warning",
    code: "directory_unavailable",
    message: `${source}: ${message}`,
  }));
  const trusted = await inTrustSpace(answer.entries, resolver, options, problems);
  const choice = choose(trusted, wanted, types);
  if ("none" in choice) {
    if (answer.failures.length > 0) return { state: "unavailable", failures: answer.failures, problems };
    const outside = trusted.length === 0 && answer.entries.length > 0;
    return { state: "not-found", reason: outside ? "outside_trust_space" : "nobody", problems };
  }
  if ("chosen" in choice) return found(choice.chosen, choice.why, identity.name, problems);
  const own = await options.choose?.(choice.candidates);
  if (own === undefined) return { state: "ambiguous", ...choice, problems };
  const picked = choice.candidates.find(({ entry }) => entry.address.toLowerCase() === own.toLowerCase());
  if (!picked)
    throw new MedimailError("invalid_argument", "`choose` gave an address that is none of the candidates", {
      path: "choose",
    });
  return found(picked.entry, "rule", identity.name, problems);
}

function found(entry: MergedEntry, why: "only" | string, name: string | undefined, problems: Problem[]): Resolution {
  return {
    state: "found",
    address: entry.address,
    ...((name ?? entry.name) ? { name: name ?? entry.name } : {}),
    why: why as Extract<Resolution, { state: "found" }>["why"],
    entry,
    problems,
  };
}

/** An address that the software has: it may be on the red list, or in no directory at all. */
async function known(
  given: string,
  name: string | undefined,
  resolver: Resolver,
  options: ResolveOptions,
): Promise<Resolution> {
  const address = parseMssAddress(given, { path: "address" });
  const problems: Problem[] = [];
  const trusted = isPatientDomain(address) || (await domainsOutside([address], resolver, options, problems)).size === 0;
  if (!trusted) return { state: "not-found", reason: "outside_trust_space", problems };
  return { state: "found", address, ...(name === undefined ? {} : { name }), why: "address", problems };
}

/** The numbers right, and something to look for. */
function wantedOf(identity: Exclude<RecipientIdentity, { address: string } | { ins: object }>): Wanted {
  const { rpps, finess, siret, type: _type, name: _name, ...rest } = identity;
  const wanted = defined({
    ...rest,
    rpps: rpps === undefined ? undefined : parseRpps(rpps.replace(/^8(?=\d{11}$)/, ""), { path: "rpps" }),
    finess: finess === undefined ? undefined : parseFiness(finess, { path: "finess" }),
    siret: siret === undefined ? undefined : parseSiret(siret, { path: "siret" }),
  });
  const asked = [wanted.rpps, wanted.family, wanted.finess, wanted.siret, wanted.structure];
  if (asked.every((value) => value === undefined || value.trim() === ""))
    throw new MedimailError(
      "invalid_argument",
      "a recipient is looked for by RPPS, family name, FINESS, SIRET or structure, or is an address",
      {
        path: "to",
      },
    );
  return wanted;
}

/**
 * A person is looked for by his number or his name; where he works only chooses among his mailboxes, since one of them need not name the place.
 */
async function ask(
  wanted: Wanted,
  type: DirectoryQuery["type"],
  types: readonly string[],
  { directories }: Resolver,
  { signal }: ResolveOptions,
): Promise<MergedAnswer> {
  const { rpps, family, given, profession, specialty, finess, siret, structure, city } = wanted;
  const byNumber = rpps !== undefined;
  const query: DirectoryQuery = defined({
    rpps,
    family: byNumber ? undefined : family,
    given: byNumber ? undefined : given,
    profession: byNumber ? undefined : profession,
    specialty: byNumber ? undefined : specialty,
    finess: byNumber ? undefined : finess,
    siret: byNumber ? undefined : siret,
    structure: byNumber ? undefined : structure,
    city: byNumber ? undefined : city,
    type: type ?? (types.length === 1 ? (types[0] as DirectoryQuery["type"]) : undefined),
  });
  const asked = { limit: MOST_CANDIDATES, ...(signal ? { signal } : {}) };
  if (named(wanted) || query.type !== undefined) return directories.find(query, asked);
  // A large hospital has more people than an answer holds: its own mailboxes are asked for, the preferred type first.
  const failures = new Map<SourceFailure["source"], SourceFailure>();
  for (const one of types as NonNullable<DirectoryQuery["type"]>[]) {
    const answer = await directories.find({ ...query, type: one }, asked);
    for (const failure of answer.failures) failures.set(failure.source, failure);
    if (answer.entries.length > 0) return { ...answer, failures: [...failures.values()] };
  }
  return { entries: [], failures: [...failures.values()], answered: [] };
}

async function inTrustSpace(
  entries: readonly MergedEntry[],
  resolver: Resolver,
  options: ResolveOptions,
  problems: Problem[],
): Promise<MergedEntry[]> {
  const outside = await domainsOutside(
    entries.map(({ address }) => address),
    resolver,
    options,
    problems,
  );
  return entries.filter(({ address }) => !outside.has(domainOf(address)));
}

async function domainsOutside(
  addresses: readonly string[],
  { trustSpace }: Resolver,
  { signal }: ResolveOptions,
  problems: Problem[],
): Promise<Set<string>> {
  const domains = [...new Set(addresses.map(domainOf))];
  if (!trustSpace || domains.length === 0) return new Set();
  try {
    const verdicts = await trustSpace.check(domains, signal ? { signal } : {});
    return new Set(verdicts.filter(({ verdict }) => verdict === "outside").map(({ domain }) => domain));
  } catch (error) {
    if (!isMedimailError(error) || error.code === "aborted") throw error;
    // It is asked again before a mail is stored, and refuses there.
    problems.push({ severity: "warning", code: "trust_space_unchecked", message: error.message });
    return new Set();
  }
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1).toLowerCase();
