import { createConnector } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, QUICK } from "../sending/kit.js";

/** A part of a mail of a test: its fields, and its bytes in base64 unless the fields say otherwise. */
export interface TestPart {
  type: string;
  name?: string;
  fields?: string;
  content: Uint8Array | string;
}

const lines = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,76}/g, "$&\r\n");

export function partText({ type, name, fields = "", content }: TestPart): string {
  const head = `Content-Type: ${type}${name === undefined ? "" : `; name="${name}"`}\r\n`;
  if (typeof content === "string") return `${head}${fields}\r\n${content}\r\n`;
  return `${head}Content-Transfer-Encoding: base64\r\n${fields}\r\n${lines(content)}`;
}

let serial = 0;

/** A mail of mixed parts. */
export function mailOf(parts: readonly TestPart[], header: Record<string, string> = {}): string {
  serial += 1;
  const fields = {
    From: "Labo <labo@ch-exemple.mssante.fr>",
    To: `<${DOCTOR}>`,
    Subject: "Essai",
    Date: "Mon, 05 Jan 2026 10:00:00 +0100",
    "Message-ID": `<${serial}.test@ch-exemple.mssante.fr>`,
    "MIME-Version": "1.0",
    "Content-Type": 'multipart/mixed; boundary="limite"',
    ...header,
  };
  const head = Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  return `${head}\r\n${parts.map((part) => `--limite\r\n${partText(part)}\r\n`).join("")}--limite--\r\n`;
}

export const TEXT: TestPart = { type: "text/plain; charset=utf-8", content: "Bonjour" };

/** A mock with a doctor's mailbox, and the doctor's connector. */
export async function doctorsBox() {
  const mock = await startMockMedimail();
  const doctor = createConnector(await configOf(mock, DOCTOR), { ...QUICK, delivery: "manual" });
  await doctor.ready();
  return {
    mock,
    connector: doctor,
    mailbox: doctor.mailbox,
    /** Arrives as it is; gives its UID. */
    deliver(raw: string | Buffer, date?: Date): { uid: number } {
      const { uid } = mock
        .mailbox(DOCTOR)
        .deliver(typeof raw === "string" ? Buffer.from(raw, "latin1") : raw, date ? { date } : {});
      return { uid };
    },
    async [Symbol.asyncDispose]() {
      await doctor.close();
      await mock.close();
    },
  };
}
