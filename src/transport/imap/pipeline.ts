import type { ImapFlow } from "imapflow";
import { type Answered, type Argument, answered, type ExecOptions, type RawCommand } from "./raw.js";
import { failed } from "./wire.js";

/**
 * Commands that are sent right behind an EXAMINE. Servers may work on several at a time (Dovecot does) and mix their answers: each is
 * shown everything that is answered, and takes what is its own.
 */
export type Followers = readonly RawCommand[];

/** How a follower ended; never a rejection: a server that refuses one is asked again singly. */
export type Followed = "done" | "refused";

interface Pending {
  command: string;
  attributes: readonly Argument[];
  options: ExecOptions;
  resolve(answer: Answered): void;
  reject(error: unknown): void;
}

/** Of imapflow, what its types leave out: one command at a time, whose answer it expects, and the commands by tag. */
interface Engine {
  tagCounter: number;
  commandParts: unknown[];
  currentRequest: false | (Pick<Pending, "command" | "attributes" | "options"> & { tag: string; sent: boolean });
  requestTagMap: Map<string, Pending>;
  exec(command: string, attributes: readonly Argument[], options: ExecOptions): Promise<Answered>;
  mailboxOpen(path: string, options?: OpenOptions): Promise<unknown>;
  handleResponse(data: { payload: Buffer }): Promise<boolean>;
  takeCurrentRequest(): unknown;
  trySend(): Promise<void>;
  write(line: string): void;
}

const FOLLOWERS = Symbol("followers");

interface OpenOptions {
  readOnly?: boolean;
  [FOLLOWERS]?: Pipeline;
}

/**
 * The options of a `getMailboxLock` or `mailboxOpen` by which these commands leave in one piece with its EXAMINE, so that all of it takes
 * one round trip (RFC 9051 §5.5: none of them changes what another means). Where the folder is open already, or cannot be opened, they
 * are not sent, or count for nothing.
 */
export function examineWith(commands: Followers): { options: { readOnly: true }; ended: () => Promise<Followed[]> } {
  const pipeline = new Pipeline(commands);
  const options: OpenOptions & { readOnly: true } = { readOnly: true, [FOLLOWERS]: pipeline };
  return { options, ended: () => pipeline.ended };
}

/** imapflow sends a command when the one before is answered: this teaches a client to send some behind an EXAMINE. */
export function pipelines(client: ImapFlow): void {
  const engine = client as unknown as Engine;
  const open = engine.mailboxOpen.bind(client);
  const exec = engine.exec.bind(client);
  const handle = engine.handleResponse.bind(client);
  let behind: Pipeline | undefined;
  let active: Pipeline | undefined;
  // Folders are opened one after the other (imapflow's lock): the next EXAMINE is of this call.
  engine.mailboxOpen = async (path, options) => {
    behind = options?.[FOLLOWERS];
    try {
      return await open(path, options);
    } finally {
      behind = undefined;
    }
  };
  engine.exec = (command, attributes, options) => {
    const next = behind;
    if (!next || next.commands.length === 0 || command !== "EXAMINE") return exec(command, attributes, options);
    behind = undefined;
    active = next;
    return next.run(engine, (more) =>
      exec(command, attributes, { ...options, ...more, untagged: { ...options.untagged, ...more.untagged } }),
    );
  };
  engine.handleResponse = async (data) => {
    if (!active?.take(data.payload)) return await handle(data);
    if (active.over) active = undefined;
    await engine.trySend();
    return true;
  };
}

/** Followers of one EXAMINE, on their way. */
class Pipeline {
  readonly commands: Followers;
  #engine: Engine | undefined;
  #how: Followed[];
  /** Sent and not answered: its place, by its tag. */
  readonly #waiting = new Map<string, number>();
  /** What our handlers threw, of each. */
  #checks: (() => void)[] = [];
  #end: () => void = () => {};
  #sent: Promise<void> | undefined;
  /** Not a tag of any command: in imapflow's eyes one command is under way until the last follower is answered. */
  #tag = "";

  constructor(commands: Followers) {
    this.commands = commands;
    this.#how = commands.map(() => "refused");
  }

  get ended(): Promise<Followed[]> {
    return (this.#sent ?? Promise.resolve()).then(() => this.#how);
  }

  get over(): boolean {
    return this.#sent !== undefined && this.#waiting.size === 0;
  }

  /** @param exec sends the EXAMINE */
  run(engine: Engine, exec: (more: ExecOptions) => Promise<Answered>): Promise<Answered> {
    this.#engine = engine;
    const each = this.commands.map(answered);
    this.#checks = each.map(({ check }) => check);
    const options = together(each.map(({ options: one }) => one));
    const tag = (engine.tagCounter + 1).toString(16).toUpperCase();
    const first = exec({ ...options, onSend: () => this.#send(engine) });
    const own = engine.requestTagMap.get(tag);
    if (!own) return first;
    const { resolve, reject } = own;
    own.resolve = (answer) =>
      resolve({
        ...answer,
        next: () => {
          this.#expect(engine, tag, options);
          answer.next();
        },
      });
    own.reject = (error) => {
      // Refused: the answers of the others come all the same. Lost: none comes.
      if ((error as { responseStatus?: unknown }).responseStatus === undefined) this.#stop();
      else this.#expect(engine, tag, options);
      reject(error);
    };
    return first;
  }

  #send(engine: Engine): void {
    // The name of the folder is still to be sent, as a literal.
    if (engine.commandParts.length > 0) return;
    const lines = this.commands.map(({ name, attributes }) => `${name} ${attributes.map(written).join(" ")}`);
    this.#sent = new Promise((resolve) => {
      this.#end = resolve;
    });
    for (const [place, line] of lines.entries()) {
      engine.tagCounter += 1;
      const tag = engine.tagCounter.toString(16).toUpperCase();
      this.#waiting.set(tag, place);
      engine.write(`${tag} ${line}`);
    }
  }

  /** From now on what comes is for the followers, and nothing else is sent. */
  #expect(engine: Engine, of: string, options: ExecOptions): void {
    if (this.#waiting.size === 0) return;
    this.#tag = `${of}+`;
    const pending = { command: "EXAMINE", attributes: [], options };
    engine.requestTagMap.set(this.#tag, {
      ...pending,
      resolve: ({ next }) => {
        this.#stop();
        next();
      },
      reject: () => this.#stop(),
    });
    engine.currentRequest = { ...pending, tag: this.#tag, sent: true };
  }

  /** The last line of a follower's answer; false for every other line. */
  take(payload: Buffer): boolean {
    // A row begins with a star: not looked at further.
    if (payload[0] === 0x2a) return false;
    const [, tag = "", status] = /^([0-9A-F]{1,8}) (OK|NO|BAD)\b/i.exec(payload.toString("latin1", 0, 20)) ?? [];
    const place = this.#waiting.get(tag);
    if (place === undefined) return false;
    this.#waiting.delete(tag);
    if (status?.toUpperCase() === "OK" && isFine(this.#checks[place])) this.#how[place] = "done";
    if (this.#waiting.size > 0) return true;
    const engine = this.#engine;
    if (engine?.currentRequest && engine.currentRequest.tag === this.#tag) engine.takeCurrentRequest();
    this.#end();
    return true;
  }

  #stop(): void {
    this.#waiting.clear();
    this.#how = this.commands.map(() => "refused");
    this.#end();
  }
}

/** Handlers of several commands as those of one. */
function together(each: readonly ExecOptions[]): ExecOptions {
  const names = new Set(each.flatMap(({ untagged }) => Object.keys(untagged)));
  const rows = each.flatMap(({ onRow }) => onRow ?? []);
  return {
    untagged: Object.fromEntries(
      [...names].map((name) => [
        name,
        async (said) => {
          for (const { untagged } of each) await untagged[name]?.(said);
        },
      ]),
    ),
    onRow(row) {
      for (const onRow of rows) onRow(row);
    },
  };
}

function isFine(check: (() => void) | undefined): boolean {
  try {
    check?.();
    return true;
  } catch {
    return false;
  }
}

/** An argument as a command has it; only what needs no quotes. */
function written(argument: Argument): string {
  if (Array.isArray(argument)) return `(${argument.map(written).join(" ")})`;
  if (!/^[\x21-\x7e]+$/.test(argument.value) || argument.type === "STRING")
    throw failed("an argument cannot be sent ahead");
  return argument.section ? `${argument.value}[${argument.section.map(written).join(" ")}]` : argument.value;
}
