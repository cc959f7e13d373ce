import { errorCodeOf, isMedimailError, MedimailError, type Problem } from "../errors.js";
import type { Logger } from "../log.js";
import {
  type Clock,
  elapsedOf,
  type InboxRecord,
  type InboxScope,
  type InboxStore,
  type OutboxStore,
} from "../seams/index.js";
import type { ImapMailbox, ImapSummary } from "../transport/imap/index.js";
import type { Inbox, InboxEntry, IntegrateOptions, IntegrationHandler, IntegrationHooks } from "./integrate-types.js";
import { comparedOf, mailIdOf, noted, openMail } from "./open.js";
import type { HealthDocument, OpenedMail } from "./open-types.js";
import { mailSummary } from "./summary.js";
import type { MailSummary } from "./types.js";

export interface InboxDeps {
  imap: () => Promise<Pick<ImapMailbox, "summary" | "part" | "pages" | "search">>;
  store: () => Promise<{ inbox: InboxStore; cursors: Pick<OutboxStore, "cursor" | "setCursor"> }>;
  scope: InboxScope;
  clock: Clock;
  log: Logger;
  hooks: IntegrationHooks;
  /** Names the one who holds what is claimed, and tells whether another such name can still act. */
  owner: () => string;
  isDead: (owner: string) => boolean;
}

const BATCH = 20;
/** Summaries of new mails that are held: some MB. */
const MAX_KEPT = 1_000;
const DEFAULTS = { pollMs: 30_000, maxAttempts: 8, backoff: { minMs: 30_000, maxMs: 3_600_000 } };
/** The mail may be elsewhere by now. */
const ELSEWHERE: ReadonlySet<string> = new Set(["mail_not_found", "imap_failed"]);
/** Failures of one mail, where they are final. */
const SKIPPED: ReadonlySet<string> = new Set(["mail_invalid", "mail_not_found", "imap_failed"]);
/** Failures of which trying again is no use: a person must look. */
const UNSOUND = { integrity: "xdm_document_invalid", patient: "patient_ins_differs" } as const;

export function createInbox(deps: InboxDeps): Inbox {
  const { scope, clock } = deps;
  return {
    async integrate(handler, options) {
      const { inbox, cursors } = await deps.store();
      await new Run(deps, inbox, cursors, handler, options).until();
    },
    async list(query = {}) {
      return (await (await deps.store()).inbox.list(scope, query)).map(entryOf);
    },
    retry: async (id) => (await deps.store()).inbox.retry(scope, id, clock.now()),
  };
}

/** One call of `integrate`. */
class Run {
  readonly #options: IntegrateOptions & typeof DEFAULTS;
  /** The mail that was opened last: its documents come one after the other. */
  #last: { mailId: string; mail: ImapSummary; opened: OpenedMail } | undefined;
  /** What the list said of the mails that were queued just now. */
  readonly #listed = new Map<string, ImapSummary>();

  constructor(
    private readonly deps: InboxDeps,
    private readonly inbox: InboxStore,
    private readonly cursors: Pick<OutboxStore, "cursor" | "setCursor">,
    private readonly handler: IntegrationHandler,
    options: IntegrateOptions,
  ) {
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.#options = { ...DEFAULTS, ...given } as IntegrateOptions & typeof DEFAULTS;
  }

  async until(): Promise<void> {
    const { signal, once, pollMs } = this.#options;
    const { clock } = this.deps;
    while (!signal.aborted) {
      try {
        await this.#queueNew();
      } catch (error) {
        if (signal.aborted) return;
        this.#tell("inbox.look-failed", error);
        if (once) throw error;
      }
      // Where some fail again and again there is always something due: new mails are looked at all the same.
      const nextLook = elapsedOf(clock) + pollMs;
      let done = 1;
      while (!signal.aborted && done > 0 && (once || elapsedOf(clock) < nextLook)) done = await this.#work();
      this.#last = undefined;
      this.#listed.clear();
      if (once || signal.aborted) return;
      if (done === 0) await clock.sleep(pollMs, { signal }).catch(() => {});
    }
  }

  /** Notes durably what the mails after the cursor hold, and only then moves the cursor. */
  async #queueNew(): Promise<void> {
    const { folder = "inbox", since, signal } = this.#options;
    const { tenant, mailbox } = this.deps.scope;
    const name = `integrate/${folder}`;
    const [validity, last = "0"] = ((await this.cursors.cursor(tenant, mailbox, name)) ?? "").split(" ");
    const imap = await this.deps.imap();
    const after: { uid: number; uidValidity: string; mail?: ImapSummary }[] = [];
    const asked = { folder, pageSize: 200, signal };
    const pages = validity === "" && since ? imap.search(asked, { since }) : imap.pages(asked);
    for await (const page of pages) {
      const fresh = page.filter(({ uid, uidValidity }) => uidValidity !== validity || uid > Number(last));
      after.push(...fresh.map((mail) => ({ uid: mail.uid, uidValidity: mail.uidValidity, mail })));
      // The oldest come first when they are opened; of more than that, the others are asked for again then.
      for (const entry of after.slice(Math.max(0, after.length - MAX_KEPT - page.length), -MAX_KEPT)) delete entry.mail;
      if (fresh.length < page.length) break;
    }
    for (const { uid, uidValidity, mail: listed } of after.reverse()) {
      if (signal.aborted) return;
      const mail = listed ?? (await imap.summary(folder, uid, { signal }));
      if (mail?.uidValidity === uidValidity)
        await this.#queue(mail).catch(async (error: unknown) => {
          // Listed a while ago: moved or deleted since, it is nobody's fault.
          const there = listed ? await imap.summary(folder, uid, { signal }) : mail;
          if (there?.uidValidity === uidValidity) await this.#skip(mail, error);
        });
      await this.cursors.setCursor(tenant, mailbox, name, `${uidValidity} ${uid}`);
    }
  }

  /** A mail that is gone meanwhile, or that nobody can read, does not hold up those after it. */
  async #skip(mail: ImapSummary, error: unknown): Promise<void> {
    // What is none of our errors is a reader that this mail broke: it would break it each time.
    const known = isMedimailError(error) ? error : new MedimailError("mail_invalid", "The mail cannot be read.");
    if (this.#options.signal.aborted || known.retryable || !SKIPPED.has(known.code)) throw error;
    const { code, message } = known;
    await this.#unreadable(mailSummary(mail), [{ severity: "error", code, message }]);
  }

  async #unreadable(mail: MailSummary, problems: readonly Problem[]): Promise<void> {
    const { log, scope, hooks } = this.deps;
    log.log("warn", "inbox.unreadable", { mailbox: scope.mailbox, code: problems[0]?.code ?? "" });
    await hooks.unreadable?.(mail, problems).catch((error: unknown) => this.#tell("inbox.hook-failed", error));
  }

  async #queue(mail: ImapSummary): Promise<void> {
    // A report returns the mail that it speaks of, documents included: they are those that this box once sent.
    if (mailSummary(mail).kind === "receipt") return;
    const opened = await this.#open(mail);
    const now = this.deps.clock.now();
    const sightings = opened.documents.flatMap((document) => {
      const compared = comparedOf(document, mail);
      return compared ? [noted(compared, now)] : [];
    });
    if (sightings.length > 0) {
      const { path: folder, uid, uidValidity } = mail;
      await this.inbox.enqueue(this.deps.scope, sightings, { folder, uid, uidValidity }, now);
      if (this.#listed.size < MAX_KEPT) this.#listed.set(mailIdOf(mail), mail);
    } else if (opened.mail.hasXdm || opened.problems.some(({ severity }) => severity === "error")) {
      await this.#unreadable(opened.mail, opened.problems);
    }
  }

  /** @returns how many documents were dealt with */
  async #work(): Promise<number> {
    const { inbox, deps } = this;
    const now = deps.clock.now();
    const claimed = await inbox.claim({
      ...deps.scope,
      // Named anew each time: a name that grows old counts as a dead process's on another machine.
      owner: this.deps.owner(),
      isDead: deps.isDead,
      now,
      beyond: now + 2 * this.#options.backoff.maxMs,
      limit: BATCH,
    });
    for (const [index, record] of claimed.entries()) {
      if (this.#options.signal.aborted) {
        for (const rest of claimed.slice(index)) await inbox.settle(rest.id, { state: "released" });
        break;
      }
      try {
        if (record.state === "integrated") await this.#finish(record);
        else await this.#hand(record);
      } catch (error) {
        await this.#failed(record, error);
      }
    }
    return claimed.length;
  }

  async #hand(record: InboxRecord): Promise<void> {
    const { mail, opened } = await this.#mailOf(record);
    const named = opened.documents
      .map((one) => ({ document: one, compared: comparedOf(one, mail) }))
      .filter(({ compared }) => compared?.uniqueId === record.uniqueId && compared.action === record.action);
    const document = named[0]?.document;
    const twofold = named.length > 1 && named.some(({ compared }) => compared?.sha256 !== record.sha256);
    const unsound = twofold ? "idempotency_conflict" : document && unsoundness(document);
    if (!document || unsound) {
      await this.inbox.settle(record.id, { state: "aside", error: unsound ?? "mail_invalid" });
      return;
    }
    const { signal } = this.#options;
    await this.handler({ document, mail: opened.mail, patient: opened.patient, attempt: record.attempts, signal });
    await this.inbox.settle(record.id, { state: "integrated", at: this.deps.clock.now() });
  }

  /** With the last of its documents a mail is answered and filed. */
  async #finish(record: InboxRecord): Promise<void> {
    const { hooks, scope } = this.deps;
    const others = await this.inbox.ofMail(scope, record.mailId);
    // Finished with another document of the same mail.
    if (!others.some(({ id, pending }) => id === record.id && pending)) return;
    if (others.every(isDone)) {
      // A mail that a person moved or deleted meanwhile needs neither.
      const found = await this.#summaryOf(record).catch((error: unknown) => {
        if (isMedimailError(error) && error.code === "mail_not_found") return undefined;
        throw error;
      });
      if (found && hooks.sendReceipt) await hooks.sendReceipt(found, "integrated");
      if (found && hooks.file) await hooks.file(found);
      this.#last = undefined;
      for (const { id, state } of others)
        if (state === "integrated") await this.inbox.settle(id, { state: "finished" });
    }
    await this.inbox.settle(record.id, { state: "finished" });
  }

  async #failed(record: InboxRecord, error: unknown): Promise<void> {
    const { signal, maxAttempts, backoff } = this.#options;
    if (signal.aborted) {
      await this.inbox.settle(record.id, { state: "released" });
      return;
    }
    const code = isMedimailError(error) ? error.code : "handler_failed";
    this.#tell("inbox.failed", error);
    const final = record.state === "waiting" && record.attempts >= maxAttempts;
    const wait = Math.min(backoff.maxMs, backoff.minMs * 2 ** Math.min(30, record.attempts - 1));
    await this.inbox.settle(
      record.id,
      final ? { state: "aside", error: code } : { state: "later", dueAt: this.deps.clock.now() + wait, error: code },
    );
  }

  async #mailOf(record: InboxRecord): Promise<{ mail: ImapSummary; opened: OpenedMail }> {
    if (this.#last?.mailId === record.mailId) return this.#last;
    const listed = this.#listed.get(record.mailId);
    if (listed) {
      try {
        return { mail: listed, opened: await this.#open(listed) };
      } catch (error) {
        if (!isMedimailError(error) || !ELSEWHERE.has(error.code)) throw error;
        this.#listed.delete(record.mailId);
      }
    }
    const mail = await findAgain(await this.deps.imap(), record, this.#options);
    return { mail, opened: await this.#open(mail) };
  }

  /** The mail as it is now, for who answers and files it. */
  async #summaryOf(record: InboxRecord): Promise<MailSummary> {
    if (this.#last?.mailId === record.mailId) return this.#last.opened.mail;
    return mailSummary(await findAgain(await this.deps.imap(), record, this.#options));
  }

  async #open(mail: ImapSummary): Promise<OpenedMail> {
    const { scope, clock, imap } = this.deps;
    const context = { imap: await imap(), inbox: this.inbox, scope, now: clock.now() };
    const opened = await openMail(context, mail, { signal: this.#options.signal });
    this.#last = { mailId: mailIdOf(mail), mail, opened };
    return opened;
  }

  #tell(event: string, error: unknown): void {
    const code = errorCodeOf(error);
    this.deps.log.log("warn", event, { mailbox: this.deps.scope.mailbox, code });
  }
}

/** Where it was, else by its Message-ID in the same folder: a person may have moved it away and back. */
async function findAgain(
  imap: Pick<ImapMailbox, "summary" | "search">,
  { place, mailId }: InboxRecord,
  { folder = "inbox", signal }: IntegrateOptions,
): Promise<ImapSummary> {
  const there = place && (await imap.summary(place.folder, place.uid, { signal }));
  if (there && there.uidValidity === place?.uidValidity && mailIdOf(there) === mailId) return there;
  if (!mailId.startsWith("without-id:")) {
    for await (const page of imap.search({ folder, pageSize: 10, signal }, { messageId: mailId })) {
      const found = page.find((mail) => mailIdOf(mail) === mailId);
      if (found) return found;
    }
  }
  throw new MedimailError("mail_not_found", "the mail of a document that waits is not in its folder any more");
}

/** Integrated, or only looked at; a copy of what another mail brought is done with that one. */
const isDone = ({ state, place }: InboxRecord): boolean => state === "integrated" || (state === "seen" && !place);

/** A document that must not go into a record by itself. */
function unsoundness({ integrity, patient }: HealthDocument): string | undefined {
  if (integrity && (integrity.file === "missing" || integrity.hash === "mismatch" || integrity.size === "mismatch"))
    return UNSOUND.integrity;
  return patient.agreement === "differ" ? UNSOUND.patient : undefined;
}

function entryOf(record: InboxRecord): InboxEntry {
  const { id, uniqueId, action, state, mailId, receivedAt, integratedAt, attempts, error } = record;
  return {
    id,
    uniqueId,
    action,
    state,
    messageId: mailId,
    receivedAt: new Date(receivedAt),
    ...(integratedAt === undefined ? {} : { integratedAt: new Date(integratedAt) }),
    attempts,
    ...(error === undefined ? {} : { error }),
  };
}
