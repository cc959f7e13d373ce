import { errorCodeOf, MedimailError } from "../errors.js";
import type { Logger } from "../log.js";
import type { Clock, MailContent, OutboxStore, SentCopy, TraceEntry } from "../seams/index.js";
import type { TraceDraft } from "./outcome.js";

/** How long one filing may take before another process may try it. */
const HOLD_MS = 10 * 60_000;
const RETRY_MS = 60_000;
const HOPELESS: ReadonlySet<string> = new Set([
  "folder_not_found",
  "mail_too_large",
  "mail_not_found",
  "storage_corrupt",
]);

export interface SentCopyDeps {
  store: OutboxStore;
  clock: Clock;
  log: Logger;
  tenant: string;
  mailbox: string;
  trace: (entry: TraceDraft, actor: string | undefined, now: number) => TraceEntry;
  /** Puts the mail into Sent unless it is there (by its Message-ID). Throws where it is not there afterwards, or nobody knows. */
  file: (copy: SentCopy & { content: MailContent }) => Promise<{ already: boolean; answer: string }>;
}

/**
 * Files in Sent what the operator has accepted and does not file itself: once, though the process die in between, since the
 * folder is searched for the Message-ID first. What cannot be filed now is tried again in a minute; what the mailbox has no
 * place for is given up and traced. Returns how many were filed or found.
 */
export async function fileSentCopies(deps: SentCopyDeps, signal: AbortSignal): Promise<number> {
  const { store, clock, tenant, mailbox } = deps;
  let filed = 0;
  while (!signal.aborted) {
    const now = clock.now();
    const copy = await store.takeSentCopy({ tenant, mailbox, now, until: now + HOLD_MS });
    if (!copy) break;
    if (await fileOne(deps, copy)) filed += 1;
  }
  return filed;
}

async function fileOne(deps: SentCopyDeps, copy: SentCopy): Promise<boolean> {
  const { store, clock, log } = deps;
  const trace = (answer: string, ok: boolean) =>
    deps.trace(
      { action: "sent-copy", request: `APPEND Sent Message-ID:<${copy.messageId}>`, answer, ok },
      copy.actor,
      clock.now(),
    );
  try {
    const { content } = copy;
    if (!content) throw new MedimailError("mail_not_found", "the content was erased before it was filed");
    const { already, answer } = await deps.file({ ...copy, content });
    await store.endSentCopy(copy.mailId, [trace(already ? "there already" : answer, true)]);
    return true;
  } catch (error) {
    const code = errorCodeOf(error);
    log.log("warn", "sent_copy.failed", { code, submission: copy.submission });
    const again = !HOPELESS.has(code);
    if (again) await store.endSentCopy(copy.mailId, [], clock.now() + RETRY_MS);
    else await store.endSentCopy(copy.mailId, [trace(code, false)]);
    return false;
  }
}
