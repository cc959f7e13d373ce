// The daily file of accounts: what the personnel software says, held against what Medimail has, shown, and written for the deposit before 18:00.
import { realpathSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onboarding } from "medimail-connector";

const DOMAIN = "ch-exemple.mssante.fr";

/** What Medimail has: yesterday's file, or an export of the administration. */
const present: onboarding.Account[] = [
  {
    type: "PER",
    family: "MOREL",
    given: "Claire",
    rpps: "10101010113",
    email: "c.morel@ch-exemple.example",
    address: `claire.morel@${DOMAIN}`,
    status: "VALIDE",
  },
  {
    type: "PER",
    family: "DUPONT",
    given: "Martin",
    rpps: "10101010121",
    email: "m.dupont@ch-exemple.example",
    address: `martin.dupont@${DOMAIN}`,
    status: "VALIDE",
  },
  {
    type: "ORG",
    label: "Secrétariat de cardiologie",
    responsible: "Claire MOREL",
    finess: "750000010",
    address: `secretariat.cardiologie@${DOMAIN}`,
  },
];

/** What the personnel software says today: somebody new, a change of service, somebody who leaves and is named. */
const wanted: onboarding.Account[] = [
  {
    type: "PER",
    family: "MOREL",
    given: "Claire",
    rpps: "10101010113",
    email: "c.morel@ch-exemple.example",
    service: "Cardiologie",
  },
  {
    type: "PER",
    family: "DUPONT",
    given: "Martin",
    rpps: "10101010121",
    email: "m.dupont@ch-exemple.example",
    address: `martin.dupont@${DOMAIN}`,
    action: "FERMER",
  },
  {
    type: "PER",
    family: "D'ARC",
    given: "Zoé",
    rpps: "10101010139",
    email: "z.darc@ch-exemple.example",
    link: "DIFFERE",
  },
];

export async function main({ folder, log }: { folder: string; log: (line: string) => void }) {
  // The file is checked as Medimail's administrator would: by row and column.
  const checked = await onboarding.readAccounts(await onboarding.writeAccounts(wanted, { format: "xlsx" }), {
    domain: DOMAIN,
  });
  const problems = [...checked.problems, ...checked.rows.flatMap((row) => row.problems)];
  for (const { row, column, message } of problems) log(`ligne ${row ?? "-"}, ${column ?? "fichier"} : ${message.fr}`);
  if (problems.some(({ severity }) => severity === "error")) return { errors: problems.length };

  const deposit = await onboarding.planDeposit({
    present,
    wanted: checked.rows.map(({ account }) => account),
    domain: DOMAIN,
    now: new Date(),
    format: "xlsx",
  });
  for (const { address } of deposit.changes.added) log(`+ ${address}`);
  for (const { after, fields } of deposit.changes.changed) log(`~ ${after.address} (${fields.join(", ")})`);
  for (const { address } of deposit.changes.closed) log(`- ${address}`);
  for (const { address } of deposit.changes.absent) log(`= ${address}, absent du fichier : gardé`);

  // Where Mipih's deposit server is mounted; by SFTP it would be an upload.
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, deposit.file.name), deposit.file.content);
  log(`${deposit.file.name}, pris en compte le ${deposit.takenAt.toISOString()}`);
  return { errors: 0, file: deposit.file.name, closed: deposit.changes.closed.length };
}

if (import.meta.filename === realpathSync(process.argv[1] ?? ".")) await main({ folder: "depot", log: console.log });
