import { join } from "node:path";
import type { Connector } from "../connector-types.js";
import type { DocumentSubmission } from "../sending/index.js";
import { EXIT } from "./command.js";
import type { Context } from "./context.js";
import { makeFolder, writeAtomically } from "./files.js";

/** `--eml`: the mails that would be sent, one file each, named by the left side of their Message-ID. Nothing is stored or sent. */
export async function writeMails(
  context: Context,
  connector: Connector,
  submission: DocumentSubmission,
  folder: string,
): Promise<number> {
  const { mails, problems } = await connector.documents.compose(submission);
  await context.warnProblems(problems);
  makeFolder(folder, "--eml");
  for (const mail of mails) {
    const eml = join(folder, `${fileName(mail.messageId)}.eml`);
    writeAtomically(eml, mail.content, "--eml");
    const line = { eml, messageId: mail.messageId, recipients: mail.recipients, size: mail.size };
    await context.event(
      line,
      (style) => `${style.green("✓")} ${context.text.view.written} ${eml}  ${mail.recipients.join(", ")}`,
    );
  }
  return EXIT.done;
}

function fileName(messageId: string): string {
  const local = messageId.replace(/^</, "").replace(/@.*$/, "");
  return local.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+/, "_");
}
