import { randomUUID } from "node:crypto";
import { frenchTime, readCda } from "../../cda/index.js";
import { composeMails } from "../../message/index.js";
import { packXdm } from "../../xdm/index.js";
import { demoLaboratoryReport } from "./documents.js";

const SOFTWARE = { name: "Mock LPS", version: "1.0", publisher: "Mock Medimail" };
const NIL = "MOCK000001";

/** A document that was sent, so that another may take its place. */
export interface SentDocument {
  id: string;
  setId: string;
  version: number;
}

export interface SampleMail {
  raw: Buffer;
  messageId: string;
  document: SentDocument;
}

export interface SampleOptions {
  from: { address: string; label: string };
  to: string;
  date: Date;
  action: "create" | "replace" | "delete";
  /** The document that it replaces or takes back. */
  previous?: SentDocument;
  /** Asks for a MDN (ECO.2.3.2). Default true. */
  requestRead?: boolean;
}

/** An invented laboratory report as another software sends it: archive, PDF, subject and headers by the rules of `message`. */
export async function sampleDocumentMail(options: SampleOptions): Promise<SampleMail> {
  const { from, to, date, action, previous } = options;
  const document: SentDocument =
    action === "delete" && previous
      ? previous
      : { id: newOid(), setId: previous?.setId ?? newOid(), version: (previous?.version ?? 0) + 1 };
  const replaces = action === "replace" && previous ? { replaces: previous.id } : {};
  const { cda: content, pdf } = demoLaboratoryReport({ ...document, ...replaces }, frenchTime(date));
  const cda = readCda(content);
  const archive = await packXdm({ documents: [{ content, cda }], action, software: SOFTWARE, now: date.getTime() });
  const messageId = `${randomUUID()}@${from.address.slice(from.address.lastIndexOf("@") + 1)}`;
  const { mails, bodies } = composeMails({
    from,
    recipients: [[{ address: to, kind: "professional" }]],
    documents: [{ cda, pdf }],
    archive: archive.zip,
    action,
    nil: NIL,
    software: SOFTWARE,
    messageIds: [messageId],
    date,
    requestRead: options.requestRead ?? true,
  });
  const [mail] = mails;
  const raw = Buffer.concat([mail?.head ?? Buffer.alloc(0), bodies[mail?.body ?? 0] ?? Buffer.alloc(0)]);
  return { raw, messageId, document };
}

export interface PatientAnswerOptions {
  /** `<INS>@patient.mssante.fr`. */
  from: string;
  to: string;
  date: Date;
  text: string;
  /** The mail that is answered. */
  answers?: { messageId?: string; subject?: string };
}

/** What a patient writes from his own space: a plain mail, in the thread of the one that he answers. */
export function patientAnswerMail({ from, to, date, text, answers }: PatientAnswerOptions): Buffer {
  const subject = `Re: ${(answers?.subject ?? "Votre message").replace(/[\r\n]+/g, " ")}`;
  const thread =
    answers?.messageId === undefined
      ? []
      : [`In-Reply-To: <${answers.messageId}>`, `References: <${answers.messageId}>`];
  const head = [
    `From: <${from}>`,
    `To: <${to}>`,
    ...encodedWords("Subject", subject),
    `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${randomUUID()}@patient.mssante.fr>`,
    ...thread,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
  ];
  const body = Buffer.from(text, "utf8")
    .toString("base64")
    .replace(/.{1,76}/g, "$&\r\n");
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

/** Words of RFC 2047, each short enough for its line and whole characters in each. */
function encodedWords(name: string, value: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of value) {
    if (Buffer.byteLength(piece + character) > 42) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  pieces.push(piece);
  const words = pieces.map((text) => `=?utf-8?B?${Buffer.from(text, "utf8").toString("base64")}?=`);
  return [`${name}: ${words.join("\r\n ")}`];
}

/** An OID that nobody else has (ITU-T X.667). */
function newOid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll("-", "")}`)}`;
}
