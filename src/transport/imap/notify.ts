import type { ImapFlow } from "imapflow";
import { command, folderArgument } from "./command.js";
import { encodeFolderName } from "./mutf7.js";
import { type Argument, atom, tokenText, type Untagged } from "./raw.js";

/** Of imapflow, what its types leave out: what is done with lines that no command waits for. */
interface Listeners {
  untaggedHandlers: Record<string, ((said: Untagged) => Promise<void>) | undefined>;
  sectionHandlers: Record<string, ((section: unknown) => Promise<void>) | undefined>;
}

const EVENTS: Argument = ["MessageNew", "MessageExpunge", "FlagChange"].map(atom);

/** Folders that are not open and that the server tells of by itself (RFC 5465): which of them have changed. */
export class Notified {
  /** Paths by their names on the wire. */
  readonly #paths: ReadonlyMap<string, string>;
  readonly #changed = new Set<string>();
  #over = false;
  /** Called with each news. */
  heard: () => void = () => {};

  private constructor(paths: readonly string[]) {
    this.#paths = new Map(paths.flatMap((path) => [path, encodeFolderName(path)].map((name) => [name, path] as const)));
  }

  /** Asks for it; undefined where the server has no NOTIFY, or refuses: the folders are to be looked at then. */
  static async of(client: ImapFlow, paths: readonly string[]): Promise<Notified | undefined> {
    if (!client.capabilities.has("NOTIFY")) return undefined;
    const notified = new Notified(paths);
    const { untaggedHandlers, sectionHandlers } = client as unknown as Listeners;
    untaggedHandlers["STATUS"] = async ({ attributes = [] }) => notified.#told(tokenText(attributes[0]) ?? "");
    // More happens than the server wants to tell (RFC 5465 §5.8): from now on it tells nothing.
    sectionHandlers["NOTIFICATIONOVERFLOW"] = async () => {
      notified.#over = true;
      notified.heard();
    };
    const { status } = await command(client, "NOTIFY", [
      atom("SET"),
      // Of the open folder, as ever.
      [atom("SELECTED-DELAYED"), EVENTS],
      [atom("MAILBOXES"), paths.map(folderArgument), EVENTS],
    ]);
    return status === "OK" ? notified : undefined;
  }

  #told(name: string): void {
    const path = this.#paths.get(/^inbox$/i.test(name) ? "INBOX" : name);
    if (path === undefined) return;
    this.#changed.add(path);
    this.heard();
  }

  /** The server has stopped to tell. */
  get over(): boolean {
    return this.#over;
  }

  get any(): boolean {
    return this.#over || this.#changed.size > 0;
  }

  /** The folders that have changed, once. */
  take(): string[] {
    const paths = [...this.#changed];
    this.#changed.clear();
    return paths;
  }
}
