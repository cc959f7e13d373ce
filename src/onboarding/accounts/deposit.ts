import { MedimailError } from "../../errors.js";
import { structureDomain } from "../domain.js";
import type { AccountDifference } from "./difference.js";
import { accountDifference } from "./difference.js";
import { DEFAULT_LAYOUT } from "./layout.js";
import { proposeAddresses } from "./naming.js";
import type { Account, AccountLayout } from "./types.js";
import { writeAccounts } from "./write.js";

/** Hour of Paris at which the deposited file is taken in (guide, part 3). */
export const TAKEN_AT_HOUR = 18;

export interface DepositRequest {
  /** The accounts as they are: the last file that was taken in, or an export. */
  present: readonly Account[];
  /** As they should be. What is left out stays; what is to be closed says so with `action: "FERMER"`. */
  wanted: readonly Account[];
  domain: string;
  now: Date;
  format?: "xlsx" | "csv";
  layout?: AccountLayout;
}

/** A deposit as it would be: shown to a person first, deposited by the caller after. */
export interface Deposit {
  /** What it changes. */
  changes: AccountDifference;
  /** The file to put on the deposit server, of all accounts that stay or are named to be closed. */
  file: { name: string; content: Uint8Array };
  accounts: readonly Account[];
  /** When the file is taken in, if it is there before. */
  takenAt: Date;
}

/**
 * Makes the daily file: what changes, shown before; nobody disappears by being left out, since the absent are written again as they are.
 *
 * @throws MedimailError `invalid_argument` where it would close more than half of more than ten accounts without `force`, or for a domain that is not of the MSSanté space
 */
export async function planDeposit(
  request: DepositRequest,
  { force = false }: { force?: boolean } = {},
): Promise<Deposit> {
  const { present, wanted, now, format = "csv", layout = DEFAULT_LAYOUT } = request;
  const domain = structureDomain(request.domain);
  const found = accountDifference(present, wanted);
  if (!force && present.length > 10 && found.closed.length * 2 > present.length)
    throw new MedimailError(
      "invalid_argument",
      `the file would close ${found.closed.length} of ${present.length} accounts`,
      {
        path: "wanted",
        hint: "Look at the file; give force where that is meant.",
      },
    );
  const kept = [...found.unchanged, ...found.changed.map(({ after }) => after), ...found.absent];
  const all = proposeAddresses(
    [...kept, ...found.added],
    domain,
    found.closed.map(({ address = "" }) => address),
  );
  const named = all.slice(kept.length);
  const closing = found.closed.map((account): Account => ({ ...account, action: "FERMER" }));
  const accounts = [...all, ...closing];
  return {
    changes: { ...found, added: named },
    accounts,
    file: {
      name: `comptes-${domain}-${parisDay(now).replaceAll("-", "")}.${format}`,
      content: await writeAccounts(accounts, { format, layout }),
    },
    takenAt: nextTaking(now),
  };
}

/** The next 18:00 in Paris, in winter and in summer; at 18:00 sharp it is tomorrow's. */
export function nextTaking(now: Date): Date {
  for (let days = 0; days <= 2; days++) {
    const [year = 0, month = 1, day = 1] = parisDay(new Date(now.getTime() + days * 86_400_000))
      .split("-")
      .map(Number);
    // Paris is one or two hours ahead of UTC: the one of the two that reads 18 there is it.
    for (const ahead of [1, 2]) {
      const at = new Date(Date.UTC(year, month - 1, day, TAKEN_AT_HOUR - ahead));
      if (parisHour(at) === TAKEN_AT_HOUR && at > now) return at;
    }
  }
  throw new MedimailError("invalid_argument", "the time is not one", { path: "now" });
}

const DAY = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Europe/Paris",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});
const HOUR = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Paris", hour: "2-digit", hourCycle: "h23" });

const parisDay = (at: Date): string => DAY.format(at);
const parisHour = (at: Date): number => Number(HOUR.format(at));
