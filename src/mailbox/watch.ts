import { MedimailError } from "../errors.js";
import { firstAborted } from "../first-aborted.js";
import type { FolderStates, ImapEvent, ImapMailbox, ImapWatchOptions } from "../transport/imap/index.js";
import { cursorOf, readCursor } from "./cursor.js";
import { mailSummary } from "./summary.js";
import type { MailEvent, WatchOptions, WatchStatus } from "./watch-types.js";

const MAX_FOLDERS = 100;

/** What a watch hands to the transport; checks what the caller gave. */
export function watchMailbox(
  open: () => Promise<Pick<ImapMailbox, "watch">>,
  folders: string | readonly string[],
  options: WatchOptions,
): AsyncIterable<MailEvent> {
  const asked = imapOptions(typeof folders === "string" ? [folders] : folders, options);
  async function* events(left: AbortSignal): AsyncGenerator<MailEvent, undefined> {
    if (options.signal?.aborted || left.aborted) return;
    const { signal, release } = firstAborted(options.signal, left);
    try {
      for await (const event of (await open()).watch({ ...asked, signal })) yield mailEvent(event);
    } finally {
      release();
    }
  }
  return {
    [Symbol.asyncIterator]() {
      const left = new AbortController();
      const waiting = events(left.signal);
      return {
        next: () => waiting.next(),
        // A generator hears of `return` once it has an event to give: whoever leaves while it waits (a stream that is destroyed, a race that is
        // lost) would keep its session until then.
        return() {
          left.abort();
          return waiting.return(undefined);
        },
      };
    },
  };
}

function imapOptions(folders: readonly string[], options: WatchOptions): ImapWatchOptions {
  if (folders.length === 0 || folders.length > MAX_FOLDERS || folders.some((folder) => folder === ""))
    throw new MedimailError("invalid_argument", `a watch has 1 to ${MAX_FOLDERS} folders`, { path: "folders" });
  const times = {
    ...time(options, "idleMs", 1_000, 29 * 60_000),
    ...time(options, "probeMs", 1_000, 24 * 3_600_000),
    ...time(options, "pollMs", 100, 24 * 3_600_000),
  };
  const { cursor, onStatus } = options;
  const tell = (status: WatchStatus): void => {
    try {
      onStatus?.(status);
    } catch {
      // A listener's fault is not the watch's.
    }
  };
  return {
    folders,
    times,
    ...(cursor === undefined ? {} : { known: readCursor(cursor) }),
    onWatching: (states) => tell(withCursor({ state: "watching" as const }, states)),
    onInterrupted: (error) => tell({ state: "interrupted", error }),
  };
}

function time(options: WatchOptions, name: "idleMs" | "probeMs" | "pollMs", least: number, most: number) {
  const value = options[name];
  if (value === undefined) return {};
  if (Number.isFinite(value) && value >= least && value <= most) return { [name]: value };
  throw new MedimailError("invalid_argument", `${name} is from ${least} to ${most} ms`, { path: name });
}

function mailEvent(event: ImapEvent): MailEvent {
  const { path: folder, uidValidity, states } = event;
  const where = { folder, uidValidity };
  switch (event.type) {
    case "new": {
      const { uid, mail, rebuilt } = event;
      const told = {
        type: "new" as const,
        ...where,
        uid,
        mail: mailSummary(mail),
        ...(rebuilt ? { rebuilt: true as const } : {}),
      };
      return withCursor(told, states);
    }
    case "changed":
      return withCursor({ type: "changed" as const, ...where, uid: event.uid, flags: [...event.flags] }, states);
    case "gone":
      return withCursor({ type: "gone" as const, ...where, uid: event.uid }, states);
    case "reset":
      return withCursor({ type: "reset" as const, ...where }, states);
  }
}

/** Made when it is read: most are not. */
function withCursor<T extends object>(told: T, states: FolderStates): T & { readonly cursor: string } {
  let made: string | undefined;
  return Object.defineProperty(told, "cursor", {
    enumerable: true,
    get: () => {
      made ??= cursorOf(states);
      return made;
    },
  }) as T & { readonly cursor: string };
}
