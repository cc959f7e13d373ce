/** MLLP, by which HL7 v2 travels: messages in (a server) and out (a client), as bytes that nobody here reads. */
export { MllpClient, type MllpClientOptions } from "./client.js";
export type { MllpClientTls } from "./client-tls.js";
export { MllpDecoder, mllpBlock } from "./framing.js";
export type { MllpHandler } from "./peer.js";
export { type MllpServer, type MllpServerOptions, startMllpServer } from "./server.js";
export type { MllpServerTls } from "./server-tls.js";
