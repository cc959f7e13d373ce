import type { ImapFlow } from "imapflow";
import type { FolderState } from "./folder-state.js";
import { failed } from "./wire.js";

/** A folder whose server has no CONDSTORE shows changed flags only by all its flags: asked for at each so-many-th look. */
const FULL_LOOK = 10;

/** Whether folders that are not open have changed: one STATUS each. */
export class LookAround {
  readonly #looks = new Map<string, number>();
  readonly #unseen = new Map<string, number | undefined>();

  async hasChanged(client: ImapFlow, path: string, known: FolderState | undefined): Promise<boolean> {
    const query = { messages: true, uidNext: true, uidValidity: true, unseen: true, highestModseq: true };
    const status = await client.status(path, query);
    if (!status) throw failed("the server refuses to say how a folder stands");
    const looks = (this.#looks.get(path) ?? 0) + 1;
    this.#looks.set(path, looks);
    const unseen = this.#unseen.get(path);
    this.#unseen.set(path, status.unseen);
    if (!known || String(status.uidValidity) !== known.uidValidity || status.messages !== known.uids.size) return true;
    if (status.uidNext !== undefined && status.uidNext > known.uidNext) return true;
    if (known.modseq !== undefined) return String(status.highestModseq) !== known.modseq;
    return status.unseen !== unseen || looks % FULL_LOOK === 0;
  }
}
