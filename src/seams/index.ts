/** The small interfaces between the rooms; no room imports another room's engine, only these. */
export * from "./activity.js";
export * from "./clock.js";
export * from "./credentials.js";
export * from "./dialer.js";
export * from "./directory.js";
export * from "./endpoints.js";
export * from "./inbox-store.js";
export * from "./mail-content.js";
export * from "./mail-transport.js";
export * from "./observations.js";
export * from "./outbox-records.js";
export * from "./outbox-store.js";
export * from "./random.js";
export * from "./tls.js";
