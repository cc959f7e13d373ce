import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frenchTime, wrapPdf } from "../../cda/index.js";
import { createConnector } from "../../connector.js";
import type { Connector } from "../../connector-types.js";
import { isMedimailError, MedimailError } from "../../errors.js";
import { type MockMedimail, startMockMedimail } from "../../mock/index.js";
import type { DocumentSubmission, SubmissionEvent } from "../../sending/index.js";
import { loadConfigFile } from "../../settings/index.js";
import { inspectXdm, openXdm, packXdm } from "../../xdm/index.js";
import type { Context } from "../context.js";
import { VERSION } from "../version.js";
import { eventLine } from "../views/events.js";
import { demoHeader, demoLaboratoryReport, demoReport } from "./documents.js";
import { showMailbox } from "./mailbox.js";

const SENDER = "labo@ch-exemple.mssante.fr";
const PROFESSIONAL = "martin.dupont@medecin.mssante.fr";

/**
 * Both modes from end to end, on this machine alone: two invented documents of one patient are packed, sent over TLS to a mock Medimail, to a
 * professional and to the patient; delivered, read and integrated, and each state is reported. Then the professional opens his mailbox
 * and answers. The folder is removed afterwards.
 */
export async function runDemo(context: Context): Promise<void> {
  const started = Date.now();
  const { text, style } = context;
  const say = (event: object, line: string) => context.event(event, () => line);
  const folder = mkdtempSync(join(tmpdir(), "medimail-demo-"));
  const mock = await startMockMedimail({ dir: folder, autoReceipts: { deliver: true } });
  let connector: Connector | undefined;
  try {
    const ready = await mock.ready();
    if (!context.json) await context.io.out(`${style.bold(text.demo.title)}\n${style.dim(text.demo.fictional)}\n\n`);
    await say(
      { event: "mock", smtp: ready.smtp, imap: ready.imap },
      `${style.cyan("1.")} ${text.demo.mock(`${ready.smtp.host}:${ready.smtp.port}`, `${ready.imap.host}:${ready.imap.port}`)}`,
    );
    const documents = await prepareDocuments(context);
    connector = createConnector(loadConfigFile(configOf(ready.configs)), {
      delivery: "manual",
      receiptPollMs: 150,
      eventPollMs: 50,
    });
    const recipients = await deliver(context, connector, mock, {
      documents,
      to: [PROFESSIONAL],
      patient: true,
      requestRead: true,
      actor: "demo",
    });
    const tls = tlsVersion(mock.observations);
    if (!context.json) await context.io.out(`  ${style.dim(text.demo.tls(tls))}\n`);
    const doctor = ready.configs[PROFESSIONAL];
    if (doctor !== undefined) await showMailbox(context, loadConfigFile(doctor), connector);
    const traces = await countTraces(connector);
    await say({ event: "traces", count: traces }, `${style.cyan("7.")} ${text.demo.traces(traces)}`);
    const ms = Date.now() - started;
    await say(
      { event: "done", ok: true, ms, tls, recipients },
      `\n${style.green("✓")} ${style.bold(text.demo.done(ms))}\n${text.demo.next}`,
    );
  } finally {
    await connector?.close();
    await mock.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepareDocuments(context: Context): Promise<DocumentSubmission["documents"]> {
  const { text, style } = context;
  const now = frenchTime(new Date());
  const report = demoReport();
  const level1 = wrapPdf(report.pdf, demoHeader(report.code, report.title, oid(), now));
  await context.event(
    { event: "document", level: "N1", title: report.title, size: level1.length },
    () => `${style.cyan("2.")} ${text.demo.level1(level1.length)}`,
  );
  const laboratory = demoLaboratoryReport({ id: oid(), setId: oid() }, now);
  await context.event(
    { event: "document", level: "N3", title: "CR d'examens biologiques", size: laboratory.cda.length },
    () => `${style.cyan("3.")} ${text.demo.level3(laboratory.cda.length)}`,
  );
  const packed = await packXdm({
    documents: [{ content: level1 }, { content: laboratory.cda }],
    software: { name: "medimail-connector", version: VERSION },
  });
  const inspected = inspectXdm(await openXdm(packed.zip));
  if (inspected.problems.some((problem) => problem.severity === "error"))
    throw new MedimailError("internal", "the archive of the demonstration is not sound");
  await context.event(
    { event: "packed", documents: inspected.documents.length, size: packed.zip.length },
    () => `${style.cyan("4.")} ${text.demo.packed(inspected.documents.length, packed.zip.length)}`,
  );
  return [{ cda: level1 }, { cda: laboratory.cda, pdf: laboratory.pdf }];
}

/** Submits, delivers, and prints each event, until the patient has read the documents and the professional's software has filed them. */
async function deliver(context: Context, connector: Connector, mock: MockMedimail, document: DocumentSubmission) {
  const { text, style } = context;
  const submission = await connector.documents.submit(document, { signal: context.signal });
  const { recipients } = await submission.status();
  const kinds = new Map(recipients.map(({ address, kind }) => [address, kind]));
  const states = new Map<string, SubmissionEvent["event"]>();
  if (!context.json) await context.io.out(`${style.cyan("5.")} ${text.demo.submitted(recipients.length)}\n`);
  const stop = new AbortController();
  const reading = new AbortController();
  const signal = AbortSignal.any([context.signal, reading.signal]);
  const run = connector.delivery.run({ signal: stop.signal, submission: submission.id });
  // A worker that fails must end the reading, or the demonstration would wait for ever.
  run.catch(() => reading.abort());
  try {
    for await (const event of connector.events({ submission: submission.id, after: 0, signal })) {
      const kind = kinds.get(event.recipient ?? "");
      await context.event(eventLine(event), () =>
        kind
          ? `   ${event.event === "queued" ? style.dim("·") : style.green("✓")} ${text.demo.state(event.event, kind)}`
          : "",
      );
      if (event.event === "failed" || event.event === "refused")
        throw new MedimailError("delivery_failed", event.error?.message ?? "a recipient was refused");
      if (event.recipient) states.set(event.recipient, event.event);
      answer(mock, event, kind);
      if (recipients.every(({ address, kind: of }) => states.get(address) === LAST[of])) break;
    }
  } finally {
    reading.abort();
    stop.abort();
    await run;
  }
  if (isMedimailError(context.signal.reason)) throw context.signal.reason;
  return recipients.map(({ address, kind, messageId }) => ({
    address,
    kind,
    messageId,
    state: states.get(address) ?? "queued",
  }));
}

const LAST = { professional: "integrated", patient: "read" } as const;

/** What the recipients do: both open the mail once it is there, then the professional's software files the documents. */
function answer(
  mock: MockMedimail,
  { event, recipient = "", messageId = "" }: SubmissionEvent,
  kind: keyof typeof LAST | undefined,
): void {
  if (event === "delivered") mock.read(recipient, messageId);
  if (event === "read" && kind === "professional") mock.integrate(recipient, messageId);
}

function configOf(configs: Readonly<Record<string, string>>): string {
  const path = configs[SENDER];
  if (path === undefined) throw new MedimailError("mock_failed", "the mock has no mailbox for the demonstration");
  return path;
}

function tlsVersion(observations: readonly { kind: string; version?: string }[]): string {
  return observations.find((observation) => observation.kind === "tls" && observation.version)?.version ?? "TLS";
}

async function countTraces(connector: Connector): Promise<number> {
  let count = 0;
  for await (const _ of connector.traces.list()) count += 1;
  return count;
}

/** An OID of chance, under the arc of UUIDs. */
function oid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll("-", "")}`)}`;
}
