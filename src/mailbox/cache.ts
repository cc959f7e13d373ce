import { setImmediate } from "node:timers/promises";
import { errorCodeOf, isMedimailError, MedimailError } from "../errors.js";
import type { Logger } from "../log.js";
import { isWorthless, type KeptFolder, type MailCache } from "../storage/index.js";
import { type FolderState, flagsKey, type ImapMailbox, type ImapSummary, UidSet } from "../transport/imap/index.js";
import { after, isAsItWas, type Known, packed, sameState, stateOf } from "./cache-state.js";
import { type DocumentSearch, documentsFit, keptBytes, keptSummary, type OpenedDocuments } from "./kept-mail.js";

export type CachedImap = Pick<ImapMailbox, "path" | "firstLook" | "lookAgain" | "mailsOf">;

export interface MailboxCacheOptions {
  /** Opens the file; `anew` throws away what is in it first. */
  open: (anew: boolean) => Promise<MailCache>;
  /** Whose mails: the mailbox, and the tenant where several share a file. */
  box: string;
  logger: Logger;
}

interface Place extends Known {
  path: string;
  /** Undefined where nothing can be kept just now. */
  kept: { id: number; version: number } | undefined;
  /** New mails that came with the news of the folder, by UID. */
  read: Map<number, ImapSummary>;
}

/** How often another process may be faster before we go on without keeping anything. */
const TRIES = 3;

/**
 * A mailbox's lists, kept on this machine. Each list is brought up to date first, at the cost of what changed; what is kept already is
 * not asked for again. Whatever is wrong with the file, the server's answer is given.
 */
export class MailboxCache {
  readonly #options: MailboxCacheOptions;
  #opening: Promise<MailCache> | undefined;
  #off = false;
  #thrownAway = false;

  constructor(options: MailboxCacheOptions) {
    this.#options = options;
  }

  /** Newest first, as the server has them now. */
  async *pages(
    imap: CachedImap,
    options: { folder: string; pageSize: number; signal?: AbortSignal },
  ): AsyncGenerator<ImapSummary[]> {
    const { pageSize, signal } = options;
    const asked = signal ? { signal } : {};
    const path = await imap.path(options.folder, asked);
    const before = await this.#safely((cache) => cache.folder(this.#options.box, path));
    const known = before && stateOf(before);
    let told = UidSet.EMPTY;
    let place: Place;
    if (known && known.state.uids.size > 0) place = { path, ...known, kept: before, read: new Map() };
    else {
      const { mails, state, exists } = await imap.firstLook(path, pageSize, asked);
      const kept = await this.#begin(path, before, state, exists);
      place = { path, state, complete: state.uids.size === exists, kept, read: new Map() };
      await this.#keep(place, mails);
      if (mails.length > 0) yield mails;
      told = state.uids;
      if (exists <= told.size) return;
    }
    let left = await this.#upToDate(imap, place, told.size > 0, asked, told.size > 0 ? 0 : pageSize);
    for (left = left.minus(told); left.size > 0; ) {
      const page = left.take(-pageSize);
      left = left.minus(page);
      const mails = await this.#page(imap, place, page, asked);
      if (mails.length > 0) yield mails;
    }
  }

  /** Mails whose documents were opened and fit, newest first in each folder; with their place only. */
  async found(
    imap: CachedImap,
    query: DocumentSearch,
    paths: readonly string[],
    signal?: AbortSignal,
  ): Promise<Map<string, UidSet>> {
    const asked = signal ? { signal } : {};
    const found = new Map<string, UidSet>();
    for (const path of paths) {
      // What is gone since is forgotten first.
      const before = await this.#safely((cache) => cache.folder(this.#options.box, path));
      const known = before && stateOf(before);
      if (known) await this.#upToDate(imap, { path, ...known, kept: before, read: new Map() }, false, asked);
    }
    const documents = (await this.#safely((cache) => cache.documents(this.#options.box))) ?? [];
    for (const path of paths) {
      const uids = documents.filter((one) => one.path === path && documentsFit(one.data, query)).map(({ uid }) => uid);
      found.set(path, UidSet.of(uids.sort((a, b) => a - b)));
    }
    return found;
  }

  /** Mails by their place, newest first, from here where they are kept. */
  async mails(imap: CachedImap, path: string, uids: UidSet, signal?: AbortSignal): Promise<ImapSummary[]> {
    const before = await this.#safely((cache) => cache.folder(this.#options.box, path));
    const known = before && stateOf(before);
    if (!before || !known) return [];
    return await this.#page(imap, { path, ...known, kept: before, read: new Map() }, uids, signal ? { signal } : {});
  }

  /**
   * Notes what was found in the documents of a mail, for searches by patient and by document. Nothing is noted of a folder that was never
   * listed, nor of a UID of another UIDVALIDITY.
   */
  async remember(
    mail: { folder: string; uid: number; uidValidity: string },
    documents: OpenedDocuments,
  ): Promise<void> {
    await this.#safely(async (cache) => {
      const { box } = this.#options;
      const kept = await cache.folder(box, mail.folder);
      if (!kept || stateOf(kept)?.state.uidValidity !== mail.uidValidity) return;
      await cache.remember(box, mail.folder, mail.uid, Buffer.from(JSON.stringify(documents), "utf8"));
    });
  }

  async close(): Promise<void> {
    this.#off = true;
    const cache = await this.#opening?.catch(() => undefined);
    await cache?.close();
  }

  async #begin(
    path: string,
    before: KeptFolder | undefined,
    state: FolderState,
    exists: number,
  ): Promise<Place["kept"]> {
    const change = { state: packed(state, exists), reset: true, gone: [], changed: [] };
    return await this.#safely((cache) => cache.change(this.#options.box, path, before, change));
  }

  /** Brings what is kept up to date; every UID of the folder. Meanwhile the newest `ahead` of the mails that are kept are read. */
  async #upToDate(
    imap: CachedImap,
    place: Place,
    listed: boolean,
    asked: { signal?: AbortSignal },
    ahead = 0,
  ): Promise<UidSet> {
    for (let tries = 1; ; tries += 1) {
      const [news, early] = await Promise.all([
        imap.lookAgain(place.path, place.state, { ...asked, partial: !place.complete }),
        tries === 1 ? this.#early(place, ahead) : [],
      ]);
      if (news.reset && listed)
        throw new MedimailError("imap_failed", "the folder was made anew while it was listed", {
          hint: "List it again.",
        });
      const { all, state } = after(place.state, news);
      const { kept, state: before } = place;
      place.state = state;
      place.read.clear();
      for (const mail of early) if (isAsItWas(mail.uid, news)) place.read.set(mail.uid, mail);
      for (const mail of news.mails) place.read.set(mail.uid, mail);
      if (!kept || sameState(before, state, news)) return all;
      const change = {
        state: packed(state, all.size),
        reset: news.reset,
        gone: news.gone.ranges(),
        changed: news.changed.map(({ flags, uids }) => ({ key: flagsKey(flags), flags, uids: uids.ranges() })),
      };
      const { box } = this.#options;
      place.kept = await this.#safely((cache) => cache.change(box, place.path, kept, change));
      if (place.kept) {
        await this.#keep(place, news.mails);
        return all;
      }
      // Another process was faster: what it kept is newer than what we know.
      const now = tries < TRIES ? await this.#safely((cache) => cache.folder(box, place.path)) : undefined;
      const newer = now && stateOf(now);
      if (!newer) return all;
      Object.assign(place, newer, { kept: now });
    }
  }

  /** Read while the server is asked: the question has left before. */
  async #early({ kept, path, state: { uids, uidValidity } }: Place, count: number): Promise<ImapSummary[]> {
    if (!kept || count === 0) return [];
    await setImmediate();
    await setImmediate();
    return await this.#kept(kept, uids.take(-count), { path, uidValidity });
  }

  async #kept(
    { id }: { id: number },
    wanted: UidSet,
    place: { path: string; uidValidity: string },
  ): Promise<ImapSummary[]> {
    const first = wanted.ranges().next().value?.[0] ?? 0;
    const rows = await this.#safely((cache) => cache.mails(id, first, wanted.last));
    return (rows ?? [])
      .filter(({ uid }) => wanted.has(uid))
      .map(({ uid, flags, data }) => keptSummary(data, { uid, flags, ...place }));
  }

  async #page(imap: CachedImap, place: Place, page: UidSet, asked: { signal?: AbortSignal }): Promise<ImapSummary[]> {
    const { path, kept, state } = place;
    const { uidValidity } = state;
    const wanted = page.minus(UidSet.of([...place.read.keys()].sort((a, b) => a - b)));
    const here = [...page.minus(wanted)].flatMap((uid) => place.read.get(uid) ?? []);
    if (kept && wanted.size > 0) here.push(...(await this.#kept(kept, wanted, { path, uidValidity })));
    const missing = page.minus(UidSet.of(here.map(({ uid }) => uid).sort((a, b) => a - b)));
    const read = missing.size === 0 ? [] : await imap.mailsOf(path, uidValidity, missing, asked);
    await this.#keep(place, read);
    return [...here, ...read].sort((a, b) => b.uid - a.uid);
  }

  async #keep({ kept }: Place, mails: readonly ImapSummary[]): Promise<void> {
    if (!kept || mails.length === 0) return;
    const rows = mails.map((mail) => ({
      uid: mail.uid,
      key: flagsKey(mail.flags),
      flags: mail.flags,
      data: keptBytes(mail),
    }));
    await this.#safely((cache) => cache.keep(kept, rows));
  }

  /** A fault of the file is not the caller's: logged, and the server's answer is given instead. */
  async #safely<T>(work: (cache: MailCache) => Promise<T>): Promise<T | undefined> {
    if (this.#off) return undefined;
    try {
      this.#opening ??= this.#options.open(false);
      return await work(await this.#opening);
    } catch (error) {
      const code = errorCodeOf(error);
      if (code === "closed") return undefined;
      this.#options.logger.log("warn", "mail_cache_failed", { code });
      // Another process holds it for long: the next time it may not.
      if (isMedimailError(error) && error.retryable) return undefined;
      const broken = this.#opening;
      this.#opening = undefined;
      await broken?.then((cache) => cache.close()).catch(() => {});
      // Once: a disk that damages what it is given gets no third file.
      const worthless = !isMedimailError(error) || isWorthless(error);
      if (worthless && !this.#thrownAway) this.#opening = this.#options.open(true);
      else this.#off = true;
      this.#opening?.catch(() => {
        this.#off = true;
      });
      this.#thrownAway ||= worthless;
      return undefined;
    }
  }
}
