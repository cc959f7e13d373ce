import { defined } from "../../defined.js";
import type { Directory, DirectoryEntry, DirectoryQuery, DirectorySearchOptions } from "../../seams/index.js";
import { type Reading, readings, structureWords } from "../asked.js";
import { assertQuery, distance, fits } from "../fits.js";
import { plainNumbers } from "../numbers.js";
import { professionCodes } from "../professions.js";
import { FhirClient, type FhirClientOptions, type FhirPage } from "./client.js";
import { type Found, Graph } from "./entries.js";
import type { OrganizationParameters, PractitionerParameters } from "./parameters.js";

export interface FhirDirectoryOptions extends FhirClientOptions {
  /** Resources a page, 1 to 200. Default 50. */
  pageSize?: number;
}

const ROLES = "PractitionerRole:practitioner";
/** Ids asked for at once. */
const CHUNK = 50;

/**
 * Annuaire Santé FHIR v2 as a directory (ECO.3.1.4, SC.MSS/UX.41, ANN/va1.01): mailboxes of persons, of persons in a structure, of structures. Each search
 * asks the server; what it answers is of that time. Answers are best first among what was read: pages are read until there are enough.
 */
export class FhirDirectory implements Directory {
  readonly source = "fhir";
  readonly client: FhirClient;
  readonly #pageSize: number;

  constructor(options: FhirDirectoryOptions) {
    this.client = new FhirClient(options);
    this.#pageSize = Math.min(200, Math.max(1, Math.trunc(options.pageSize ?? 50)));
  }

  async *search(
    given: DirectoryQuery,
    { limit = 20, signal }: DirectorySearchOptions = {},
  ): AsyncGenerator<DirectoryEntry> {
    const query = plainNumbers(given);
    assertQuery(query);
    const answer = new Answer(this, limit, this.#pageSize, signal);
    const tried = readings(query);
    for (const reading of tried) {
      await answer.take(reading);
      if (answer.size > 0) break;
    }
    const [whole] = tried;
    if (whole && whole.names.length > 0 && !answer.isFull) await answer.structuresNamed(whole);
    yield* answer.entries(query);
  }

  async close(): Promise<void> {}
}

/** One search: what was read, and what of it fits. */
class Answer {
  readonly #client: FhirClient;
  readonly #graph = new Graph();
  readonly #found = new Map<string, DirectoryEntry>();
  readonly #asked = new Set<string>();
  readonly #limit: number;
  readonly #count: number;
  readonly #options: { signal?: AbortSignal };

  constructor({ client }: FhirDirectory, limit: number, count: number, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#limit = limit;
    this.#count = count;
    this.#options = signal ? { signal } : {};
  }

  get size(): number {
    return this.#found.size;
  }

  get isFull(): boolean {
    return this.#found.size >= this.#limit;
  }

  entries(query: DirectoryQuery): DirectoryEntry[] {
    return [...this.#found.values()]
      .map((entry) => ({ entry, far: distance(entry, query) }))
      .sort((a, b) => a.far - b.far)
      .slice(0, this.#limit)
      .map(({ entry }) => entry);
  }

  /** A name or a number of a person leads to him, an address to its owner; else the way is by the structures. */
  async take({ names, query }: Reading): Promise<void> {
    const { address, rpps, family, given, finess, siret, structure, city } = query;
    if (address !== undefined) return this.#byAddress(address, query);
    if (rpps !== undefined || family !== undefined || given !== undefined || names.length > 0)
      return this.#persons(personParameters(query, names), query);
    if (finess !== undefined || siret !== undefined || structure !== undefined || city !== undefined)
      return this.#structures(structureParameters(query), query);
    return this.#persons(personParameters(query, names), query);
  }

  /** Words that are nobody's name may be a structure's. */
  async structuresNamed({ names, query }: Reading): Promise<void> {
    const { rpps, family, given, type } = query;
    if (rpps !== undefined || family !== undefined || given !== undefined || type === "PER" || type === "CAB") return;
    const words = structureWords(names.join(" "));
    if (words.length === 0) return;
    await this.#structures({ ...structureParameters(query), name: { all: words, contains: true } }, query, false);
  }

  /** Wherever it is published. */
  async #byAddress(address: string, query: DirectoryQuery): Promise<void> {
    const asked = { "mailbox-mss": { exact: address } };
    let asOf = "";
    const read = async (pages: AsyncIterable<FhirPage>) => {
      for await (const page of pages) {
        this.#graph.add([...page.matches, ...page.included]);
        asOf = page.asOf;
      }
    };
    await Promise.all([
      read(this.#client.pages("Practitioner", { ...asked, _revinclude: [ROLES] }, this.#options)),
      read(
        this.#client.pages(
          "PractitionerRole",
          { ...asked, _include: [ROLES, "PractitionerRole:organization"] },
          this.#options,
        ),
      ),
      read(this.#client.pages("Organization", asked, this.#options)),
    ]);
    await this.#completeOrganizations(true);
    const all = [
      ...[...this.#graph.practitioners.values()].flatMap((one) => this.#graph.ofPractitioner(one, asOf)),
      ...[...this.#graph.organizations.values()].flatMap((one) => this.#graph.ofOrganization(one, asOf)),
    ];
    // Who has the address may be told that it is on the red list: he knows it.
    this.#keep(all, query, true);
  }

  async #persons(parameters: PractitionerParameters, query: DirectoryQuery): Promise<void> {
    if (query.type === "ORG" || query.type === "APP") return;
    const asked = { ...parameters, active: true, _count: this.#count, _revinclude: [ROLES] };
    for await (const { matches, included, asOf } of this.#client.pages("Practitioner", asked, this.#options)) {
      this.#graph.add([...matches, ...included]);
      await this.#completeOrganizations(askedPlace(query));
      const people = matches.flatMap((one) => (one.resourceType === "Practitioner" ? [one] : []));
      this.#keep(
        people.flatMap((one) => this.#graph.ofPractitioner(one, asOf)),
        query,
      );
      if (this.isFull) return;
    }
  }

  async #structures(parameters: OrganizationParameters, query: DirectoryQuery, withPeople = true): Promise<void> {
    const asked = { ...parameters, active: true, _count: this.#count };
    for await (const { matches, asOf } of this.#client.pages("Organization", asked, this.#options)) {
      this.#graph.add(matches);
      const structures = matches.flatMap((one) => (one.resourceType === "Organization" ? [one] : []));
      this.#keep(
        structures.flatMap((one) => this.#graph.ofOrganization(one, asOf)),
        query,
      );
      const ids = structures.map(({ id }) => id);
      if (withPeople && !this.isFull && query.type !== "ORG" && query.type !== "APP") await this.#peopleOf(ids, query);
      if (this.isFull) return;
    }
  }

  async #peopleOf(organizations: readonly string[], query: DirectoryQuery): Promise<void> {
    for (let at = 0; at < organizations.length; at += CHUNK) {
      const asked = {
        organization: organizations.slice(at, at + CHUNK),
        "mailbox-mss": { contains: "@" },
        active: true,
        _count: this.#count,
        _include: [ROLES],
      };
      for await (const { matches, included, asOf } of this.#client.pages("PractitionerRole", asked, this.#options)) {
        this.#graph.add([...matches, ...included]);
        this.#keep(
          matches.flatMap((one) => (one.resourceType === "PractitionerRole" ? this.#graph.ofRole(one, asOf) : [])),
          query,
        );
        if (this.isFull) return;
      }
    }
  }

  /** @param all also those of roles without a mailbox: where somebody works may be asked */
  async #completeOrganizations(all: boolean): Promise<void> {
    const ids = this.#graph.missingOrganizations(all).filter((id) => !this.#asked.has(id));
    for (const id of ids) this.#asked.add(id);
    for (let at = 0; at < ids.length; at += CHUNK) {
      const asked = { _id: ids.slice(at, at + CHUNK), _count: CHUNK };
      for await (const { matches } of this.#client.pages("Organization", asked, this.#options))
        this.#graph.add(matches);
    }
  }

  /** The first that has an address keeps it: those that name a structure come before. */
  #keep(found: readonly Found[], query: DirectoryQuery, redListed = false): void {
    for (const { entry, places } of found) {
      const key = entry.address.toLowerCase();
      if ((entry.redList && !redListed) || this.#found.has(key) || !fits(entry, query, places)) continue;
      this.#found.set(key, entry);
    }
  }
}

const askedPlace = ({ city, structure, finess, siret }: DirectoryQuery): boolean =>
  [city, structure, finess, siret].some((place) => place !== undefined);

function personParameters(query: DirectoryQuery, names: readonly string[]): PractitionerParameters {
  const codes = [query.profession, query.specialty].flatMap((word) => {
    if (word === undefined) return [];
    if (/^[A-Z]{0,4}\d{1,4}$/i.test(word.trim())) return [[word.trim().toUpperCase()]];
    const known = professionCodes(word);
    return known.length > 0 ? [known] : [];
  });
  const [first] = codes;
  return defined({
    identifier: query.rpps,
    family: query.family,
    given: query.given,
    name: names.length > 0 ? { all: names } : undefined,
    // The others are compared here.
    "qualification-code": query.rpps === undefined ? first : undefined,
  });
}

function structureParameters({ finess, siret, structure, city }: DirectoryQuery): OrganizationParameters {
  const identifier = finess ?? siret;
  const isPostcode = city !== undefined && /^[0-9][0-9AB]?\d{0,3}$/i.test(city.trim());
  return defined({
    identifier,
    // By its number a structure is found; where it is and how it is called are compared here.
    name:
      identifier === undefined && structure !== undefined
        ? { all: structureWords(structure), contains: true }
        : undefined,
    "address-city": identifier === undefined && city !== undefined && !isPostcode ? city.trim() : undefined,
    "address-postalcode": identifier === undefined && isPostcode ? city.trim() : undefined,
  });
}
