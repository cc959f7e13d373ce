import type { ImapFlow } from "imapflow";
import { type Untagged, vanishedUids } from "./raw.js";
import { UidSet } from "./uid-set.js";

/** Of imapflow, what its types leave out. */
interface Engine {
  mailbox?: Opened | false;
  untaggedVanished(untagged: Untagged, mailbox?: Opened): Promise<void>;
  emit(event: "expunge", payload: { path: string; vanished: true; earlier: boolean }): boolean;
}

interface Opened {
  path: string;
  exists: number;
}

/**
 * VANISHED (RFC 7162 §3.2.10) as one event. imapflow has one for each UID: of a range that a server has but to name, sixteen million, and the
 * process does nothing else meanwhile.
 */
export function tellVanishedOnce(client: ImapFlow): void {
  const engine = client as unknown as Engine;
  engine.untaggedVanished = async (untagged, opened) => {
    const mailbox = opened ?? engine.mailbox;
    const uids = UidSet.parse(vanishedUids(untagged));
    if (!mailbox || uids.size === 0) return;
    const earlier = Array.isArray(untagged.attributes?.[0]);
    if (!earlier) mailbox.exists = Math.max(0, mailbox.exists - uids.size);
    engine.emit("expunge", { path: mailbox.path, vanished: true, earlier });
  };
}
