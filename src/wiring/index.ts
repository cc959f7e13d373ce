/** From a checked configuration to the rooms: which engine stands behind each seam, and what runs beside what. */

export { clientCertificateOf } from "./client-certificate.js";
export { dialerOf } from "./connection.js";
export { type Core, type Frame, frameOf, openCore, senderProfile } from "./core.js";
export { diagnoseOperator } from "./diagnosis.js";
export { DEFAULT_INDEX, type OpenDirectories, openDirectories } from "./directories.js";
export { openDirectoryHttp } from "./directory-http.js";
export { discoveryOf, type OperatorLookUp } from "./discovery.js";
export { healthOf } from "./health.js";
export { hl7Of } from "./hl7.js";
export { finishing, inboxOf } from "./inbox.js";
export { keepDelivering } from "./keep-delivering.js";
export { mailboxCache } from "./mail-cache.js";
export { mailboxOf } from "./mailbox.js";
export { type Operator, type OperatorOptions, openOperator } from "./operator.js";
export { outboxCommands } from "./outbox.js";
export { Preparation, type PreparedSubmission } from "./preparation.js";
export { proSanteConnectOf } from "./pro-sante-connect.js";
export { recipientsOf } from "./recipients.js";
export { updateRegionalDirectory } from "./regional.js";
export { copiesDocuments } from "./sent-copies.js";
export { readReceipts, runDelivery } from "./service.js";
export { submissionsOf } from "./submissions.js";
export { tracesOf } from "./traces.js";
export { checkTrustSpace, openTrustSpace, type TrustSpace, whiteListFile } from "./trust-space.js";
export { Waiters } from "./waiters.js";
