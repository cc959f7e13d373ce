import { defined } from "../../defined.js";
import { isMssAddress, isRpps } from "../../identity/index.js";
import { plainOf } from "../../plain-text.js";
import type { DirectoryCode, DirectoryEntry, DirectoryMailboxType } from "../../seams/index.js";
import type { Place } from "../fits.js";
import { professionOf } from "../professions.js";
import type { Concept, Organization, Practitioner, PractitionerRole, Resource, Telecom } from "./resources.js";
import * as systems from "./systems.js";

/** An entry, and the structures where its person works. */
export interface Found {
  entry: DirectoryEntry;
  places: Place[];
}

const MAX_TEXT = 300;
const TYPES: ReadonlySet<string> = new Set(["PER", "ORG", "APP", "CAB"]);

/** Resources by what they are, as their references name them. */
export class Graph {
  readonly practitioners = new Map<string, Practitioner>();
  readonly roles = new Map<string, PractitionerRole>();
  readonly organizations = new Map<string, Organization>();
  readonly #rolesOf = new Map<string, PractitionerRole[]>();

  add(resources: readonly Resource[]): void {
    for (const resource of resources) {
      if (resource.resourceType === "Practitioner") this.practitioners.set(resource.id, resource);
      else if (resource.resourceType === "Organization") this.organizations.set(resource.id, resource);
      else if (!this.roles.has(resource.id)) {
        this.roles.set(resource.id, resource);
        const of = idOf(resource.practitioner?.reference) ?? "";
        const known = this.#rolesOf.get(of);
        if (known) known.push(resource);
        else this.#rolesOf.set(of, [resource]);
      }
    }
  }

  /** Mailboxes of a person, those that belong to one of his places of work included. */
  ofPractitioner(practitioner: Practitioner, asOf: string): Found[] {
    const roles = (this.#rolesOf.get(practitioner.id) ?? []).filter(isActive);
    const places = roles.map((role) => placeOf(this.#organizationOf(role)));
    const own = isActive(practitioner)
      ? mailboxes(practitioner, "PER", asOf).map((box) => ({ entry: { ...box, ...personOf(practitioner) }, places }))
      : [];
    return [...roles.flatMap((role) => this.ofRole(role, asOf)), ...own];
  }

  ofRole(role: PractitionerRole, asOf: string): Found[] {
    const practitioner = this.practitioners.get(idOf(role.practitioner?.reference) ?? "");
    if (!isActive(role) || !practitioner || !isActive(practitioner)) return [];
    const place = placeOf(this.#organizationOf(role));
    return mailboxes(role, "PER", asOf).map((box) => ({
      entry: merged(box, { ...personOf(practitioner), ...place }),
      places: [],
    }));
  }

  ofOrganization(organization: Organization, asOf: string): Found[] {
    if (!isActive(organization)) return [];
    const place = placeOf(organization);
    const shown = text(organization.name) ?? "";
    return mailboxes(organization, "ORG", asOf).map((box) => ({
      entry: merged(box, { ...place, name: box.name || (box.structure?.service ?? shown) }),
      places: [],
    }));
  }

  /** Ids of structures that roles (with a mailbox, or all) refer to and that are not known yet. */
  missingOrganizations(all: boolean): string[] {
    const roles = [...this.roles.values()].filter(({ telecom = [] }) => all || telecom.length > 0);
    const wanted = roles.flatMap((role) => idOf(role.organization?.reference) ?? []);
    return [...new Set(wanted)].filter((id) => !this.organizations.has(id));
  }

  #organizationOf(role: PractitionerRole): Organization | undefined {
    return this.organizations.get(idOf(role.organization?.reference) ?? "");
  }
}

/** The id of `Practitioner/003-1`, of an absolute reference too. */
function idOf(reference: string | undefined): string | undefined {
  return /(?:^|\/)[A-Za-z]+\/([A-Za-z0-9.-]{1,64})(?:\/_history\/.+)?$/.exec(reference ?? "")?.[1];
}

/** What is not said is not closed. */
const isActive = ({ active }: { active?: boolean | undefined }): boolean => active !== false;

function merged(box: DirectoryEntry, rest: Partial<DirectoryEntry>): DirectoryEntry {
  const structure = { ...rest.structure, ...box.structure };
  return { ...box, ...rest, ...(Object.keys(structure).length > 0 ? { structure } : {}) };
}

/**
 * The mailboxes of the trust space among the telecoms: an ordinary mail address never is one (interfaces.md §4a). The server gives each its kind of
 * address; the examples of ANS's guide of the mailbox API have only what is told of a mailbox, which nothing else has.
 */
function mailboxes(
  { telecom = [] }: { telecom?: Telecom[] | undefined },
  usual: DirectoryMailboxType,
  asOf: string,
): DirectoryEntry[] {
  return telecom.flatMap((one) => {
    const { system, value = "", extension = [], rank, period } = one;
    const kind = extension.find(({ url }) => url === systems.EMAIL_TYPE)?.valueCoding?.code;
    const about = extension.find(({ url }) => url === systems.MAILBOX)?.extension;
    const isMailbox = kind === undefined ? about !== undefined : kind === systems.MSSANTE;
    if (system !== "email" || !isMailbox || !isMssAddress(value.trim())) return [];
    if (period?.end !== undefined && period.end < asOf) return [];
    const of = (name: string) => about?.find(({ url }) => url === name);
    const { valueCodeableConcept, valueCoding, valueCode } = of("type") ?? {};
    const types = [...(valueCodeableConcept?.coding ?? []).map(({ code }) => code), valueCoding?.code, valueCode];
    const type = types.find((code) => TYPES.has(code ?? ""));
    const service = text(of("service")?.valueString);
    return [
      defined({
        address: value.trim(),
        type: (type ?? usual) as DirectoryMailboxType,
        name: text(of("description")?.valueString) ?? "",
        structure: service === undefined ? undefined : { service },
        paperless: of("digitization")?.valueBoolean,
        redList: of("listeRouge")?.valueBoolean === true ? true : undefined,
        rank: rank !== undefined && Number.isInteger(rank) && rank > 0 ? rank : undefined,
        source: "fhir" as const,
        asOf,
      }),
    ];
  });
}

function personOf({ name: names = [], identifier = [], qualification = [] }: Practitioner) {
  const name = names.find(({ use }) => use === "usual" || use === "official") ?? names[0];
  const family = text(name?.family);
  const given = text(name?.given?.join(" "));
  const idNat = identifier.find(({ system }) => system === systems.IDNPS)?.value;
  const rpps = identifier.find(({ system }) => system === systems.RPPS)?.value ?? idNat?.replace(/^8(?=\d{11}$)/, "");
  const concepts = qualification.map(({ code }) => code);
  const profession = codeIn(concepts, systems.PROFESSION);
  return defined({
    name: [given, family].filter((part) => part !== undefined).join(" ") || (text(name?.text) ?? ""),
    family,
    given,
    civility: text(name?.suffix?.[0]) ?? text(name?.prefix?.[0]),
    rpps: rpps !== undefined && isRpps(rpps, { checkKey: false }) ? rpps : undefined,
    idNat: idNat !== undefined && /^\d[0-9A-F]{8,11}$/.test(idNat) ? idNat : undefined,
    profession: profession?.code === undefined ? undefined : { ...professionOf(profession.code), ...profession },
    category: codeIn(concepts, systems.CATEGORY),
    specialty: codeIn(concepts, systems.SPECIALTY),
  });
}

function codeIn(concepts: readonly (Concept | undefined)[], system: RegExp): DirectoryCode | undefined {
  for (const concept of concepts) {
    const coding = concept?.coding?.find((one) => system.test(one.system ?? ""));
    if (coding?.code !== undefined)
      return defined({ code: text(coding.code), label: text(coding.display) ?? text(concept?.text) });
  }
  return undefined;
}

function placeOf(organization: Organization | undefined) {
  if (!organization) return {};
  const { identifier = [], name, address: [address] = [] } = organization;
  const finess = identifier.find(({ system }) => system === systems.FINESS)?.value;
  const siret = identifier.find(
    ({ system = "", type }) => systems.SIRET.test(system) || type?.coding?.some(({ code }) => code === "SIRET"),
  )?.value;
  const idNat = identifier.find(({ system }) => system === systems.IDNST)?.value;
  return defined({
    structure: defined({ name: text(name), finess: text(finess), siret: text(siret), idNat: text(idNat) }),
    street: text(address?.line?.join(", ")),
    postalCode: text(address?.postalCode),
    city: text(address?.city),
    department: text(address?.district),
    country: text(address?.country),
  });
}

/** One line, of bounded length; undefined where there is nothing. */
function text(value: string | undefined): string | undefined {
  const line = plainOf(value ?? "")
    .trim()
    .slice(0, MAX_TEXT);
  return line === "" ? undefined : line;
}
