import { BAD_CERTIFICATES } from "./bad-certificates.js";
import { BAD_HANDSHAKES } from "./bad-handshakes.js";
import { BAD_REVOCATIONS } from "./bad-revocations.js";
import type { BadRow } from "./server-row.js";

/** Servers that must end with their own code, before a byte of authentication or mail. Revocation is strict where a row does not say otherwise. */
export const BAD_SERVERS: readonly BadRow[] = [...BAD_CERTIFICATES, ...BAD_REVOCATIONS, ...BAD_HANDSHAKES];
