import type { HealthCheck, HealthCheckName, HealthReason, HealthStatus } from "../../supervision/index.js";

/** The words of `health`. */
export interface HealthText {
  title: (mailbox: string) => string;
  names: Readonly<Record<HealthCheckName, string>>;
  /** What was found, where there is something to say. */
  found: (check: HealthCheck) => string;
  advice: Readonly<Record<HealthReason, string>>;
  summary: Readonly<Record<HealthStatus, string>>;
  whatToDo: string;
  metricsWritten: (file: string) => string;
}
