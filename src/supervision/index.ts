export { DEFAULT_LIMITS, judge } from "./judge.js";
export { Line } from "./line.js";
export { healthMetrics } from "./metrics.js";
export { readNote, writeNote } from "./note.js";
export type {
  Health,
  HealthCheck,
  HealthCheckName,
  HealthFacts,
  HealthLimits,
  HealthReason,
  HealthStatus,
  LineState,
  ServiceNote,
} from "./types.js";
