// (j) Judging a recorded run: 10,000 observed mails, against parsing the same mails and no more. Each job in a new process.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnector } from "../src/index.js";
import { startMockMedimail } from "../src/mock/index.js";
import type { Observation } from "../src/seams/index.js";
import { cdaOf, pdfOf } from "../test/tools/documents.js";
import type { JudgingJob, JudgingPeak } from "./judging-job.js";
import { Peer } from "./protocol.js";
import { fixed, median, megabytes, printTable, printTitle } from "./tools.js";

const small = process.argv.includes("--small");
const ROUNDS = small ? 1 : 3;
const MAILS = small ? 500 : 10_000;
const FROM = "labo@ch-exemple.mssante.fr";
const TO = "martin.dupont@medecin.mssante.fr";
/** Different mails that the run is made of, over and over, each time under other identifiers. */
const SAMPLES = 20;

/** What the mock saw of sessions with one mail each, and the mails. */
async function record(folder: string): Promise<number> {
  const observations: Observation[] = [];
  await using mock = await startMockMedimail({ onObservation: (observation) => void observations.push(observation) });
  for (let serial = 1; serial <= SAMPLES; serial += 1) {
    await using connector = createConnector({ ...(await mock.config(FROM)), outbox: { store: "memory" } });
    const submission = await connector.documents.submit({
      documents: [{ cda: cdaOf(serial, pdfOf(4_000 + serial * 200, serial)) }],
      to: [TO],
      requestRead: true,
    });
    await submission.settled({ until: "accepted", signal: AbortSignal.timeout(20_000) });
  }
  await mock.waitForMail({ to: TO });
  const sessions = new Map<string, Observation[]>();
  for (const observation of observations) {
    const { connection } = observation;
    if (connection.startsWith("smtp")) sessions.set(connection, [...(sessions.get(connection) ?? []), observation]);
  }
  const whole = [...sessions.values()].filter((session) => session.some(({ kind }) => kind === "mail"));
  writeFileSync(join(folder, "sessions.json"), JSON.stringify(whole));
  for (const [index, { raw }] of mock.mails.entries()) writeFileSync(join(folder, `${index}.eml`), raw);
  return mock.mails.reduce((sum, { raw }) => sum + raw.length, 0) / mock.mails.length;
}

const folder = mkdtempSync(join(tmpdir(), "medimail-bench-"));
try {
  printTitle(`(j) judging ${MAILS} observed mails`);
  const bytes = await record(folder);
  const kinds: readonly JudgingJob["kind"][] = ["nothing", "mime", "all", "judge"];
  const found = new Map(kinds.map((kind) => [kind, [] as JudgingPeak[]]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const kind of kinds) {
      const peer = new Peer("judging-job");
      found
        .get(kind)
        ?.push(await peer.ask<JudgingPeak>({ kind, folder, mails: MAILS, samples: SAMPLES } satisfies JudgingJob));
      await peer.stop();
    }
  const of = (kind: JudgingJob["kind"], key: keyof JudgingPeak) =>
    median((found.get(kind) ?? []).map((peak) => peak[key]));
  const idle = of("nothing", "ms");
  const base = of("mime", "ms") - idle;
  const whole = of("all", "ms") - idle;
  const names = {
    nothing: "making the mails and the observations (in every row)",
    mime: "MIME alone (postal-mime)",
    all: "MIME, archive and CDA",
    judge: "judged",
  };
  printTable(
    ["", "ms a mail", "of MIME", "of MIME, archive, CDA", "peak RSS MB", "above nothing", "observations"],
    kinds.map((kind) => {
      const own = of(kind, "ms") - (kind === "nothing" ? 0 : idle);
      return [
        names[kind],
        fixed(own / MAILS, 3),
        kind === "nothing" ? "-" : fixed(own / base, 2),
        kind === "nothing" ? "-" : fixed(own / whole, 2),
        megabytes(of(kind, "peakBytes")),
        megabytes(of(kind, "peakBytes") - of("nothing", "peakBytes")),
        fixed(of(kind, "observations")),
      ];
    }),
  );
  console.log(
    `\n${ROUNDS} rounds, medians; mails of ${fixed(bytes / 1024)} KB, one a session; making them is taken off the times of the other rows.`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
