import { defined } from "../../defined.js";
import type { Observation } from "../../seams/observations.js";
import { DovecotReader } from "./dovecot.js";
import { DraftConnection, type DraftEvent } from "./draft.js";
import { LOG_LIMITS, LogBudget, type LogLeftOut, type LogLimits } from "./limits.js";
import type { LogContent } from "./lines.js";
import { linesOf, utf8Of } from "./lines.js";
import { PostfixReader } from "./postfix.js";
import { type Rawlog, rawlogName, readRawlog } from "./rawlog.js";
import { type StampOptions, stampReader } from "./stamp.js";

/** A log of a real server: of Postfix, of Dovecot, or of both, or one of the two files of a session that Dovecot's `rawlog_dir` holds. */
export interface ServerLog extends Pick<StampOptions, "until"> {
  /** Its file's name. What ends in `.in` or `.out` is a rawlog: the name says whose. */
  name: string;
  content: LogContent;
}

export interface ImportOptions {
  /** IANA name of the zone that times without one are of (`Europe/Paris`). Default `UTC`. */
  timeZone?: string;
  /** Addresses of the client under test, as the server sees them; a server knows many. Default: all. */
  clients?: readonly string[];
  /** What the client's mailboxes are, which no log says: without it nothing is said of how a kind of mailbox must log in. */
  mailboxes?: readonly { address: string; type: string }[];
  limits?: Partial<LogLimits>;
}

export interface ImportedLogs {
  /** In order, for {@link judge}. */
  observations: Observation[];
  /** Addresses that connected, as far as they were looked at, and how often; the first 1,000. */
  clients: readonly { address: string; connections: number }[];
  leftOut: LogLeftOut;
}

/** Longest time between Dovecot's word of a login and the first line of its rawlog. */
const SAME_LOGIN_MS = 5_000;
const MAX_CLIENTS = 1_000;

/**
 * Turns logs of Postfix and Dovecot into observations (docs/server-logs.md says what each can show). What a log does not say is not made up:
 * a check that needs it finds nothing, and its row is `not-observed`. The same logs always give the same observations.
 *
 * @throws MedimailError `invalid_argument` beyond `limits.maxBytes`, `limits.maxLines` or `limits.maxObservations`; what is too long or unknown is left out and
 * counted instead
 * @example
 * const { observations } = await importServerLogs([{ name: "mail.log", content: createReadStream(path), until: new Date() }], { clients: ["10.1.2.3"] });
 * const { results } = await judge(observations, { mail: () => undefined });
 */
export async function importServerLogs(logs: readonly ServerLog[], options: ImportOptions = {}): Promise<ImportedLogs> {
  const budget = new LogBudget({ ...LOG_LIMITS, ...options.limits }, options.clients);
  const connections: DraftConnection[] = [];
  const rawlogs = new Map<string, Rawlog>();
  for (const log of logs) {
    const raw = rawlogName(log.name);
    if (raw) {
      const events = await readRawlog(log.content, raw.from, budget);
      const both = rawlogs.get(raw.base) ?? { base: raw.base, pid: raw.pid, events: [] };
      // Both sides by their time; where it is the same, the client spoke first.
      both.events = merged(raw.from === "client" ? [events, both.events] : [both.events, events]);
      rawlogs.set(raw.base, both);
    } else connections.push(...(await readLog(log, options, budget)));
  }
  join(rawlogs.values(), connections, budget);
  return place(connections, options, budget);
}

async function readLog(log: ServerLog, { timeZone }: ImportOptions, budget: LogBudget): Promise<DraftConnection[]> {
  const stamped = stampReader(defined({ until: log.until, timeZone }));
  const postfix = new PostfixReader(budget);
  const dovecot = new DovecotReader(budget);
  for await (const { text, size } of linesOf(log.content, budget)) {
    if (size - 1 > text.length) {
      budget.leftOut.tooLong += 1;
      continue;
    }
    const line = utf8Of(text).replace(/\r$/, "");
    if (line === "") continue;
    const entry = stamped(line);
    if (!entry) budget.leftOut.malformed += 1;
    else if (!postfix.take(entry) && !dovecot.take(entry)) budget.leftOut.unknown += 1;
  }
  postfix.finish();
  dovecot.finish();
  return [...postfix.connections, ...dovecot.connections];
}

function merged([first, second]: readonly [DraftEvent[], DraftEvent[]] | DraftEvent[][]): DraftEvent[] {
  return [...(first ?? []), ...(second ?? [])].sort((one, other) => one.at - other.at);
}

/** A rawlog belongs to the login of its process; one without is a session of somebody unknown. */
function join(rawlogs: Iterable<Rawlog>, connections: DraftConnection[], budget: LogBudget): void {
  const byPid = new Map<string, DraftConnection[]>();
  for (const one of connections) {
    if (one.pid === undefined) continue;
    const same = byPid.get(one.pid);
    if (same) same.push(one);
    else byPid.set(one.pid, [one]);
  }
  for (const { pid, events } of rawlogs) {
    const [first] = events;
    if (!first) continue;
    const far = ({ openedAt }: DraftConnection) => Math.abs(openedAt - first.at);
    const [near] = (byPid.get(pid) ?? [])
      .filter((one) => one.dialogue === "none" && far(one) <= SAME_LOGIN_MS)
      .sort((one, other) => far(one) - far(other));
    const login = near ?? new DraftConnection(budget, "imap", first.at, "");
    login.addDialogue(events);
    if (!near) connections.push(login);
  }
}

function place(connections: readonly DraftConnection[], options: ImportOptions, budget: LogBudget): ImportedLogs {
  const clients = new Map<string, number>();
  const numbers = { smtp: 0, imap: 0 };
  const placed: { at: number; observation: Observation }[] = [];
  const inOrder = [...connections].sort((one, other) => one.openedAt - other.openedAt);
  for (const connection of inOrder) {
    const { address, protocol } = connection;
    if (clients.has(address) || clients.size < MAX_CLIENTS) clients.set(address, (clients.get(address) ?? 0) + 1);
    if (!connection.kept) {
      budget.leftOut.otherClients += 1;
      continue;
    }
    numbers[protocol] += 1;
    const head = { v: 1, connection: `${protocol}-${numbers[protocol]}` } as const;
    for (const { at, observation } of connection.placed())
      placed.push({ at, observation: { ...head, at: new Date(at).toISOString(), ...observation } as Observation });
  }
  placed.sort((one, other) => one.at - other.at);
  const [first] = placed;
  const at = new Date(first?.at ?? 0).toISOString();
  const told = (options.mailboxes ?? []).map(
    ({ address, type }): Observation => ({ v: 1, at, connection: "log", kind: "mailbox", address, type }),
  );
  return {
    observations: [...told, ...placed.map(({ observation }) => observation)],
    clients: [...clients].map(([address, count]) => ({ address, connections: count })),
    leftOut: budget.leftOut,
  };
}
