import type { Pool, PoolClient, QueryResult, QueryResultRow } from "pg";
import type { SqlValue } from "../driver.js";

/** `= ANY(?)` takes several in one statement. */
export type PgValue = SqlValue | readonly number[] | readonly string[] | readonly Uint8Array[];
export type PgParams = readonly PgValue[];

/** What the parts of the store need of PostgreSQL: statements by their text, `?` for each value, tables by their bare names. */
export interface PgSql {
  run(sql: string, params?: PgParams): Promise<{ changes: number }>;
  get<T>(sql: string, params?: PgParams): Promise<T | undefined>;
  all<T>(sql: string, params?: PgParams): Promise<T[]>;
  /** As `all`; what comes is not written as text on its way: for columns of many bytes. */
  allBinary<T>(sql: string, params?: PgParams): Promise<T[]>;
  /** How many `run` calls there were: tells whether a failed operation had begun to write. */
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
  binary?: boolean;
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
    this.writes += 1;
    return { changes: (await this.#ask(sql, params)).rowCount ?? 0 };
  }

  async get<T>(sql: string, params: PgParams = []): Promise<T | undefined> {
    return (await this.#ask(sql, params)).rows[0] as T | undefined;
  }

  async all<T>(sql: string, params: PgParams = []): Promise<T[]> {
    return (await this.#ask(sql, params)).rows as T[];
  }

  async allBinary<T>(sql: string, params: PgParams = []): Promise<T[]> {
    return (await this.#ask(sql, params, true)).rows as T[];
  }

  #ask(sql: string, params: PgParams, binary = false): Promise<PgResult> {
    return this.on.query({ text: this.texts.of(sql), values: params.map(bound), types: TYPES, binary });
  }
}

/** `pg` takes a Uint8Array that is no Buffer for an array. */
const bound = (value: unknown): unknown =>
  value instanceof Uint8Array && !Buffer.isBuffer(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value;

type Reader = (value: never) => unknown;

/** The readers of the types that we have, as text and as bytes, by the numbers that PostgreSQL has for them. */
const READERS: Readonly<Record<number, { text: Reader; binary: Reader }>> = {
  // bool
  16: { text: (value: string) => value === "t", binary: (value: Buffer) => value[0] === 1 },
  // bytea
  17: {
    text: (value: string) => Buffer.from(value.slice(2), "hex"),
    binary: (value: Buffer) => value,
  },
  // int8: times and counts, which are numbers here: all of ours are below 2^53
  20: { text: Number, binary: (value: Buffer) => Number(value.readBigInt64BE(0)) },
  // int2, int4, float8
  21: { text: Number, binary: (value: Buffer) => value.readInt16BE(0) },
  23: { text: Number, binary: (value: Buffer) => value.readInt32BE(0) },
  701: { text: Number, binary: (value: Buffer) => value.readDoubleBE(0) },
  // numeric: sums, which nobody asks for as bytes
  1700: { text: Number, binary: (value: Buffer) => value },
};
const OTHERS: { text: Reader; binary: Reader } = {
  text: (value: string) => value,
  binary: (value: Buffer) => value.toString("utf8"),
};

/** Whatever readers the caller has set for itself. */
const TYPES = {
  getTypeParser: (oid: number, format: "text" | "binary" = "text"): Reader => (READERS[oid] ?? OTHERS)[format],
};

export type { Pool, PoolClient, QueryResult, QueryResultRow };
