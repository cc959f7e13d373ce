import { abortable } from "../../abortable.js";
import { errorCodeOf, isMedimailError, MedimailError } from "../../errors.js";
import type { Http } from "../../http.js";
import type { Logger } from "../../log.js";
import { fileVersion, type KeptList, loadList, saveList, saveState } from "./file.js";
import { type DomainOperator, operatorOf } from "./operator-name.js";
import { domainName, readWhiteList, WHITE_LIST_LIMITS } from "./read.js";

/** Where the list of the trust space is published; its server has a certificate of IGC-Santé. */
export const WHITE_LIST_URL = "https://espacedeconfiance.mssante.fr/listeblanchemssante.xml";

/** Patients have one domain, that of Mon espace santé, whether the list names it or not. */
const PATIENT_DOMAIN = "patient.mssante.fr";

export interface WhiteListOptions {
  /** Where the last good list is kept. */
  file: string;
  /** Default {@link WHITE_LIST_URL}. */
  url?: string;
  http: Pick<Http, "fetch">;
  /** A list confirmed so long ago at most refuses; an older one warns. In ms, default 7 days. */
  maxAgeMs?: number;
  /** Between two refreshes that nobody asked for by hand. In ms, default 5 minutes. */
  retryMs?: number;
  now?: () => number;
  log?: Logger;
}

/** What the list says of one address or domain. */
export interface DomainVerdict {
  domain: string;
  /** `unknown`: the list is too old to refuse, or there is none. */
  verdict: "inside" | "outside" | "unknown";
  operators: DomainOperator[];
}

export interface WhiteListStatus {
  /** Different domains. */
  domains: number;
  entries: number;
  generatedAt?: string;
  /** Last time that its publisher confirmed it, or that it was made. */
  confirmedAt?: string;
  /** Older than `maxAgeMs`. */
  outdated: boolean;
}

export interface UpdateResult extends WhiteListStatus {
  /** False where the publisher says that nothing has changed. */
  changed: boolean;
}

const DAY_MS = 86_400_000;

interface Loaded {
  kept: KeptList;
  operators: Map<string, Set<string>>;
}

/** The domains of the trust space: who may be written to, and who operates him. */
export class WhiteList {
  readonly #options: WhiteListOptions;
  readonly #now: () => number;
  #loaded: Loaded | undefined;
  #loading: Promise<Loaded | undefined> | undefined;
  #updating: Promise<UpdateResult> | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(options: WhiteListOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Says of each address or domain whether it is of the trust space. Where one is not in the list, the list is asked once more
   * before it is said, at most every `retryMs`. Never throws for a list that cannot be had: the verdict is `unknown` then.
   */
  async check(
    addresses: readonly string[],
    { refresh = true, ...options }: { signal?: AbortSignal; refresh?: boolean } = {},
  ): Promise<DomainVerdict[]> {
    const domains = addresses.map((address) => address.slice(address.lastIndexOf("@") + 1));
    let list = await this.#load().catch((error: unknown) => this.#failed(error, "white-list.unreadable"));
    const isMissing = domains.some((domain) => find(list, domain) === undefined);
    if (refresh && isMissing && this.#mayAsk()) {
      await this.update(options).catch((error: unknown) => this.#failed(error, "white-list.refresh"));
      list = await this.#load().catch(() => undefined);
    }
    const canRefuse = list !== undefined && !this.#isOutdated(list);
    return domains.map((given) => {
      const operators = find(list, given);
      const domain = domainName(given) ?? given.toLowerCase();
      if (operators) return { domain, verdict: "inside", operators };
      return { domain, verdict: canRefuse ? "outside" : "unknown", operators: [] };
    });
  }

  /** A clock that was set back since does not keep the list from being asked for. */
  #mayAsk(): boolean {
    return Math.abs(this.#now() - this.#triedAt) >= (this.#options.retryMs ?? 300_000);
  }

  /**
   * Asks the publisher for the list, and keeps it where it is whole. Calls at the same time share one request.
   *
   * @throws white_list_invalid, file_unwritable, http_failed and what else {@link Http.fetch} throws; the list in use stays
   */
  update(options: { signal?: AbortSignal } = {}): Promise<UpdateResult> {
    this.#updating ??= this.#update().finally(() => {
      this.#updating = undefined;
    });
    return abortable(this.#updating, options.signal, "asking for the white list");
  }

  /** The list in use, or undefined where there is none. @throws white_list_invalid, file_unreadable */
  async status(): Promise<WhiteListStatus | undefined> {
    const list = await this.#load();
    return list && this.#status(list);
  }

  async #update(): Promise<UpdateResult> {
    const { file, url = WHITE_LIST_URL, http } = this.#options;
    this.#triedAt = this.#now();
    const before = await this.#load().catch(() => undefined);
    const { etag, lastModified } = before?.kept.state ?? {};
    const response = await http.fetch(url, {
      headers: {
        accept: "application/xml, text/xml",
        ...(etag === undefined ? {} : { "if-none-match": etag }),
        ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
      },
      maxBytes: WHITE_LIST_LIMITS.bytes,
      timeoutMs: 120_000,
    });
    if (response.status === 304 && before) {
      before.kept.state = { ...before.kept.state, confirmedAt: this.#now() };
      await saveState(file, before.kept.state);
      return { ...this.#status(before), changed: false };
    }
    if (response.status !== 200)
      throw new MedimailError("http_failed", `the white list was answered with status ${response.status}`, {
        retryable: response.status >= 500 || response.status === 429,
      });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const content = await readWhiteList(slices(bytes));
    refuseFuture(content.generatedAt, this.#now());
    const kept = before?.kept.content.generatedAt;
    // One that another version kept, or a clock: nothing is older than what has not been made yet.
    if (!isFuture(kept, this.#now())) refuseOlder(content.generatedAt, kept);
    const state = {
      ...header(response, "etag", "etag"),
      ...header(response, "last-modified", "lastModified"),
      confirmedAt: this.#now(),
    };
    const loaded = indexed({ content, ...(await saveList(file, bytes, state)) });
    this.#loaded = loaded;
    this.#options.log?.log("info", "white-list.updated", { count: loaded.operators.size, bytes: bytes.length });
    return { ...this.#status(loaded), changed: true };
  }

  /** What is in memory as long as the file is the same: another process may have put a new one there. */
  async #load(): Promise<Loaded | undefined> {
    const version = fileVersion(this.#options.file);
    if (this.#loaded && this.#loaded.kept.version === version) return this.#loaded;
    this.#loading ??= loadList(this.#options.file)
      .then((kept) => {
        this.#loaded = kept && indexed(kept);
        return this.#loaded;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return await this.#loading;
  }

  #confirmedAt({ kept }: Loaded): number | undefined {
    const times = [kept.state.confirmedAt, kept.content.generatedAt].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(this.#now(), Math.max(...times));
  }

  #isOutdated(list: Loaded): boolean {
    const confirmedAt = this.#confirmedAt(list);
    return confirmedAt === undefined || this.#now() - confirmedAt > (this.#options.maxAgeMs ?? 7 * DAY_MS);
  }

  #status(list: Loaded): WhiteListStatus {
    const confirmedAt = this.#confirmedAt(list);
    const { generatedAt } = list.kept.content;
    return {
      domains: list.operators.size,
      entries: list.kept.content.entries.length,
      ...(generatedAt === undefined ? {} : { generatedAt: new Date(generatedAt).toISOString() }),
      ...(confirmedAt === undefined ? {} : { confirmedAt: new Date(confirmedAt).toISOString() }),
      outdated: this.#isOutdated(list),
    };
  }

  #failed(error: unknown, event: string): undefined {
    if (isMedimailError(error) && error.code === "aborted") throw error;
    this.#options.log?.log("warn", event, { code: errorCodeOf(error) });
    return undefined;
  }
}

function find(list: Loaded | undefined, given: string): DomainOperator[] | undefined {
  const domain = domainName(given);
  if (domain === undefined) return undefined;
  const found = list?.operators.get(domain);
  return found ? [...found].map(operatorOf) : domain === PATIENT_DOMAIN ? [] : undefined;
}

/** Of one domain: it changes its operator or its certificate now and then. */
const MAX_OPERATORS = 100;

/** Domain → the names of its operators, each once, whatever the number of its certificates. */
function indexed(kept: KeptList): Loaded {
  const operators = new Map<string, Set<string>>();
  for (const { domain, operatorDn } of kept.content.entries) {
    const known = operators.get(domain) ?? new Set();
    operators.set(domain, known);
    if (operatorDn !== undefined && known.size < MAX_OPERATORS) known.add(operatorDn);
  }
  return { kept, operators };
}

/** An older list, played again by someone on the line, would bring back domains that were taken out. */
function refuseOlder(next: number | undefined, kept: number | undefined): void {
  if (kept === undefined || (next !== undefined && next >= kept)) return;
  throw new MedimailError("white_list_invalid", "the white list is refused: it is older than the one in use", {
    hint: "The list in use stays.",
  });
}

/** Clocks differ, and dates without a time zone too. */
const isFuture = (time: number | undefined, now: number): boolean => time !== undefined && time > now + DAY_MS;

/** A wrong year, once kept, would make every list until then an older one, and this one young for as long. */
function refuseFuture(next: number | undefined, now: number): void {
  if (!isFuture(next, now)) return;
  throw new MedimailError("white_list_invalid", "the white list is refused: it is dated in the future", {
    hint: "The list in use stays. Check the clock of this machine.",
  });
}

/** Between two of them the process does what else it has to do. */
async function* slices(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) {
    yield bytes.subarray(at, at + 65_536);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function header(response: Response, name: string, field: "etag" | "lastModified"): { [key: string]: string } {
  const value = response.headers.get(name);
  return value === null || value.length > 500 ? {} : { [field]: value };
}
