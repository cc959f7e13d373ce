// For whoever writes mutants: MUTANTS="name name" or a pattern, prints what became of them. Not a test of the suite.
import { it } from "vitest";
import { SCENARIOS } from "../../src/validator/index.js";
import { commands, eachOf, mutants, outcomeOf, tableOf } from "./harness.js";

const wanted = process.env["MUTANTS"];
it.skipIf(wanted === undefined)(
  "tries",
  async () => {
    const command = await commands();
    const pattern = new RegExp(wanted ?? ".");
    const chosen = mutants().filter(
      ({ name, scenario }) => pattern.test(name) && SCENARIOS.some(({ id }) => id === scenario),
    );
    const outcomes = await eachOf(chosen, 2, (mutant) => outcomeOf(mutant, command(mutant.language, mutant.name)));
    for (const { mutant, failed, said, broken, killed, collateral } of outcomes)
      if (broken || !killed || collateral.length > 0)
        console.log(mutant.name, JSON.stringify(failed, undefined, 1), said.slice(-1500));
    console.log(tableOf(outcomes));
  },
  900_000,
);
