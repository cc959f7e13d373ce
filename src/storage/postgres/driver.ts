import type { Pool, PoolClient, QueryResult, QueryResultRow } from "pg";
import type { SqlValue } from "../driver.js";

/** `= ANY(?)` takes several in one statement. */
export type PgValue = SqlValue | readonly (number | null)[] | readonly (string | null)[] | readonly Uint8Array[];
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
  constructor(readonly schema: string) {}

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

/** Statements on one connection, or on any of the pool. */
export class Statements implements PgSql {
  writes = 0;

  constructor(
    private readonly on: Queryable,
    private readonly texts: Texts,
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

  #ask(sql: string, params: PgParams): Promise<PgResult> {
    // `INSERT … RETURNING` gives rows too.
    if (!READS.test(sql)) this.writes += 1;
    return this.on.query({ text: this.texts.of(sql), values: params.map(bound), types: TYPES });
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

export type { Pool, PoolClient, QueryResult, QueryResultRow };
