import type { Check } from "./check.js";
import { mailIdentity } from "./mail-identity.js";
import { starttls } from "./starttls.js";

/** Every check, in the order of the chapters. */
export const CHECKS: readonly Check[] = [...starttls, ...mailIdentity];
