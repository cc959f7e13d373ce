import { beforeAll, describe, expect, it } from "vitest";
import { SCENARIOS } from "../../src/validator/index.js";
import { OTHER_LANGUAGES } from "../examples/other-languages.js";
import { commands, eachOf, judged, mutants } from "./harness.js";

/** Runs at once: they wait for clocks more than for the processor. */
const WIDTH = 5;
/** A process for each scenario costs Java a second: it plays one of each kind. */
const OF_JAVA: readonly string[] = [
  "envoi-niveau-1",
  "envoi-niveau-3",
  "envoi-deux-documents",
  "envoi-accents",
  "envoi-remplacement",
  "envoi-suppression",
  "envoi-non-qualifiee",
  "envoi-identite-recuperee",
  "usager-sans-reponse",
  "usager-opposition",
  "accuse-remise",
  "accuse-rendu",
  "accuse-non-demande",
  "accuse-d-accuse",
  "integration-refusee",
  "integration-refusee-sans-demande",
  "boite-lecture",
  "boite-reponse",
  "boite-coupure",
  "boite-suppression",
  "psc-connexion",
  "jeton-refuse",
  "certificat-revoque",
  "certificat-perime",
  "liste-revocation-absente",
  "srv-priorites",
  "panne-provisoire",
  "refus-definitif",
  "perte-apres-point",
  "limite-operateur",
  "sans-dsn",
  "annuaire-criteres",
];

/** What the reports say against a connector: every row that failed, whatever its obligation. */
async function failures(command: readonly string[], ids: readonly string[]): Promise<string[]> {
  const shares = Array.from({ length: WIDTH }, (_, share) => ids.filter((_, index) => index % WIDTH === share));
  const found = await eachOf(shares, WIDTH, async (share) => {
    const { report } = await judged(command, share);
    return report.results
      .filter(({ verdict }) => verdict === "fail")
      .map(({ code, evidence: [first] }) => `${code}: ${first?.what} (${first?.where})`);
  });
  return found.flat();
}

describe("a right connector fails no requirement, whatever scenario it plays", () => {
  it("in Node, over our own composer", { timeout: 300_000 }, async () => {
    const command = await commands();
    const ids = new Set(mutants().flatMap(({ language, scenario }) => (language === "node" ? [scenario] : [])));
    expect(await failures(command("node", "right"), [...ids])).toEqual([]);
  });

  describe.each(OTHER_LANGUAGES)("in $name", (language) => {
    if (language.missing) console.info(`skipped: the connector in ${language.name} (needs ${language.missing})`);
    describe.skipIf(language.missing !== undefined)("from examples/other-languages", () => {
      beforeAll(() => {
        language.prepare();
        Object.assign(process.env, language.env);
      });

      it("plays them", { timeout: 600_000 }, async () => {
        const all = SCENARIOS.map(({ id }) => id);
        const ids = language.name === "Java" ? all.filter((id) => OF_JAVA.includes(id)) : all;
        expect(ids.length).toBeGreaterThanOrEqual(OF_JAVA.length);
        expect(await failures(language.command, ids)).toEqual([]);
      });
    });
  });
});
