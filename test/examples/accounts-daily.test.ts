import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { main } from "../../examples/accounts-daily.mts";
import { readAccounts } from "../../src/onboarding/index.js";
import { temporaryFolder } from "../cli/harness.js";

const folder = temporaryFolder();

it("the example of the daily file shows what changes, and writes everybody: the absent too, the leaver named", async () => {
  const lines: string[] = [];
  const done = await main({ folder, log: (line) => lines.push(line) });
  expect(done).toMatchObject({ errors: 0, closed: 1 });
  expect(lines).toContain("+ zoe.darc@ch-exemple.mssante.fr");
  expect(lines).toContain("= secretariat.cardiologie@ch-exemple.mssante.fr, absent du fichier : gardé");
  const { rows } = await readAccounts(readFileSync(join(folder, done.file ?? "")));
  expect(rows.map(({ account }) => [account.address?.split("@")[0], account.action])).toEqual([
    ["claire.morel", undefined],
    ["secretariat.cardiologie", undefined],
    ["zoe.darc", undefined],
    ["martin.dupont", "FERMER"],
  ]);
});
