// The secure mail inside the software: told at once of a new mail, its documents opened and filed, an answer, the receipt that was asked.
// It runs against the mock, so it needs no account. With an operator, only the configuration changes.
import { realpathSync } from "node:fs";
import { createConnector, wrapPdf } from "medimail-connector";
import { startMockMedimail } from "medimail-connector/mock";
import { validatedReport } from "./report.mts";

const LABORATORY = "labo@ch-exemple.mssante.fr";
const DOCTOR = "claire.morel@medecin.mssante.fr";
/** The professional who is logged in: the traces name him. */
const ACTOR = "899900000019";

export async function main({ log }: { log: (line: string) => void }) {
  await using mock = await startMockMedimail();
  await using laboratory = createConnector(await mock.config(LABORATORY), { receiptPollMs: 1_000 });
  await using connector = createConnector(await mock.config(DOCTOR));
  const { mailbox } = connector;

  // Begun before the mail is sent: what is there already is in the list, what comes is told.
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), 30_000);
  let arrived: ReturnType<typeof firstNew> | undefined;
  await new Promise<void>((begun) => {
    arrived = firstNew(
      mailbox.watch(["inbox"], {
        signal: stop.signal,
        onStatus: ({ state }) => {
          if (state === "watching") begun();
        },
      }),
    );
  });

  const report = validatedReport();
  const sent = await laboratory.documents.submit({
    documents: [{ cda: wrapPdf(report.pdf, report.header) }],
    to: [DOCTOR],
    requestRead: true,
  });
  const mail = await arrived;
  clearTimeout(late);
  stop.abort();
  if (!mail) throw new Error("no mail came in time");
  log(`new ${mail.kind} mail, documents: ${mail.hasXdm}`);

  // What a person reads, and the documents: with `remember`, the same documents in later mails are known.
  const { text } = await mailbox.body(mail);
  const opened = await mailbox.open(mail, { remember: true });
  for (const document of opened.documents) {
    log(`document ${document.typeCode} ${document.action} ${document.seen}, identity: ${document.patient.agreement}`);
  }
  await mailbox.flag(mail, { seen: true, actor: ACTOR });

  // Asked for by the sender, and sent because the professional says so: never by itself.
  await mailbox.receipt(mail, { disposition: "displayed", actor: ACTOR });
  const answer = await mailbox.reply(mail, {
    text: "Bien re\u00e7u, merci.",
    actor: ACTOR,
    idempotencyKey: `answer-${mail.uid}`,
  });
  const answered = await answer.settled({ signal: AbortSignal.timeout(20_000) });
  const { ok: read } = await sent.settled({ until: "read", signal: AbortSignal.timeout(20_000) });
  log(`answered ${answered.ok}, read by the recipient ${read}`);

  // Filed, and taken back: a professional may have meant another mail.
  const deleted = await mailbox.delete(mail, { actor: ACTOR });
  await mailbox.undo(deleted, { actor: ACTOR });
  const [again] = await mailbox.list().toArray({ limit: 1 });

  let traces = 0;
  for await (const trace of connector.traces.list()) if (trace.actor === ACTOR) traces += 1;
  return {
    read,
    answered: answered.ok,
    documents: opened.documents.length,
    problems: opened.problems.length,
    textShown: text.length > 0,
    backInTheInbox: again?.messageId === mail.messageId,
    traces,
  };
}

async function firstNew(events: ReturnType<ReturnType<typeof createConnector>["mailbox"]["watch"]>) {
  for await (const event of events) if (event.type === "new") return event.mail;
  return undefined;
}

if (import.meta.filename === realpathSync(process.argv[1] ?? ".")) await main({ log: console.log });
