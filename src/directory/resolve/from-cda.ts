import type { CdaHeader } from "../../cda/index.js";
import { defined } from "../../defined.js";
import {
  IDNPS_OID,
  isFiness,
  isInsOid,
  isMssAddress,
  isRpps,
  isSiret,
  STRUCT_IDNAT_OID,
} from "../../identity/index.js";
import type { RecipientIdentity } from "./types.js";

type CdaRecipient = CdaHeader["recipients"][number];

/** Given name and family name as a CDA has them. */
const nameOf = ({ person }: CdaRecipient): string | undefined => {
  const parts = [person?.given, person?.family].filter((part) => part !== undefined && part !== "");
  return parts.length > 0 ? parts.join(" ") : undefined;
};

/**
 * Whom a CDA is meant for (`intendedRecipient`), as identities: an address where it has one, else the person's RPPS, else the structure, else the name.
 * Undefined where it says nothing that a directory could be asked.
 */
export function identityOfRecipient(recipient: CdaRecipient): RecipientIdentity | undefined {
  const { id, person, organization, address } = recipient;
  const name = nameOf(recipient);
  if (address !== undefined && isMssAddress(address)) return defined({ address, name });
  const own = numberOf(id);
  // INS: the patient himself; his qualified identity is the document's, and is checked there.
  if (own?.ins !== undefined) return { ins: own.ins, identityStatus: "qualifiee" };
  const place = { ...numberOf(organization?.id), ...(person === undefined ? own : {}) };
  const structure = organization?.name;
  if (own?.rpps !== undefined)
    return defined({
      rpps: own.rpps,
      finess: place.finess,
      siret: place.siret,
      structure: place.finess || place.siret ? undefined : structure,
      name,
    });
  if (person?.family !== undefined && person.family !== "")
    return defined({
      family: person.family,
      given: person.given || undefined,
      finess: place.finess,
      siret: place.siret,
      structure: place.finess || place.siret ? undefined : structure,
    });
  if (place.finess !== undefined) return { finess: place.finess };
  if (place.siret !== undefined) return { siret: place.siret };
  return structure === undefined ? undefined : { structure };
}

interface Numbers {
  rpps?: string;
  finess?: string;
  siret?: string;
  ins?: { value: string; oid: string };
}

/** `root^extension` of a national identifier: `8` RPPS of a person, `1` FINESS, `3` SIRET of a structure. */
function numberOf(id: string | undefined): Numbers | undefined {
  const [root = "", value = ""] = id?.split("^") ?? [];
  if (isInsOid(root)) return { ins: { value, oid: root } };
  const number = value.slice(1);
  if (root === IDNPS_OID && value.startsWith("8") && isRpps(number)) return { rpps: number };
  if (root === STRUCT_IDNAT_OID && value.startsWith("1") && isFiness(number)) return { finess: number };
  if (root === STRUCT_IDNAT_OID && value.startsWith("3") && isSiret(number)) return { siret: number };
  return undefined;
}
