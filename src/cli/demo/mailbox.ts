import { createConnector } from "../../connector.js";
import type { Connector } from "../../connector-types.js";
import { MedimailError } from "../../errors.js";
import type { Context } from "../context.js";

/**
 * Mode 2 on the same mails: the professional's mailbox lists what came, opens its documents, marks it read and answers; the laboratory
 * finds the answer.
 */
export async function showMailbox(
  context: Context,
  doctorConfig: Record<string, unknown>,
  laboratory: Connector,
): Promise<void> {
  const { text, style, signal } = context;
  const doctor = createConnector(doctorConfig, { delivery: "manual", eventPollMs: 50 });
  const mark = `   ${style.green("✓")}`;
  try {
    const { mailbox } = doctor;
    const mails = await mailbox.list({ signal }).toArray({ limit: 10 });
    const [mail] = mails.filter(({ hasXdm }) => hasXdm);
    if (!mail) throw new MedimailError("internal", "the mail of the demonstration is not in the mailbox");
    await context.event({ event: "listed", mails: mails.length }, () => `${style.cyan("6.")} ${text.demo.mailbox}`);
    const opened = await mailbox.open(mail, { remember: true, signal });
    const documents = opened.documents.map(({ title, typeCode, seen }) => ({ title, typeCode, seen }));
    if (documents.length === 0 || opened.problems.some(({ severity }) => severity === "error"))
      throw new MedimailError("internal", "the documents of the demonstration do not open");
    await context.event(
      { event: "opened", uid: mail.uid, documents },
      () => `${mark} ${text.demo.opened(documents.length)}`,
    );
    await mailbox.flag(mail, { seen: true, actor: "demo", signal });
    const answer = await mailbox.reply(mail, { text: text.demo.answer, actor: "demo", signal });
    const stop = new AbortController();
    const run = doctor.delivery.run({ signal: stop.signal, submission: answer.id, receipts: false });
    const { ok } = await answer.settled({ signal }).finally(() => stop.abort());
    await run;
    const thread = (await laboratory.mailbox.list({ signal }).toArray({ limit: 20 })).filter(
      ({ inReplyTo }) => inReplyTo !== undefined && inReplyTo === mail.messageId,
    );
    // Receipts answer the mail too; the answer of a person is no receipt.
    if (!ok || !thread.some(({ kind }) => kind === "professional"))
      throw new MedimailError("internal", "the answer of the demonstration did not arrive");
    await context.event({ event: "answered", messageId: answer.messageIds[0] }, () => `${mark} ${text.demo.answered}`);
  } finally {
    await doctor.close();
  }
}
