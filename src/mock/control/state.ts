import { randomUUID } from "node:crypto";
import type { MockMedimail } from "../mock.js";
import type { SentDocument } from "../samples/mails.js";
import type { MockSnapshot } from "../snapshot.js";
import type { MockMailbox } from "../store/mailbox.js";
import type { MockMessage } from "../store/message.js";
import { ControlError } from "./failure.js";
import type { ScenarioDesk } from "./scenarios.js";

const MAX_SNAPSHOTS = 100;

/** What the operations of the control API work on. */
export class ControlState {
  readonly mock: MockMedimail;
  readonly #snapshots = new Map<string, { at: string; snapshot: MockSnapshot }>();
  /** The last sample document that each mailbox was sent, to be replaced or taken back. */
  readonly documents = new Map<string, SentDocument>();

  constructor(mock: MockMedimail) {
    this.mock = mock;
  }

  /** Throws `not_found`. */
  mailbox(address: string): MockMailbox {
    const found = this.mock.mailboxes.find((mailbox) => mailbox.address === address.toLowerCase());
    if (!found) throw new ControlError("not_found", "The mock has no such mailbox", { path: "address" });
    return found;
  }

  message(address: string, uid: number, folder: string): MockMessage {
    const found = this.mailbox(address).folder(folder);
    if (!found) throw new ControlError("not_found", "The mailbox has no such folder", { path: "folder" });
    const message = found.messages.find((one) => one.uid === uid);
    if (!message) throw new ControlError("not_found", "The folder has no such message", { path: "uid" });
    return message;
  }

  get desk(): ScenarioDesk {
    const { scenarios } = this.mock;
    if (scenarios) return scenarios;
    throw new ControlError("not_found", "Nobody leads scenarios through this mock", {
      hint: "medimail mock and medimail validate do.",
    });
  }

  saveSnapshot(): { id: string; at: string } {
    if (this.#snapshots.size >= MAX_SNAPSHOTS)
      throw new ControlError("conflict", "There are too many snapshots", { hint: "Delete some." });
    const id = randomUUID();
    const at = this.mock.clock.now().toISOString();
    this.#snapshots.set(id, { at, snapshot: this.mock.snapshot() });
    return { id, at };
  }

  get snapshots(): { id: string; at: string }[] {
    return [...this.#snapshots].map(([id, { at }]) => ({ id, at }));
  }

  snapshot(id: string): MockSnapshot {
    const found = this.#snapshots.get(id);
    if (!found) throw new ControlError("not_found", "There is no such snapshot", { path: "id" });
    return found.snapshot;
  }

  deleteSnapshot(id: string): void {
    this.snapshot(id);
    this.#snapshots.delete(id);
  }
}
