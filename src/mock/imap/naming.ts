import { MedimailError } from "../../errors.js";
import type { MockImapOptions } from "../options.js";
import { DELIMITER } from "../store/mailbox.js";
import { Refusal } from "./outcome.js";

/** How clients see the names of folders: the store has levels separated by `/` and no prefix. */
export class FolderNaming {
  readonly prefix: string;
  readonly delimiter: string;

  /** Throws `invalid_argument` for a namespace that no server has. */
  constructor({ prefix = "", delimiter = DELIMITER }: NonNullable<MockImapOptions["namespace"]>) {
    if (!/^[!-~]$/.test(delimiter) || /["\\*%&A-Za-z0-9]/.test(delimiter) || !/^[A-Za-z0-9./_-]*$/.test(prefix))
      throw new MedimailError("invalid_argument", "A namespace that the mock cannot have", { path: "imap.namespace" });
    this.prefix = prefix;
    this.delimiter = delimiter;
  }

  /** The folder's name as clients know it. */
  shown(name: string): string {
    return name === "INBOX" ? name : this.prefix + name.replaceAll(DELIMITER, this.delimiter);
  }

  /** The store's name of what a client names. */
  meant(name: string): string {
    if (/^inbox$/i.test(name)) return "INBOX";
    const inPrefix = name.slice(0, this.prefix.length).toLowerCase() === this.prefix.toLowerCase();
    if (!inPrefix || (this.delimiter !== DELIMITER && name.includes(DELIMITER)))
      throw new Refusal("[CANNOT] Not a name of this namespace");
    return name.slice(this.prefix.length).replaceAll(this.delimiter, DELIMITER);
  }
}
