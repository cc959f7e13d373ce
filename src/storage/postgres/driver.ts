import { createHash } from "node:crypto";
import type { SqlValue } from "../driver.js";

/** `= ANY(?)` takes several in one statement. */
export type PgValue =
  | SqlValue
  | readonly (number | null)[]
  | readonly (string | null)[]
  | readonly (Uint8Array | null)[];
export type PgParams = readonly PgValue[];

/** What the parts of the store need of PostgreSQL: statements by their text, `?` for each value, tables by their bare names. */
export interface PgSql {
  run(sql: string, params?: PgParams): Promise<{ changes: number }>;
  get<T>(sql: string, params?: PgParams): Promise<T | undefined>;
  all<T>(sql: string, params?: PgParams): Promise<T[]>;
  /** How many statements there were that write: tells whether a failed operation had begun to. */
  readonly writes: number;
}

/** A connection, the pool of them, or the caller's own (`submit` with `tx`): of `pg`, or made like it. */
export interface Queryable {
  query(query: PgQuery): Promise<PgResult>;
}
export interface PgQuery {
  text: string;
  values: unknown[];
  /** The server keeps the statement and its plan by this name, for the connection. */
  name?: string;
  /** Readers of columns by their type. */
  types?: unknown;
}
export interface PgResult {
  rows: unknown[];
  rowCount: number | null;
}

/**
 * Names are written without a schema and `?` stands for a value, so that one text serves whoever sends it: the caller's own connection may look
 * for tables elsewhere, and a pool of connections between us and the server (pgbouncer) forgets what was set.
 */
export class Texts {
  readonly #made = new Map<string, string>();
  readonly #names = new Map<string, string>();
  /** The server is let keep statements by a name: false once something between us and it did not. */
  keeps = true;
  constructor(readonly schema: string) {}

  /** Of a text as it is sent. */
  nameOf(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `medimail_${createHash("sha256").update(text).digest("base64url").slice(0, 22)}`;
      this.#names.set(text, name);
    }
    return name;
  }

  of(sql: string): string {
    let text = this.#made.get(sql);
    if (text === undefined) {
      let count = 0;
      text = sql
        .replace(/\bmedimail_\w+/g, (name) => `${quoted(this.schema)}.${name}`)
        .replace(/\?/g, () => `$${++count}`);
      this.#made.set(sql, text);
    }
    return text;
  }
}

/** As an identifier. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

// Of a name that the server does not know, or knows already: a pool of connections gave us one that another had before.
const NOT_KEPT: ReadonlySet<unknown> = new Set(["26000", "42P05"]);

/** Statements on one connection, or on any of the pool. */
export class Statements implements PgSql {
  writes = 0;

  /** @param kept the same few statements come again and again: reading them and looking for a plan is more work than doing what they say */
  constructor(
    private readonly on: Queryable,
    private readonly texts: Texts,
    private readonly kept = false,
  ) {}

  async run(sql: string, params: PgParams = []): Promise<{ changes: number }> {
    return { changes: (await this.#ask(sql, params)).rowCount ?? 0 };
  }

  async get<T>(sql: string, params: PgParams = []): Promise<T | undefined> {
    return (await this.#ask(sql, params)).rows[0] as T | undefined;
  }

  async all<T>(sql: string, params: PgParams = []): Promise<T[]> {
    return (await this.#ask(sql, params)).rows as T[];
  }

  async #ask(sql: string, params: PgParams): Promise<PgResult> {
    // `INSERT … RETURNING` gives rows too.
    if (!READS.test(sql)) this.writes += 1;
    const text = this.texts.of(sql);
    const query = { text, values: params.map(bound), types: TYPES };
    if (!this.kept || !this.texts.keeps) return this.on.query(query);
    try {
      return await this.on.query({ ...query, name: this.texts.nameOf(text) });
    } catch (error) {
      if (NOT_KEPT.has((error as { code?: unknown }).code)) this.texts.keeps = false;
      throw error;
    }
  }
}

const READS = /^\s*(SELECT|WITH)\b(?!.*\b(INSERT|UPDATE|DELETE|setval)\b)/is;

/** `pg` takes a Uint8Array that is no Buffer for an array. */
const bound = (value: unknown): unknown =>
  value instanceof Uint8Array && !Buffer.isBuffer(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value;

type Reader = (value: string) => unknown;

/** The readers of the types that we have, by the numbers that PostgreSQL has for them. `pg` has none for what is not sent as text. */
const READERS: Readonly<Record<number, Reader>> = {
  // bool
  16: (value) => value === "t",
  // bytea
  17: (value) => Buffer.from(value.slice(2), "hex"),
  // int8 (times and counts: all of ours are below 2^53), int2, int4, float8, numeric
  20: Number,
  21: Number,
  23: Number,
  701: Number,
  1700: Number,
};
const asText: Reader = (value) => value;

/** Whatever readers the caller has set for itself. */
const TYPES = { getTypeParser: (oid: number): Reader => READERS[oid] ?? asText };
