// (c) Peak memory with documents of 25 MB: each job in a new process, the mock in this one, a small document as the base line.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packXdm, wrapPdf } from "../src/index.js";
import { startMockMedimail } from "../src/mock/index.js";
import { otherClient } from "../test/mailbox/other-client.js";
import { headerOf, pdfOf } from "../test/tools/documents.js";
import type { MemoryJob, MemoryPeak } from "./memory-job.js";
import { Peer } from "./protocol.js";
import { fixed, median, megabytes, printTable, printTitle } from "./tools.js";

const ROUNDS = 3;
/** As in (a): the outbox is there, and not in a file. */
const POSTGRES = process.env["MEDIMAIL_BENCH_POSTGRES"];
/** `--only=send`: the rows that begin so. */
const ONLY = process.argv.find((word) => word.startsWith("--only="))?.slice(7);
const FROM = "labo@ch-exemple.mssante.fr";
const TO = "martin.dupont@medecin.mssante.fr";
/** Of the PDF, which goes as level-1 CDA in the archive and beside it: a mail of about 20 KB, and one of 24.5 MB (operators take 25 MiB). */
const SMALL = 6_000;
const WHOLE_MAIL = 8_900_000;
/** A CDA of 25 MB; its mail has 51 MB, more than an operator takes. */
const WHOLE_CDA = 18_740_000;
/** An attachment of 25 MB; its mail has 34 MB. */
const WHOLE_ATTACHMENT = 25_000_000;
/** More than an operator takes: that the peak does not grow with it. */
const LONG_ATTACHMENT = 45_000_000;
/** An archive of 25 MB. */
const WHOLE_ARCHIVE = 24_700_000;

interface Row {
  name: string;
  job: MemoryJob;
  /** Compared with the small document of the same job. */
  base?: Row;
  mailBytes?: number;
  peaks: number[];
  ms: number[];
}

const folder = mkdtempSync(join(tmpdir(), "medimail-bench-"));
const mails: number[] = [];
// The mock takes more than an operator does, for the row beyond.
const mock = await startMockMedimail({
  sizeLimit: 64 * 1024 * 1024,
  keepMails: 2,
  onObservation: (observation) => {
    const { size } = observation as { size?: number };
    if (size !== undefined) mails.push(size);
  },
});

let serial = 0;

/** A new document each time: the connector knows those that it sent. */
function cdaOf(pdfBytes: number): Uint8Array {
  serial += 1;
  return wrapPdf(pdfOf(pdfBytes, serial), headerOf({ setId: `1.2.250.1.999.1.1.7^M${process.pid}-${serial}` }));
}

async function fileOf(name: string, pdfBytes: number, archive: boolean): Promise<string> {
  const cda = cdaOf(pdfBytes);
  const file = join(folder, name);
  const software = { name: "Bench", version: "1.0" };
  writeFileSync(file, archive ? (await packXdm({ documents: [{ content: cda }], software })).zip : cda);
  return file;
}

function withOutbox(config: string | undefined): string | undefined {
  if (config === undefined || POSTGRES === undefined) return config;
  const at = config.replace(/\.json$/, "-postgres.json");
  const outbox = { store: "postgres", url: { env: "MEDIMAIL_BENCH_POSTGRES" } };
  writeFileSync(at, JSON.stringify({ ...JSON.parse(readFileSync(config, "utf8")), outbox }));
  return at;
}

/** A mail of another sender's in the inbox of who forwards it. */
async function received(bytes: number): Promise<void> {
  const client = await otherClient(mock);
  const head = `From: labo <${FROM}>\r\nTo: ${TO}\r\nSubject: pour avis\r\nMessage-ID: <${++serial}@exemple.fr>\r\nMIME-Version: 1.0\r\n`;
  const text = 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nVoici.\r\n';
  const file = pdfOf(bytes, serial);
  const encoded = Buffer.from(file).toString("base64").replace(/.{76}/g, "$&\r\n");
  const part = `--b\r\nContent-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="a.pdf"\r\n\r\n${encoded}\r\n--b--\r\n`;
  await client.append("INBOX", Buffer.from(head + text + part, "latin1"));
  await client.logout();
}

async function run(row: Row, pdfBytes: number): Promise<void> {
  // The file is made anew, by this process, so that the measured one only reads it.
  if (row.job.kind === "send") await fileOf(row.job.file.slice(folder.length + 1), pdfBytes, false);
  if (row.job.kind === "forward") await received(pdfBytes);
  mails.length = 0;
  const peer = new Peer("memory-job");
  const { peakBytes, ms } = await peer.ask<MemoryPeak>(row.job);
  await peer.stop();
  row.peaks.push(peakBytes);
  row.ms.push(ms);
  if (mails.length > 0) row.mailBytes = Math.max(...mails);
}

try {
  printTitle("(c) peak memory with large documents");
  const { configs } = await mock.ready();
  const config = withOutbox(configs[FROM]);
  const forwarding = withOutbox(configs[TO]);
  if (config === undefined || forwarding === undefined) throw new Error("the mock has no such mailbox");
  const rows: [Row, number][] = [];
  const add = async (name: string, pdfBytes: number, kind: MemoryJob["kind"], base?: Row): Promise<Row> => {
    const file = await fileOf(`${rows.length}.bin`, pdfBytes, kind.startsWith("open"));
    const job: MemoryJob =
      kind === "send"
        ? { kind, file, config, to: TO }
        : kind === "forward"
          ? { kind, config: forwarding, to: FROM }
          : { kind, file };
    const row: Row = { name, job, peaks: [], ms: [], ...(base ? { base } : {}) };
    rows.push([row, pdfBytes]);
    return row;
  };
  const send = await add("send, small", SMALL, "send");
  await add("send, mail of 25 MB", WHOLE_MAIL, "send", send);
  await add("send, document of 25 MB", WHOLE_CDA, "send", send);
  const forward = await add("forward, small", SMALL, "forward");
  await add("forward, attachment of 25 MB", WHOLE_ATTACHMENT, "forward", forward);
  await add("forward, attachment of 45 MB", LONG_ATTACHMENT, "forward", forward);
  const open = await add("openXdm, small", SMALL, "open");
  await add("openXdm, archive of 25 MB", WHOLE_ARCHIVE, "open", open);
  const read = await add("openXdm, readCda, its PDF, small", SMALL, "open and read");
  await add("openXdm, readCda, its PDF, 25 MB", WHOLE_ARCHIVE, "open and read", read);

  for (let round = 0; round < ROUNDS; round += 1)
    for (const [row, pdfBytes] of rows) if (!ONLY || row.name.startsWith(ONLY)) await run(row, pdfBytes);

  printTable(
    ["", "file MB", "mail MB", "peak RSS MB (median)", "most", "above small", "of the file", "of the mail", "s"],
    rows
      .filter(([{ peaks }]) => peaks.length > 0)
      .map(([{ name, job, base, mailBytes, peaks, ms }, pdfBytes]) => {
        const file = "file" in job ? statSync(job.file).size : pdfBytes;
        const above = base ? median(peaks) - median(base.peaks) : undefined;
        return [
          name,
          megabytes(file),
          mailBytes === undefined ? "-" : megabytes(mailBytes),
          megabytes(median(peaks)),
          megabytes(Math.max(...peaks)),
          above === undefined ? "-" : megabytes(above),
          above === undefined ? "-" : fixed(above / file, 1),
          above === undefined || mailBytes === undefined ? "-" : fixed(above / mailBytes, 1),
          fixed(median(ms) / 1000, 2),
        ];
      }),
  );
  console.log(
    `\n${ROUNDS} rounds, each job in a new process; "above small" is the peak less that of the small document, and the ratios are of it. MB are MiB.`,
  );
} finally {
  await mock.close();
  rmSync(folder, { recursive: true, force: true });
}
