import { digitsOf, typeOf } from "./check.js";
import { folded } from "./fold.js";
import type { Account, AccountField } from "./types.js";

export interface ChangedAccount {
  before: Account;
  after: Account;
  /** What differs. */
  fields: readonly AccountField[];
}

/** What a wanted state changes in the present one. */
export interface AccountDifference {
  added: readonly Account[];
  changed: readonly ChangedAccount[];
  unchanged: readonly Account[];
  /** Closed because the wanted state names each with `action: "FERMER"`: nothing is ever closed by being left out. */
  closed: readonly Account[];
  /** In the present state and not in the wanted one: kept as they are, and told so that somebody decides. */
  absent: readonly Account[];
  /** Named to be closed, and not there. */
  unknownClosures: readonly Account[];
}

/** Fields that the operator writes, or that ask for something once: no difference between two states. */
const APART: ReadonlySet<AccountField> = new Set(["status", "action", "link"]);

/**
 * Holds a wanted state against the present one. Accounts are the same by address; where one has none, by type and national number, else by type, names
 * and contact address.
 */
export function accountDifference(present: readonly Account[], wanted: readonly Account[]): AccountDifference {
  const byKey = new Map<string, Account>();
  for (const account of present) for (const key of keysOf(account)) if (!byKey.has(key)) byKey.set(key, account);
  const met = new Set<Account>();
  const added: Account[] = [];
  const changed: ChangedAccount[] = [];
  const unchanged: Account[] = [];
  const closed: Account[] = [];
  const unknownClosures: Account[] = [];
  for (const after of wanted) {
    const before = keysOf(after)
      .map((key) => byKey.get(key))
      .find((account) => account !== undefined && !met.has(account));
    const closes = folded(after.action ?? "") === "fermer";
    if (!before) {
      (closes ? unknownClosures : added).push(after);
      continue;
    }
    met.add(before);
    if (closes) {
      closed.push(before);
      continue;
    }
    const fields = differing(before, after);
    if (fields.length === 0) unchanged.push(before);
    else changed.push({ before, after: { ...after, ...(after.address ? {} : addressOf(before)) }, fields });
  }
  return { added, changed, unchanged, closed, absent: present.filter((account) => !met.has(account)), unknownClosures };
}

const addressOf = ({ address }: Account): Account => (address === undefined ? {} : { address });

function keysOf(account: Account): string[] {
  const type = typeOf(account) ?? "";
  const place = digitsOf(account.finess ?? account.siret ?? "");
  const keys: string[] = [];
  if (account.address) keys.push(`address ${account.address.toLowerCase()}`);
  if (account.rpps) keys.push(`rpps ${type} ${digitsOf(account.rpps)} ${place}`);
  if (account.adeli) keys.push(`adeli ${type} ${digitsOf(account.adeli)} ${place}`);
  if (account.family && account.email)
    keys.push(`person ${type} ${folded(account.family)} ${folded(account.given ?? "")} ${account.email.toLowerCase()}`);
  if (account.label) keys.push(`label ${type} ${folded(account.label)} ${place}`);
  return keys;
}

/** A wanted account without an address, which is proposed later, is not another for that. */
function differing(before: Account, after: Account): AccountField[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)] as AccountField[]);
  return [...fields].filter((field) => {
    if (APART.has(field) || (field === "address" && after.address === undefined)) return false;
    return normal(field, before[field]) !== normal(field, after[field]);
  });
}

function normal(field: AccountField, value = ""): string {
  if (field === "rpps" || field === "adeli" || field === "finess" || field === "siret" || field === "phone")
    return digitsOf(value);
  if (field === "email" || field === "address") return value.toLowerCase();
  return value;
}
