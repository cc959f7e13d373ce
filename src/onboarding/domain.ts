import { MedimailError } from "../errors.js";
import type { StructureKind } from "./guide/types.js";

/** Domains that are declared already, by kind of structure (guide, part 3). A health establishment has one of its own, or the general one. */
export const GENERIC_DOMAINS: Readonly<Record<StructureKind, string>> = {
  "practice-group": "pro.oc.mssante.fr",
  "nursing-home": "ehpad.oc.mssante.fr",
  social: "social.oc.mssante.fr",
  hospital: "oc.mssante.fr",
  other: "oc.mssante.fr",
};

/** How long the declaration of a domain of one's own takes ("environ 3 semaines"), in days. */
export const DECLARATION_DAYS = 21;

export interface DomainAdvice {
  domain: string;
  /** `generic`: declared by the region already. `listed`: in the white list. `to-declare`: ask mss@esante-occitanie.fr. */
  state: "generic" | "listed" | "to-declare";
  /** Days before the first mail may leave. */
  days: number;
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The domain as it is written.
 *
 * @throws MedimailError `invalid_argument` where it is no domain of the MSSanté space, or the patients'
 */
export function structureDomain(wished: string, generic: string = GENERIC_DOMAINS.other): string {
  const domain = wished.trim().toLowerCase().replace(/\.$/, "");
  const labels = domain.split(".");
  if (
    domain.length > 253 ||
    !domain.endsWith(".mssante.fr") ||
    labels.length < 3 ||
    !labels.every((l) => LABEL.test(l))
  )
    throw new MedimailError("invalid_argument", "the domain is not of the form xxx.mssante.fr", {
      path: "domain",
      hint: `Letters, digits and hyphens; the generic one is ${generic}.`,
    });
  if (domain === "patient.mssante.fr")
    throw new MedimailError("invalid_argument", "patient.mssante.fr is the domain of the patients", { path: "domain" });
  return domain;
}

/**
 * The MSSanté domain of a structure: of the form `xxx.mssante.fr`, one for all of its users. Without a wish it is the generic one of its kind.
 *
 * @param isListed whether the white list has a domain (`trust whitelist check`); absent: not known, and a domain of one's own is then to declare
 * @throws MedimailError `invalid_argument` where the wish is no domain of the MSSanté space
 */
export function adviseDomain(
  kind: StructureKind,
  wished?: string,
  isListed: (domain: string) => boolean = () => false,
): DomainAdvice {
  const domain = structureDomain(wished ?? GENERIC_DOMAINS[kind], GENERIC_DOMAINS[kind]);
  if (Object.values(GENERIC_DOMAINS).includes(domain)) return { domain, state: "generic", days: 0 };
  return isListed(domain)
    ? { domain, state: "listed", days: 0 }
    : { domain, state: "to-declare", days: DECLARATION_DAYS };
}

/** The domains of a set of addresses other than the structure's own: all of a structure's users share one. */
export function strayDomains(addresses: readonly string[], domain: string): string[] {
  const own = domain.toLowerCase();
  return [...new Set(addresses.map((address) => address.slice(address.lastIndexOf("@") + 1).toLowerCase()))].filter(
    (other) => other !== own,
  );
}
