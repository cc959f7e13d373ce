/** Who operates a domain, as the certificate of the list says. */
export interface DomainOperator {
  /** O= of the DN; else its CN=; else the DN whole. */
  name: string;
  /** CN= of the DN: the operator's server towards the others. */
  server?: string;
  dn: string;
}

const TYPES = "CN|OU|O|ST|L|C|DC|UID|SERIALNUMBER|EMAILADDRESS|E|STREET|T|GIVENNAME|SN|SURNAME";

/** The DN of the list is text joined with commas, and a value may hold commas itself: a new part begins with a known type only. */
export function operatorOf(dn: string): DomainOperator {
  const parts = dn.split(new RegExp(`[,/]\\s*(?=(?:${TYPES})\\s*=)`, "i"));
  const value = (type: string): string | undefined => {
    const part = parts.find((one) => new RegExp(`^\\s*/?${type}\\s*=`, "i").test(one));
    return part?.slice(part.indexOf("=") + 1).trim() || undefined;
  };
  const server = value("CN");
  return { name: value("O") ?? server ?? dn, ...(server ? { server } : {}), dn };
}
