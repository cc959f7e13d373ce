import { defined } from "../../defined.js";
import { strike } from "../context.js";
import type { AcceptedRecipient, Notify } from "../submission.js";
import { SessionOver } from "../wire/session-over.js";
import { readContent } from "./data.js";
import type { PathCommand } from "./parse.js";
import { decodeXtext, parsePath } from "./parse.js";
import type { Reply } from "./replies.js";
import { reply } from "./replies.js";
import type { SmtpSession } from "./session.js";

const NOTIFY = new Set(["SUCCESS", "FAILURE", "DELAY", "NEVER"]);

/** One mail being handed over: MAIL, RCPT, DATA. */
export class Transaction {
  readonly #session: SmtpSession;
  #from: string | undefined;
  #recipients: AcceptedRecipient[] = [];
  #parameters: Record<string, string> = {};
  #envid: string | undefined;
  #ret: "HDRS" | "FULL" | undefined;

  constructor(session: SmtpSession) {
    this.#session = session;
  }

  get open(): boolean {
    return this.#from !== undefined;
  }

  reset(): void {
    this.#from = undefined;
    this.#recipients = [];
    this.#parameters = {};
    this.#envid = undefined;
    this.#ret = undefined;
  }

  async mail(rest: string): Promise<Reply> {
    const { user, context } = this.#session;
    if (this.open) return reply(503, "5.5.1", "A transaction is open");
    const path = parsePath("FROM", rest);
    if (!path) return reply(501, "5.5.4", "Syntax of MAIL");
    const wrong = this.#mailParameters(path);
    if (wrong) return wrong;
    const fault = await this.#session.fault("mail", [path.address, ...(user ? [user.address] : [])]);
    if (fault) return fault;
    if (!user) return reply(530, "5.7.0", "Authentication required");
    // The null path is for receipts (RFC 8098 §3): the sender of one is authenticated, and not named.
    if (path.address !== "" && path.address.toLowerCase() !== user.address)
      return reply(553, "5.7.1", "Not a sender of this mailbox");
    if (Number(path.parameters.get("SIZE") ?? 0) > context.sizeLimit) return reply(552, "5.3.4", "Message too big");
    this.#from = path.address;
    for (const [name, value] of path.parameters) this.#parameters[name] = value;
    const envid = path.parameters.get("ENVID");
    if (envid !== undefined) this.#envid = decodeXtext(envid) ?? envid;
    const ret = path.parameters.get("RET")?.toUpperCase();
    if (ret === "HDRS" || ret === "FULL") this.#ret = ret;
    return reply(250, "2.1.0", "Sender OK");
  }

  #mailParameters({ parameters }: PathCommand): Reply | undefined {
    const session = this.#session;
    const wrong = reply(501, "5.5.4", "Parameter of MAIL not understood");
    for (const [name, value] of parameters) {
      if (name === "SIZE" && !session.lasting("no-size")) {
        if (!/^\d{1,15}$/.test(value)) return wrong;
      } else if (name === "BODY" && !session.lasting("no-8bitmime")) {
        if (!/^(7BIT|8BITMIME)$/i.test(value)) return wrong;
      } else if (name === "SMTPUTF8" && !session.lasting("no-smtputf8")) {
        if (value !== "") return wrong;
      } else if (name === "RET" && !session.lasting("no-dsn")) {
        if (!/^(HDRS|FULL)$/i.test(value)) return wrong;
      } else if (name === "ENVID" && !session.lasting("no-dsn")) {
        if (value === "" || value.length > 100 || decodeXtext(value) === undefined) return wrong;
      } else if (name !== "AUTH") return reply(555, "5.5.4", "Parameter of MAIL not supported");
    }
    return undefined;
  }

  async rcpt(rest: string): Promise<Reply> {
    const { context } = this.#session;
    if (!this.open) return reply(503, "5.5.1", "MAIL first");
    const path = parsePath("TO", rest);
    if (!path || path.address === "") return reply(501, "5.5.4", "Syntax of RCPT");
    const recipient = this.#recipient(path);
    if ("code" in recipient) return recipient;
    const fault = await this.#session.fault("rcpt", [path.address]);
    if (fault) return fault;
    if (this.#recipients.length >= context.limits.recipients) return reply(452, "4.5.3", "Too many recipients");
    const found = context.store.lookup(path.address);
    if ("unknown" in found) {
      return found.unknown === "domain"
        ? reply(550, "5.1.2", "No such domain here")
        : reply(550, "5.1.1", "No such mailbox");
    }
    this.#recipients.push(recipient);
    const suffix = this.#recipients.length === 1 ? "" : `#${this.#recipients.length}`;
    for (const [name, value] of path.parameters) this.#parameters[name + suffix] = value;
    return reply(250, "2.1.5", "Recipient OK");
  }

  #recipient({ address, parameters }: PathCommand): AcceptedRecipient | Reply {
    const recipient: AcceptedRecipient = { address };
    for (const [name, value] of parameters) {
      if (this.#session.lasting("no-dsn") || (name !== "NOTIFY" && name !== "ORCPT"))
        return reply(555, "5.5.4", "Parameter of RCPT not supported");
      if (name === "NOTIFY") {
        const words = value.toUpperCase().split(",");
        const alone = words.length === 1 || !words.includes("NEVER");
        if (!alone || words.some((word) => !NOTIFY.has(word))) return reply(501, "5.5.4", "NOTIFY not understood");
        recipient.notify = words as Notify[];
      } else {
        const decoded = decodeXtext(value);
        if (decoded === undefined || !/^[A-Za-z0-9-]+;.+$/.test(decoded))
          return reply(501, "5.5.4", "ORCPT not understood");
        recipient.originalRecipient = decoded;
      }
    }
    return recipient;
  }

  async data(rest: string): Promise<Reply> {
    const session = this.#session;
    const { connection, context } = session;
    if (rest !== "") return reply(501, "5.5.4", "DATA takes no parameter");
    if (this.#from === undefined) return reply(503, "5.5.1", "MAIL first");
    if (this.#recipients.length === 0) return reply(554, "5.5.1", "No valid recipient");
    const parties = [this.#from, ...this.#recipients.map((r) => r.address)];
    const refused = await session.fault("data", parties);
    if (refused) return refused;
    session.say({ code: 354, text: "End with a dot on a line by itself" });
    const cut = strike(context, connection, "content", parties, ["drop-before-dot"]);
    const content = await readContent(connection, context.sizeLimit, cut && (cut.script.bytes ?? 1));
    if (content.kind === "cut") return session.cut();
    if (content.kind === "gone") throw new SessionOver();
    connection.said("client", `[${content.kind === "mail" ? content.raw.length : content.size} bytes]`);
    if (content.kind === "too-big") {
      this.reset();
      return reply(552, "5.3.4", "Message too big");
    }
    return this.#accept(content.raw, parties);
  }

  async #accept(raw: Buffer, parties: string[]): Promise<Reply> {
    const session = this.#session;
    const { connection, context, user } = session;
    const fault = await session.fault("final-dot", parties);
    const drop = fault
      ? undefined
      : strike(context, connection, "final-dot", parties, ["drop-after-data", "drop-after-dot-lost"]);
    if (drop?.name === "drop-after-dot-lost") session.cut();
    const [from = "", envid, ret] = [this.#from, this.#envid, this.#ret] as const;
    const [recipients, parameters] = [this.#recipients, this.#parameters];
    this.reset();
    if (fault) return fault;
    for (const recipient of recipients) {
      const fate = strike(context, connection, "after-dot", [recipient.address], ["bounce", "delay"]);
      if (!fate) continue;
      const { status, ms } = fate.script;
      recipient.fate = defined({ kind: fate.name as "bounce" | "delay", status, afterMs: ms });
    }
    const mail = context.accept(
      {
        from,
        recipients,
        parameters,
        raw,
        user: user?.address ?? "",
        ...(envid === undefined ? {} : { envid }),
        ...(ret === undefined ? {} : { ret }),
      },
      connection.id,
    );
    if (drop) session.cut();
    return reply(250, "2.0.0", `Queued as ${mail.id}`);
  }
}
