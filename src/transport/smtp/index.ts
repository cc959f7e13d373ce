/** Submission of mail to the operator: sessions, their pool, and the hand-over that cannot be repeated. */
export { refusal } from "./failure.js";
export type { PoolStats } from "./pool.js";
export type { ReplyLimits } from "./reply.js";
export type { SessionOptions, SmtpSession, SmtpTimeouts } from "./session.js";
export { openSession } from "./session.js";
export type { SmtpTransport, SmtpTransportOptions } from "./transport.js";
export { createSmtpTransport } from "./transport.js";
