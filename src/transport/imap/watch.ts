import type { ImapFlow } from "imapflow";
import { isMedimailError, MedimailError } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import { type FolderNews, folderNews } from "./delta.js";
import { imapError } from "./errors.js";
import { type FolderState, withMail, withModseq, withoutMail } from "./folder-state.js";
import { inExaminedFolder, inFolder } from "./folders.js";
import { DEFAULT_TIMES, type WatchTimes, waitForNews } from "./idle.js";
import { OtherFolders } from "./other-folders.js";
import { SessionNews } from "./session-news.js";
import { folderPath } from "./special.js";
import { fetchSummaries } from "./summary-rows.js";
import type { UidSet } from "./uid-set.js";
import type { ImapEvent, ImapWatchOptions, Telling, Told, WatchDeps } from "./watch-types.js";

/** Mails of a round trip, and what is held of a folder's news beside its ranges. */
const PAGE = 50;
/** Sessions lost within a minute, beyond which the next one waits for as long as the back-off knows. */
const MAX_LOSSES = 30;

/**
 * The events of folders, from now on or from what was known, until the signal. A lost session is replaced, and what happened
 * meanwhile is told from what was known: nothing twice, nothing left out. Nothing is asked for before the last events are taken.
 *
 * @throws what no new session would mend: a credential that is refused, a folder that is not there
 */
export async function* watchFolders(deps: WatchDeps, options: ImapWatchOptions): AsyncGenerator<ImapEvent> {
  const closing = new AbortController();
  // Closed meanwhile, nothing of it is a session that was lost, nor is there a back-off to sit out.
  const ends = firstAborted(deps.link.closing, closing.signal, options.signal);
  const watch = new Watch(deps, options, ends.signal);
  try {
    for (;;) {
      const events = await watch.next();
      if (!events) return;
      yield* events;
    }
  } finally {
    closing.abort();
    ends.release();
    await deps.link.close();
  }
}

class Watch {
  readonly #deps: WatchDeps;
  readonly #options: ImapWatchOptions;
  readonly #signal: AbortSignal;
  readonly #times: WatchTimes;
  readonly #states = new Map<string, FolderState>();
  #paths: string[] = [];
  #client: ImapFlow | undefined;
  #news: SessionNews | undefined;
  /** The folder that is open since it was last looked at: the server tells what happens in it. */
  #live: string | undefined;
  #dirty: string[] = [];
  #telling: Telling | undefined;
  #others: OtherFolders | undefined;
  #failures = 0;
  /** When sessions were lost, of the last minute. */
  #losses: number[] = [];
  #watching = false;

  constructor(deps: WatchDeps, options: ImapWatchOptions, signal: AbortSignal) {
    this.#deps = deps;
    this.#options = options;
    this.#signal = signal;
    const times = { ...DEFAULT_TIMES, ...options.times };
    this.#times = { ...times, answerMs: Math.min(times.answerMs, times.probeMs) };
  }

  /** The next events, some at a time; undefined at the end. */
  async next(): Promise<ImapEvent[] | undefined> {
    while (!this.#signal.aborted) {
      try {
        const events = await this.#step(await this.#session());
        if (events.length > 0) return events;
      } catch (error) {
        const known = this.#deps.link.gaveUp
          ? new MedimailError("connections_exhausted", "the connection was given to another mailbox of this process")
          : isMedimailError(error)
            ? error
            : imapError(error, "watching a folder");
        if (this.#signal.aborted || known.code === "closed") return undefined;
        if (!known.retryable || known.code === "token_refused") throw known;
        await this.#interrupted(known);
      }
    }
    return undefined;
  }

  async #interrupted(error: MedimailError): Promise<void> {
    const { clock, random, backoff, logger, host, mailbox, link } = this.#deps;
    // What went wrong may be one answer of a server that is well.
    if (this.#client) await link.hangUp();
    this.#client = undefined;
    this.#telling = undefined;
    this.#watching = false;
    this.#failures += 1;
    logger.log(link.gaveUp ? "info" : "warn", "imap_watch_interrupted", {
      host,
      mailbox,
      code: error.code,
      attempt: this.#failures,
    });
    this.#options.onInterrupted?.(error);
    // The first is replaced at once, but never so many in a minute, however well they begin.
    const since = clock.now() - 60_000;
    this.#losses = [...this.#losses.filter((at) => at > since), clock.now()];
    if (this.#losses.length > MAX_LOSSES) await clock.sleep(backoff.maxMs, { signal: this.#signal }).catch(() => {});
    if (this.#failures === 1) return;
    const most = Math.min(backoff.maxMs, backoff.minMs * 2 ** Math.min(this.#failures - 2, 30));
    await clock.sleep(most * (0.5 + random.fraction() / 2), { signal: this.#signal }).catch(() => {});
  }

  async #session(): Promise<ImapFlow> {
    const { link } = this.#deps;
    const client = await link.session("opening a session to watch", this.#signal);
    if (client === this.#client) return client;
    this.#news = new SessionNews(client);
    if (this.#paths.length === 0) {
      const paths = await this.#within("finding a folder", client, async () => {
        const found: string[] = [];
        for (const folder of this.#options.folders) found.push(await folderPath(client, folder));
        return [...new Set(found)];
      });
      for (const path of paths) {
        const known = this.#options.known?.(path);
        if (known) this.#states.set(path, known);
      }
      this.#paths = paths;
    }
    const others = this.#others ?? new OtherFolders(this.#paths.slice(1), this.#times.pollMs, this.#deps.clock);
    this.#others = others;
    // Before they are looked at: what happens from now on is told.
    await this.#within("asking to be told of folders", client, () => others.begin(client));
    this.#client = client;
    this.#live = undefined;
    this.#telling = undefined;
    this.#dirty = [...this.#paths];
    return client;
  }

  #within<T>(doing: string, client: ImapFlow, work: () => Promise<T>): Promise<T> {
    return this.#deps.link.within(doing, this.#signal, client, work);
  }

  async #step(client: ImapFlow): Promise<ImapEvent[]> {
    if (this.#telling) return await this.#tell(client, this.#telling);
    // The first comes last, for it is to be the open one.
    const path = this.#dirty.at(-1);
    if (path === undefined) return await this.#wait(client);
    await this.#look(client, path);
    this.#dirty = this.#dirty.filter((other) => other !== path);
    const [main] = this.#paths;
    if (path !== main && main !== undefined && !this.#dirty.includes(main)) this.#dirty.unshift(main);
    return [];
  }

  async #look(client: ImapFlow, path: string): Promise<void> {
    const known = this.#states.get(path);
    const news = await this.#within("looking for news of a folder", client, async () => {
      // What the open session has told is enough, where it stands for the whole.
      const live = this.#live === path && known !== undefined && known.modseq === undefined;
      const told = live ? await this.#toldLive(client, path, known) : undefined;
      if (told) return told;
      this.#live = undefined;
      return await inExaminedFolder(client, path, (folder) => {
        this.#news?.take();
        return folderNews(client, folder, known);
      });
    });
    this.#live = path;
    this.#others?.opened(path);
    if (!known) this.#states.set(path, news.base);
    const { reset, gone, changed, modseq, fresh } = news;
    this.#telling = {
      path,
      gone,
      changed: [...changed],
      fresh,
      ...(reset ? { reset: news.base } : {}),
      ...(modseq === undefined ? {} : { modseq }),
    };
  }

  async #toldLive(client: ImapFlow, path: string, known: FolderState): Promise<FolderNews | undefined> {
    // Ends the IDLE, so that nothing can move between the numbers and the question.
    await client.noop();
    return await inFolder(
      client,
      path,
      async ({ exists, validity }) => {
        const hints = this.#news?.take();
        return hints ? await folderNews(client, { exists, uidValidity: validity }, known, { hints }) : undefined;
      },
      false,
    );
  }

  /** The next events of a folder's news, a page of them at most: each holds what is known after it. */
  async #tell(client: ImapFlow, telling: Telling): Promise<ImapEvent[]> {
    const { path, reset, modseq } = telling;
    if (reset) {
      delete telling.reset;
      return [this.#event(path, () => reset, { type: "reset" })];
    }
    if (telling.gone.size > 0) {
      const page = telling.gone.take(PAGE);
      telling.gone = telling.gone.minus(page);
      return [...page].map((uid) => this.#event(path, (state) => withoutMail(state, uid), { type: "gone", uid }));
    }
    const [entry] = telling.changed;
    if (entry) {
      const page = entry.uids.take(PAGE);
      const uids = entry.uids.minus(page);
      telling.changed.splice(0, 1, ...(uids.size === 0 ? [] : [{ ...entry, uids }]));
      const { flags } = entry;
      return [...page].map((uid) =>
        this.#event(path, (state) => withMail(state, uid, flags, entry.modseq), { type: "changed", uid, flags }),
      );
    }
    this.#change(path, (state) => withModseq(state, modseq));
    if (telling.fresh.size === 0) {
      this.#telling = undefined;
      return [];
    }
    const page = telling.fresh.take(PAGE);
    const events = await this.#arrived(client, path, page);
    telling.fresh = telling.fresh.minus(page);
    this.#change(path, (state) => ({ ...state, uidNext: Math.max(state.uidNext, page.last + 1) }));
    return events;
  }

  async #arrived(client: ImapFlow, path: string, page: UidSet): Promise<ImapEvent[]> {
    const { uidValidity: validity, anewBelow = 0 } = this.#change(path, (state) => state);
    const { mails, flagged } = await this.#within("reading new mails", client, () =>
      inFolder(
        client,
        path,
        async (folder) => {
          if (folder.validity !== validity)
            throw new MedimailError("connection_lost", "the folder was made anew while its new mails were read");
          return await fetchSummaries(client, { range: page.toString(), byUid: true, path, uidValidity: validity });
        },
        false,
      ),
    );
    for (const seq of flagged) this.#news?.flagged(seq);
    const events: ImapEvent[] = [];
    for (const { mail, modseq } of mails.sort((a, b) => a.mail.uid - b.mail.uid)) {
      if (!page.has(mail.uid) || this.#states.get(path)?.uids.has(mail.uid)) continue;
      events.push(
        this.#event(path, (state) => withMail(state, mail.uid, mail.flags, modseq), {
          type: "new",
          uid: mail.uid,
          mail,
          rebuilt: mail.uid < anewBelow,
        }),
      );
    }
    return events;
  }

  #change(path: string, change: (state: FolderState) => FolderState): FolderState {
    const before = this.#states.get(path);
    if (!before) throw new MedimailError("internal", "a folder without a state is told of");
    const after = change(before);
    this.#states.set(path, after);
    return after;
  }

  #event(path: string, change: (state: FolderState) => FolderState, what: Told): ImapEvent {
    const { uidValidity } = this.#change(path, change);
    return { ...what, path, uidValidity, states: new Map(this.#states) };
  }

  async #wait(client: ImapFlow): Promise<ImapEvent[]> {
    const [main = ""] = this.#paths;
    const { clock } = this.#deps;
    const news = this.#news as SessionNews;
    const others = this.#others as OtherFolders;
    this.#failures = 0;
    if (!this.#watching) {
      this.#watching = true;
      this.#options.onWatching?.(new Map(this.#states));
    }
    const both = others.beside(news);
    if (!both.any)
      await waitForNews(client, { news: both, times: this.#times, clock, signal: this.#signal, until: others.until });
    if (news.any) this.#dirty.push(main);
    if (clock.now() < others.until && both.any === news.any) return [];
    const changed = await this.#within("looking at another folder", client, () => others.changed(client, this.#states));
    this.#dirty.push(...changed);
    return [];
  }
}
