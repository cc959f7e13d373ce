import { MedimailError } from "../errors.js";
import { composeKo, composeMdn } from "../message/index.js";
import type { MockClock } from "./clock.js";
import { reportId, traced } from "./delivery.js";
import { parseAddresses } from "./mime/addresses.js";
import { parseParameters } from "./mime/headers.js";
import { decodeBody } from "./mime/text.js";
import type { MimePart } from "./mime/tree.js";
import type { AutoReceipts } from "./options.js";
import type { MockMessage } from "./store/message.js";
import { bare } from "./store/message.js";
import type { MockStore } from "./store/store.js";

/** How a refusal to integrate is written: the Error field, the old modifier, or a plain mail where no MDN was asked. */
export type RefusalForm = "new" | "legacy" | "mail";

export interface RefuseOptions {
  /** Default: `new` where the mail asks a MDN, `mail` elsewhere. */
  form?: RefusalForm;
  label?: string;
}

/** How an answer is given that nobody may have asked for. */
export interface AnswerOptions {
  /** Sends it where the mail asks none, to its From: what a client must bear. Default false. */
  evenIfNotAsked?: boolean;
}

/** The mock's own software, as its receipts name it (ECO.2.4.3). */
const NIL = "MOCK000001";
const SOFTWARE = { name: "Mock LPS", version: "1.0" };

/** What recipients and their software answer to the mails they got (RFC 8098, xdm.md §1.2). */
export class Recipients {
  readonly #store: MockStore;
  readonly #now: () => Date;

  constructor(store: MockStore, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /** A person opens the mail: `\Seen`, and a displayed MDN where it is asked. */
  read(address: string, messageId: string, options: AnswerOptions = {}): MockMessage | undefined {
    const message = this.#find(address, messageId);
    message.setFlags("add", ["\\Seen"]);
    return this.#mdn(address, message, { disposition: "displayed", automatic: false }, answered(message, options));
  }

  /** A software has filed the documents: a processed MDN where it is asked. */
  integrate(address: string, messageId: string, options: AnswerOptions = {}): MockMessage | undefined {
    const message = this.#find(address, messageId);
    return this.#mdn(address, message, { disposition: "processed", automatic: true }, answered(message, options));
  }

  /** A software cannot file the documents: codes 900 to 906. A form that is named is sent even where nothing was asked. */
  refuseIntegration(
    address: string,
    messageId: string,
    code: string,
    { form, label }: RefuseOptions = {},
  ): MockMessage | undefined {
    const message = this.#find(address, messageId);
    const chosen = form ?? (notifyAddress(message) === undefined ? "mail" : "new");
    const error = { code, ...(label === undefined ? {} : { label }) };
    if (chosen !== "mail") {
      const to = notifyAddress(message) ?? fromAddress(message);
      return this.#mdn(
        address,
        message,
        { disposition: "processed", automatic: true, error, legacyError: chosen === "legacy" },
        to,
      );
    }
    const to = fromAddress(message);
    if (to === undefined) return undefined;
    const raw = composeKo({ ...this.#frame(address, message, to), error, attachments: attachments(message) });
    return this.#send(to, raw);
  }

  /** What `autoReceipts` asks, when a mail has been delivered; a mail that has gone in the meantime is not answered. */
  automatic(address: string, message: MockMessage, auto: AutoReceipts, clock: MockClock): void {
    const later = (afterMs: number | undefined, act: () => void) =>
      clock.soon(afterMs, () => {
        if (message.removedAt === undefined) act();
      });
    if (auto.read)
      later(auto.readAfterMs, () => {
        message.setFlags("add", ["\\Seen"]);
        this.#mdn(address, message, { disposition: "displayed", automatic: false });
      });
    if (auto.integrate)
      later(auto.integrateAfterMs, () => {
        this.#mdn(address, message, { disposition: "processed", automatic: true });
      });
  }

  #find(address: string, messageId: string): MockMessage {
    const wanted = bare(messageId);
    const folders = this.#store.find(address)?.folders ?? [];
    const found = folders.flatMap((folder) => folder.messages).find((message) => message.messageId === wanted);
    if (!found)
      throw new MedimailError("invalid_argument", "This mailbox of the mock holds no mail with this Message-ID", {
        path: "messageId",
      });
    return found;
  }

  #mdn(
    address: string,
    message: MockMessage,
    disposition: Pick<Parameters<typeof composeMdn>[0], "disposition" | "automatic" | "error" | "legacyError">,
    to = notifyAddress(message),
  ): MockMessage | undefined {
    // RFC 8098 §2.1: never to a report, nor where nothing was asked.
    if (to === undefined || isReport(message)) return undefined;
    const raw = composeMdn({
      ...this.#frame(address, message, to),
      finalRecipient: address,
      originalRecipient: address,
      software: SOFTWARE,
      ...disposition,
    });
    return this.#send(to, raw);
  }

  #frame(address: string, message: MockMessage, to: string) {
    const label = this.#store.find(address)?.label;
    return {
      from: { address, ...(label ? { label } : {}) },
      to,
      messageId: reportId(),
      date: this.#now(),
      original: message.raw,
      nil: NIL,
    };
  }

  #send(to: string, raw: Uint8Array): MockMessage | undefined {
    return this.#store.find(to)?.deliver(traced(Buffer.from(raw), "", to, this.#now()));
  }
}

function answered(message: MockMessage, { evenIfNotAsked = false }: AnswerOptions): string | undefined {
  return notifyAddress(message) ?? (evenIfNotAsked ? fromAddress(message) : undefined);
}

function notifyAddress(message: MockMessage): string | undefined {
  return firstAddress(message.header("disposition-notification-to"));
}

function fromAddress(message: MockMessage): string | undefined {
  return firstAddress(message.header("from"));
}

function firstAddress(value: string | undefined): string | undefined {
  const [first] = value === undefined ? [] : parseAddresses(value);
  return first?.mailbox && first.host ? `${first.mailbox}@${first.host}` : undefined;
}

function isReport(message: MockMessage): boolean {
  return message.header("return-path") === "<>" || /^multipart\/report\b/i.test(message.header("content-type") ?? "");
}

/** The files of a mail, to be repeated in a standard failure mail (in-std). */
function attachments(message: MockMessage): { name: string; mimeType: string; content: Buffer }[] {
  const found: { name: string; mimeType: string; content: Buffer }[] = [];
  const visit = (part: MimePart): void => {
    for (const child of part.children) visit(child);
    const disposition = part.fields.find((field) => field.name.toLowerCase() === "content-disposition");
    if (!disposition || !/^\s*attachment/i.test(disposition.value)) return;
    const plain = parseParameters(disposition.value.replace(/\r?\n/g, "")).parameters.find(
      ([name]) => name === "filename",
    )?.[1];
    const name = plain ?? part.parameters.find(([key]) => key === "name")?.[1] ?? `piece-${found.length + 1}`;
    found.push({
      name,
      mimeType: `${part.type}/${part.subtype}`,
      content: decodeBody(message.raw.subarray(...part.body), part.encoding),
    });
  };
  visit(message.mime);
  return found;
}
