// Whom to write to: the public extraction imported into an index of its own, and searched as a person types.
// The people are made up. With the true extraction, the first step is `medimail directory update` once a day, and the rest stays.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importExtraction, mergeDirectories, openDirectoryIndex, resolveRecipient } from "medimail-connector";
import { sampleExtraction } from "medimail-connector/mock";

export async function main({ log }: { log: (line: string) => void }) {
  const folder = mkdtempSync(join(tmpdir(), "medimail-example-"));
  const file = join(folder, "Extraction_Correspondance_MSSante_202611280405.txt");
  const index = join(folder, "annuaire.db");
  try {
    writeFileSync(file, [...sampleExtraction({ lines: 2_000, seed: 1 })].join(""));

    // Searches go on with the old index meanwhile; a file that is cut, much smaller or of another charset leaves it in use.
    const report = await importExtraction(file, { index });
    log(`${report.entries} entries of ${report.asOf.slice(0, 10)}, ${report.malformed.count} malformed lines`);

    const directory = openDirectoryIndex({ index });
    try {
      // A person types, and chooses among what comes: best first.
      const typed = [];
      for await (const entry of directory.search({ text: "infirmière paris" }, { limit: 5 })) typed.push(entry);
      for (const { name, city = "", profession } of typed) log(`${name}, ${profession?.label ?? ""}, ${city}`);

      // Software knows more: a number that names one professional, whatever the number of his mailboxes.
      const rpps = typed[0]?.rpps ?? "";
      const known = [];
      for await (const entry of directory.search({ rpps })) known.push(entry);

      // What `documents.submit({ to: [{ rpps }] })` does: one address, or the candidates; nobody is guessed.
      const resolution = await resolveRecipient({ rpps }, { directories: mergeDirectories([directory]) });
      log(resolution.state === "found" ? `${resolution.address} (${resolution.why})` : resolution.state);

      return {
        resolved: resolution.state,
        imported: report.entries,
        found: typed.length,
        nurses: typed.every(({ profession }) => profession?.label === "Infirmier"),
        samePerson: known.length > 0 && known.every((entry) => entry.rpps === rpps),
        asOf: directory.info().asOf,
      };
    } finally {
      await directory.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.filename === realpathSync(process.argv[1] ?? ".")) await main({ log: console.log });
