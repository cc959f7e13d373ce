import type { Config } from "../../config/index.js";
import { defined } from "../../defined.js";
import { MedimailError } from "../../errors.js";
import { isPlain } from "../../plain-text.js";
import type { ActivityIndicators } from "../indicators/types.js";
import type { CertificateFacts } from "./certificate.js";
import { CONTACT_ROLES, type ContactRole, type SheetInput, type SheetVolumes } from "./types.js";

/** What a configuration does not say. */
export interface DeclaredFacts {
  date: string;
  certificate?: CertificateFacts;
  modes?: readonly ("sending" | "mailbox")[];
  sourceAddresses?: readonly string[];
  contacts?: Readonly<Partial<Record<ContactRole, string>>>;
  volumes?: SheetVolumes;
  connections?: { smtp: number; imap?: number };
}

const MAX_ADDRESSES = 50;
const MAX_CONTACT = 200;
/** Mails under way at once, `settings.concurrency`. */
const CONNECTIONS = { smtp: 5 };

/**
 * The sheet's input of a configuration. Secrets, and the credentials of a proxy, stay out.
 *
 * @throws MedimailError `invalid_argument`: a source address that is none, a contact that is no line, an unknown role
 */
export function sheetInput(config: Config, declared: DeclaredFacts): SheetInput {
  const { mailbox, software, sender, operator, auth, tls, trust, network } = config;
  const named = operator === "discover" ? {} : operator;
  const { date, certificate, modes, sourceAddresses, contacts, volumes, connections = CONNECTIONS } = declared;
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(Date.parse(date)))
    throw new MedimailError("invalid_argument", "not a day of the form YYYY-MM-DD", { path: "date" });
  return defined({
    date,
    mailbox,
    software: defined(software),
    sender: defined({ label: sender.label, structure: sender.structure }),
    operator: defined({ smtp: named.smtp, imap: named.imap }),
    authentication: defined({ method: auth.method, sasl: auth.method === "certificate" ? auth.sasl : undefined }),
    trust: { revocation: tls.revocation, whiteList: trust.whiteList !== undefined && trust.whiteList !== "off" },
    proxy: network.proxy === undefined ? undefined : new URL(network.proxy).host,
    certificate,
    modes,
    sourceAddresses: addressesOf(sourceAddresses),
    contacts: contactsOf(contacts),
    volumes,
    connections,
  }) as SheetInput;
}

/** Volumes as they were: on average, on the busiest day (where the periods are days), the largest mail. */
export function sheetVolumes({ totals, byPeriod, period, since, until }: ActivityIndicators): SheetVolumes {
  const days = (Date.parse(until) - Date.parse(since)) / 86_400_000;
  if (totals.mails === 0) return { source: "measured", since, until };
  return {
    source: "measured",
    since,
    until,
    mailsPerDay: totals.mails / days,
    ...(period === "day" ? { mailsOnBusiestDay: Math.max(...byPeriod.map(({ mails }) => mails)) } : {}),
    largestMailBytes: totals.largestMailBytes,
  };
}

function addressesOf(addresses: readonly string[] | undefined): readonly string[] | undefined {
  if (addresses === undefined || addresses.length === 0) return undefined;
  if (addresses.length > MAX_ADDRESSES)
    throw new MedimailError("invalid_argument", `at most ${MAX_ADDRESSES} source addresses`, {
      path: "sourceAddresses",
    });
  for (const [index, address] of addresses.entries())
    if (!isAddressOrRange(address))
      throw new MedimailError("invalid_argument", "not an address, or a range such as 192.0.2.0/28", {
        path: `sourceAddresses[${index}]`,
      });
  return addresses;
}

/** A host name changes its address behind Mipih's back: not one of them. */
function isAddressOrRange(text: string): boolean {
  const [address = "", prefix, more] = text.split("/");
  if (more !== undefined || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return false;
  const bits = Number(prefix ?? 0);
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address))
    return bits <= 32 && address.split(".").every((part) => Number(part) <= 255);
  // The URL parser knows what an IPv6 address is.
  return bits <= 128 && /^[0-9a-f:.]{2,45}$/i.test(address) && URL.canParse(`http://[${address}]/`);
}

function contactsOf(contacts: DeclaredFacts["contacts"]): DeclaredFacts["contacts"] {
  for (const [role, contact] of Object.entries(contacts ?? {})) {
    if (!CONTACT_ROLES.includes(role as ContactRole))
      throw new MedimailError("invalid_argument", `no contact of this role; there are ${CONTACT_ROLES.join(", ")}`, {
        path: "contacts",
      });
    if (contact === "" || contact.length > MAX_CONTACT || !isPlain(contact))
      throw new MedimailError("invalid_argument", `a contact is a line of 1 to ${MAX_CONTACT} characters`, {
        path: `contacts.${role}`,
      });
  }
  return contacts;
}
