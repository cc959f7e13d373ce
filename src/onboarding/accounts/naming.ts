import { MedimailError } from "../../errors.js";
import { typeOf } from "./check.js";
import type { Account } from "./types.js";

/** Longest local part of an address (RFC 5321 §4.5.3.1.1). */
const MAX_LOCAL = 64;
const MAX_TRIES = 10_000;

/** One word of a local part: ASCII letters, digits and hyphens. `Jean-Éric` gives `jean-eric`, `de La Tour` `de-la-tour`, `O'Brien` `obrien`. */
function part(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replaceAll("ß", "ss")
    .replaceAll("ł", "l")
    .replaceAll("ø", "o")
    .replace(/['’`]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/**
 * Proposes MSSanté addresses: `prenom.nom` for a person, the label for a mailbox of a service or software. A name that is taken gets the next number
 * (`claire.morel2`), in the order of the accounts, so the same file gives the same addresses. Addresses that accounts have already are kept, and count as
 * taken for everybody else.
 *
 * @param taken addresses that exist beside those of the accounts, of the same domain or not
 * @throws MedimailError `invalid_argument` for more homonyms than ten thousand
 * @example
 * proposeAddresses([{ type: "PER", given: "Zoé", family: "D'Arc" }], "ch-exemple.mssante.fr")
 * // [{ type: "PER", given: "Zoé", family: "D'Arc", address: "zoe.darc@ch-exemple.mssante.fr" }]
 */
export function proposeAddresses(
  accounts: readonly Account[],
  domain: string,
  taken: Iterable<string> = [],
): Account[] {
  const used = new Set([...taken].map((address) => address.toLowerCase()));
  for (const { address } of accounts) if (address) used.add(address.toLowerCase());
  return accounts.map((account) => {
    if (account.address) return account;
    const local = localOf(account);
    if (local === undefined) return account;
    const address = free(local, domain.toLowerCase(), used);
    used.add(address);
    return { ...account, address };
  });
}

/** Undefined where there is nothing to make a name of. */
function localOf(account: Account): string | undefined {
  const type = typeOf(account);
  const words =
    type === "ORG" || type === "APP"
      ? [part(account.label ?? account.service ?? "")]
      : [part(account.given ?? ""), part(account.family ?? "")];
  const local = words.filter((word) => word !== "").join(".");
  return local === "" ? undefined : local;
}

function free(local: string, domain: string, used: ReadonlySet<string>): string {
  for (let number = 1; number <= MAX_TRIES; number++) {
    const end = number === 1 ? "" : String(number);
    const address = `${local.slice(0, MAX_LOCAL - end.length).replace(/[.-]+$/, "")}${end}@${domain}`;
    if (!used.has(address)) return address;
  }
  throw new MedimailError("invalid_argument", "too many accounts of one name", { path: "accounts" });
}
