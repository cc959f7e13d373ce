import type { SqlValue } from "../driver.js";

/** Whose rows: absent, everybody's. */
export interface Scope {
  tenant?: string;
  mailbox?: string;
}

export function scoped(query: Scope, table: string): { conditions: string[]; params: SqlValue[] } {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  for (const column of ["tenant", "mailbox"] as const) {
    const value = query[column];
    if (value === undefined) continue;
    conditions.push(`${table}.${column} = ?`);
    params.push(value);
  }
  return { conditions, params };
}

export const whereOf = (conditions: string[]): string =>
  conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
