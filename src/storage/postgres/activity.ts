import type { Activity, ActivityQuery } from "../../seams/index.js";
import { outboxActivity as activityOf, PG_REASON } from "../activity.js";
import type { PgSql } from "./driver.js";

/** As that of the file store. */
export const outboxActivity = (sql: PgSql, query: ActivityQuery, chunk?: number): Promise<Activity> =>
  activityOf(sql, query, chunk, PG_REASON);
