/** The functional journal of each mailbox (ECO.4.1.1, ECO.4.1.2, SC.MSS/UX.37), apart from the log. */
export { CSV_HEADER, csvLine, jsonLine, shownTrace, TRACE_FIELDS } from "./export.js";
export { localTime } from "./local-time.js";
export { MAX_TRACE_TEXT, maskTraceText } from "./mask.js";
export type { MailRequest, TraceInput } from "./trace-of.js";
export { traceOf } from "./trace-of.js";
export type { TraceFilter, TraceStore, Traces, TracesOptions } from "./traces.js";
export { createTraces } from "./traces.js";
